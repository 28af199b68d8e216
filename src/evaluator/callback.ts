/**
 * One closure, called for item after item in the same frame. Frames are never captured, so all that a call
 * leaves behind are its variables, which the next call must not see.
 *
 * Where the closure has been compiled, the loops over items here are left to the loops of its program ({@link Sweeps}), which
 * come back when the clock is to be looked at: that, and what is not compiled, is done by {@link Callback.call3}.
 */
import { toItem } from '../collection/mutate.ts';
import { truthy } from '../values/compare.ts';
import { Loan } from '../values/loan.ts';
import { portions } from '../values/portions.ts';
import type { Closure, Thing, Value } from '../values/value.ts';
import type { FunctionCode } from './code.ts';
import { isQuiet } from './compile/facts.ts';
import type { Frame } from './frame.ts';
import { idOf } from './cursor.ts';
import type { Query } from './query.ts';
import { runClosure } from './run.ts';

export class Callback {
  private readonly q: Query;
  private readonly closure: Closure;
  private readonly frame: Frame;
  private readonly code: FunctionCode;
  /** Of the call of the built-in, where errors between two calls are shown. */
  private readonly pos: number;
  /** True when the body has variables besides its parameters: they are emptied before each call. Compiled code does so itself. */
  private readonly locals: boolean;

  constructor(q: Query, closure: Closure, frame: Frame, code: FunctionCode) {
    this.q = q;
    this.closure = closure;
    this.frame = frame;
    this.code = code;
    this.pos = q.pos;
    this.locals = this.code.scope.names.length > this.code.params.length;
  }

  /** The same with another body, in place of the closure's own. */
  with(code: FunctionCode): Callback {
    return new Callback(this.q, this.closure, this.frame, code);
  }

  call1(a: Value): Value {
    return this.call3(a, null, null);
  }

  call2(a: Value, b: Value): Value {
    return this.call3(a, b, null);
  }

  call3(a: Value, b: Value, c: Value): Value {
    const { q, frame, code, pos } = this;
    if (--q.look < 0) q.check(pos);
    let value: Value;
    try {
      if (code.compiled !== null && code.params.length <= 3) value = code.compiled(q, frame, a, b, c);
      else {
        this.clear();
        value = runClosure(code, frame, a, b, c);
      }
    } catch (e) {
      throw q.located(e, frame.scope);
    }
    q.pos = pos;
    return value;
  }

  // ---- for many: the second argument is the position of an item, and the id of a thing of a set ---------------

  /** Puts what it answers for each item into `to`, at the item's position. */
  values(items: readonly Value[], to: Value[]): void {
    const { code, q, frame, pos } = this;
    for (let i = 0; i < items.length; i++) {
      if (code.sweeps !== null) {
        i = code.sweeps.values(q, frame, items, i, items.length, pos, false, to);
        if (i === items.length) break;
      }
      to[i] = this.call2(items[i]!, i);
    }
    q.pos = pos;
  }

  /** The same, as items of a list. */
  items(items: readonly Value[], to: Value[]): void {
    const { code, q, frame, pos } = this;
    for (let i = 0; i < items.length; i++) {
      if (code.sweeps !== null) {
        i = code.sweeps.items(q, frame, items, i, items.length, pos, false, to);
        if (i === items.length) break;
      }
      to[i] = toItem(q, this.call2(items[i]!, i));
    }
    q.pos = pos;
  }

  /** Adds those items to `to`, as items of a list, for which it answers something true. */
  chosen(items: readonly Value[], to: Value[], ids = false): void {
    const { code, q, frame, pos } = this;
    for (let i = 0; i < items.length; i++) {
      if (code.sweeps !== null) {
        i = code.sweeps.chosen(q, frame, items, i, items.length, pos, ids, to);
        if (i === items.length) break;
      }
      const item = items[i]!;
      if (truthy(this.call2(item, ids ? idOf(item as Thing) : i))) to.push(toItem(q, item));
    }
    q.pos = pos;
  }

  /** Position of the first item for which it answers something true, or something false; -1 when there is none. */
  first(items: readonly Value[], wanted: boolean, ids = false): number {
    const { code, q, frame, pos } = this;
    for (let i = 0; i < items.length; i++) {
      if (code.sweeps !== null) {
        i = code.sweeps.first(q, frame, items, i, items.length, pos, ids, wanted);
        q.pos = pos;
        if (i < 0) return -1 - i;
        if (i === items.length) break;
      }
      const item = items[i]!;
      if (truthy(this.call2(item, ids ? idOf(item as Thing) : i)) === wanted) return i;
    }
    return -1;
  }

  /** Calls it with what it answered for the item before, `value` for that at position `from`; gives what it answered last. */
  fold(items: readonly Value[], from: number, value: Value, ids = false): Value {
    const { code, q, frame, pos } = this;
    const so = { value };
    for (let i = from; i < items.length; i++) {
      if (code.sweeps !== null) {
        i = code.sweeps.fold(q, frame, items, i, items.length, pos, ids, so);
        if (i === items.length) break;
      }
      const item = items[i]!;
      so.value = this.call3(so.value, item, ids ? idOf(item as Thing) : i);
    }
    q.pos = pos;
    return so.value;
  }

  /** Things that nobody changes meanwhile but, if they are lent, itself: it gets those that were there at first. */
  portions(things: Iterable<Thing>): Iterable<readonly Thing[]> {
    return things instanceof Loan && !isQuiet(this.code.body) ? [[...things]] : portions(things);
  }

  /** Makes the frame as good as new. No built-in gives more than three arguments, so further ones are nil. */
  private clear(): void {
    const { slots } = this.frame;
    if (this.locals) slots.fill(undefined);
    const { params } = this.code;
    for (let i = 3; i < params.length; i++) slots[params[i]!] = null;
  }

  end(): void {
    this.q.leave(this.closure, this.frame);
  }
}
