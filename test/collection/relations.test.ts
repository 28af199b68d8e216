/**
 * Relations of every kind under random changes: after each query both sides show the same, on the node that made
 * the change, on a replica that applied it, and after a restart from the store.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dumpText, wrongCounts } from '../../src/check/dump.ts';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import { QueryError } from '../../src/errors/query-error.ts';
import type { Collection } from '../../src/collection/collection.ts';
import { Store } from '../../src/store/store.ts';
import { SimDisk } from '../store/simulation/sim-disk.ts';
import { Thing, ThingSet, type Value } from '../../src/values/value.ts';
import { random } from './random-queries.ts';

const SETUP = `
  new_type('A'); new_type('B');
  set_type('A', {n: 'int', one: 'B?', team: 'B?', many: '{B}', mate: 'A?', next: 'A?', prev: 'A?', links: '{A}', up: 'A?', subs: '{A}'});
  set_type('B', {n: 'int', eno: 'A?', devs: '{A}', ynam: '{A}'});
  mod_type('A', 'rel', 'one', 'eno'); mod_type('A', 'rel', 'team', 'devs'); mod_type('A', 'rel', 'many', 'ynam');
  mod_type('A', 'rel', 'mate', 'mate'); mod_type('A', 'rel', 'next', 'prev'); mod_type('A', 'rel', 'links', 'links');
  mod_type('A', 'rel', 'up', 'subs');
  .a = range(5).map(|n| A{n:}); .b = range(4).map(|n| B{n:}); .spare = {};`;

/** Fields that hold one thing and that hold a set, as [where, field, what it holds]. */
const ONE = [['a', 'one', 'b'], ['a', 'team', 'b'], ['a', 'mate', 'a'], ['a', 'next', 'a'], ['a', 'prev', 'a'], ['a', 'up', 'a'], ['b', 'eno', 'a']] as const;
const SETS = [['a', 'many', 'b'], ['a', 'links', 'a'], ['a', 'subs', 'a'], ['b', 'devs', 'a'], ['b', 'ynam', 'a']] as const;
/** The other sides of the sets. */
const OTHER = { many: 'ynam', links: 'links', subs: 'up', devs: 'team', ynam: 'many' } as const;

function randomQuery(rnd: (below: number) => number): string {
  const pick = <T>(from: readonly T[]): T => from[rnd(from.length)]!;
  const thing = (which: string): string => (rnd(8) === 0 ? (which === 'a' ? 'A{}' : 'B{}') : `.${which}[${rnd(which === 'a' ? 5 : 4)}]`);
  const things = (which: string): string => Array.from({ length: rnd(4) }, () => thing(which)).join(', ');
  if (rnd(3) === 0) {
    const [where, field, what] = pick(ONE);
    return `.${where}[${rnd(4)}].${field} = ${rnd(5) === 0 ? 'nil' : thing(what)}`;
  }
  const [where, field, what] = pick(SETS);
  const owner = `.${where}[${rnd(4)}]`;
  const set = `${owner}.${field}`;
  /** Changes the set from the other side. */
  const meanwhile = (): string => {
    const other = `${thing(what)}.${OTHER[field]}`;
    if (field === 'devs' || field === 'subs') return `${other} = ${rnd(2) === 0 ? 'nil' : owner}`;
    return `${other}.${rnd(2) === 0 ? 'add' : 'remove'}(${owner})`;
  };
  /** Arguments of which some change the set meanwhile, and after some of which all is taken back. */
  const args = (): string => Array.from({ length: 1 + rnd(3) }, () => (rnd(3) === 0 ? `{${meanwhile()}; ${thing(what)}}` : thing(what))).join(', ') + (rnd(6) === 0 ? ', 1' : '');
  switch (rnd(10)) {
    case 0: return `${set} = set(${things(what)})`;
    case 1: return `${set} |= set(${things(what)})`;
    case 2: return `${set} -= set(${things(what)})`;
    case 3: return `${set} ^= set(${things(what)})`;
    case 4: return `${set} &= set(${things(what)})`;
    case 5: return `${set}.clear()`;
    case 6: return `${set}.remove(${args()})`;
    case 7: return `${set} = .${where}[${rnd(4)}].${field}`;
    case 8: return rnd(2) === 0 ? `.spare.set('x', .${what}[${rnd(4)}]); .${what}[${rnd(4)}] = ${what === 'a' ? 'A{n: 9}' : 'B{n: 9}'}` : `${set}.each(|x| ${set}.has(x))`;
    default: return `${set}.add(${args()})`;
  }
}

/** What is on one side of a relation only. */
function oneSided(collection: Collection): string[] {
  const wrong: string[] = [];
  const holds = (value: Value, thing: Thing): boolean => value === thing || (value instanceof ThingSet && value.things.has(thing));
  for (const type of collection.types.values()) {
    for (const field of type.fields) {
      const { relation } = field;
      if (relation === null) continue;
      for (const thing of type.instances) {
        const value = thing.valueAt(type.shape.find(field.name));
        for (const other of value instanceof ThingSet ? value.things : value instanceof Thing ? [value] : []) {
          if (!holds(other.valueAt(other.shape.find(relation.name)), thing)) wrong.push(`#${thing.id}.${field.name} holds #${other.id}, not the other way round`);
        }
      }
    }
  }
  return wrong;
}

const newEngine = (): Engine => new Engine({ host: testHost({ now: () => 1_767_225_600 }) });
const stuff = (engine: Engine): Collection => engine.system.collectionsByName.get('stuff')!;

const open = (engine: Engine, disk: SimDisk): Promise<Store> => Store.on(engine, disk, '/', { durability: 'strict', create: true });

/** A failure is shrunk to the fewest queries that show it. */
test('both sides of relations stay equal', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(), { minLength: 100, maxLength: 300 }), async seeds => {
    const [leader, replica, restarted] = [newEngine(), newEngine(), newEngine()];
    leader.onChange(change => replica.apply(change));
    const disk = new SimDisk(random(1));
    const store = await open(leader, disk);
    const run = (code: string): void => {
      const user = leader.system.usersById.get(1)!;
      try {
        leader.query({ user, scope: { kind: 'collection', name: 'stuff' }, code }, () => null);
      } catch (e) {
        if (!(e instanceof QueryError)) throw e;
      }
    };
    run(SETUP);
    seeds.forEach((seed, i) => {
      const code = randomQuery(random(seed));
      run(code);
      expect(oneSided(stuff(leader)), `leader: ${code}`).toEqual([]);
      expect(oneSided(stuff(replica)), `replica: ${code}`).toEqual([]);
      if (i % 10 === 0) expect(dumpText(replica), code).toBe(dumpText(leader));
    });
    expect(wrongCounts(stuff(leader))).toEqual([]);
    await store.close();
    await (await open(restarted, disk)).close();
    expect(dumpText(restarted)).toBe(dumpText(leader));
    expect(oneSided(stuff(restarted))).toEqual([]);
  }), { seed: 20_260_101, numRuns: 50 });
});
