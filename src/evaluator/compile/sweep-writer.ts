/**
 * Loops around the body of a closure, for the built-ins that call one for item after item (`map`, `filter`, …). V8 makes machine
 * code of such a loop with the body in it, since both belong to one program: what a call takes beside its body is gone.
 *
 * Each does what {@link Callback} does for one item, and stops before an item where the clock is to be looked at.
 */
import { TAG } from '../../values/value.ts';

/**
 * A program's loops, as an object. `body` is what the function is called there, which takes `count` arguments. What they are given:
 * the query, the closure's frame, the items, the first position and the one behind the last, where the built-in stands in the text,
 * whether the argument behind an item is its id instead of its position, and what they work on. See {@link Sweeps}.
 */
export function writeSweeps(body: string, count: number): string {
  const second = (needed: number): string => (count >= needed ? '(ids ? item.id === 0 ? null : item.id : i)' : 'null');
  const loop = (name: string, args: string, use: string, around: readonly [string, string] = ['', '']): string => `
  ${name}(q, f, items, i, n, pos, ids, to) {
    ${around[0]}
    for (; i < n && q.look > 0; i++) {
      q.look--;
      const item = items[i];
      let value;
      try { value = ${body}(q, f, ${args}); } catch (e) { throw q.located(e, f.scope); }
      ${use}
    }
    ${around[1]}
    return i;
  }`;
  const pair = `item, ${second(2)}, null`;
  const asItem = (what: string): string => `typeof ${what} === 'object' && ${what} !== null && ${what}.tag !== ${TAG.thing} ? (q.pos = pos, toItem(q, ${what})) : ${what}`;
  const isTrue = `(typeof value === 'boolean' ? value : truthy(value))`;
  return `{${[
    loop('values', pair, 'to[i] = value;'),
    loop('items', pair, `to[i] = ${asItem('value')};`),
    loop('chosen', pair, `if ${isTrue} to.push(${asItem('item')});`),
    loop('first', pair, `if (${isTrue} === to) return -1 - i;`),
    loop('fold', `so, item, ${second(3)}`, 'so = value;', ['let so = to.value;', 'to.value = so;']),
  ].join(',')}
}`;
}
