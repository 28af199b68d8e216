/** What `mod_type` and `mod_enum` share: a task, named by argument 2, with arguments of its own. */
import { numArgumentsErr, typeErr } from '../../errors/query-error.ts';
import { call as callMsg } from '../../errors/messages/call.ts';
import { mod as msg } from '../../errors/messages/types.ts';
import type { Query } from '../../evaluator/query.ts';
import { Closure, typeName, type Value } from '../../values/value.ts';
import type { Lazy } from '../builtin.ts';
import { assertArgName } from './_schema.ts';

export class Task<T> {
  readonly q: Query;
  /** `mod_type` or `mod_enum`. */
  readonly fn: string;
  readonly name: string;
  readonly target: T;
  /** From argument 3 on. */
  private readonly args: readonly Lazy[];

  constructor(q: Query, fn: string, name: string, target: T, args: readonly Lazy[]) {
    this.q = q;
    this.fn = fn;
    this.name = name;
    this.target = target;
    this.args = args;
  }

  /** Number of all arguments. */
  get count(): number {
    return this.args.length + 2;
  }

  get docs(): string {
    return `collection-api/${this.fn}/${this.name}`;
  }

  takes(min: number, max = min): void {
    const { count } = this;
    const shown = `${this.fn}\` with task \`${this.name}`;
    if (count >= min && count <= max) return;
    if (min === max) throw numArgumentsErr(callMsg.takes(shown, min, count), this.docs);
    throw numArgumentsErr(count < min ? callMsg.takesAtLeast(shown, min, count) : callMsg.takesAtMost(shown, max, count), this.docs);
  }

  /** Argument 3 as a name, before the number of arguments is looked at. */
  member(): string {
    const value = this.arg(3);
    if (typeof value !== 'string') throw typeErr(callMsg.argType(this.fn, 3, '`str`', typeName(value)), `collection-api/${this.fn}`);
    assertArgName(this.fn, 3, value);
    return value;
  }

  /** Argument `n`, counted from 1. */
  arg(n: number): Value {
    return this.args[n - 3]!();
  }

  wrongType(n: number, want: string, got: Value): never {
    throw typeErr(msg.taskArg(this.fn, this.name, n, want, typeName(got)), this.docs);
  }

  str(n: number): string {
    const value = this.arg(n);
    return typeof value === 'string' ? value : this.wrongType(n, '`str`', value);
  }

  bool(n: number): boolean {
    const value = this.arg(n);
    return typeof value === 'boolean' ? value : this.wrongType(n, '`bool`', value);
  }

  closure(n: number): Closure {
    const value = this.arg(n);
    return value instanceof Closure ? value : this.wrongType(n, '`closure`', value);
  }
}
