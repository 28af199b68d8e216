/** Calls: of built-ins, of methods and by name. */
import type { Builtin } from '../../functions/registry.ts';
import { TAG } from '../../values/value.ts';
import type { Code } from '../code.ts';
import { isQuiet } from './facts.ts';
import { OperatorWriter } from './operator-writer.ts';

const CONTAINERS: readonly number[] = [TAG.list, TAG.set, TAG.thing];

export abstract class CallWriter extends OperatorWriter {
  /** Leaves a node to the interpreter, with all below it. */
  protected interpreted(c: Code): string {
    return this.call(`run(${this.constant(c)}, f)`);
  }

  protected builtin(c: Code): string {
    const fn = c.fn!;
    if (!isDirect(fn, c.list.length) || fn.mutates) return this.interpreted(c);
    const k = this.constant(fn);
    const args = this.args(c, k);
    return `(${args.setup}${this.call(`(q.pos = ${c.pos}, ${k}.run(${['q', ...args.names].join(', ')}))`)})`;
  }

  /** Evaluates arguments one by one, each with the check of its type. */
  protected args(c: Code, fn: string): { setup: string; names: string[] } {
    const names: string[] = [];
    let setup = '';
    c.list.forEach((arg, i) => {
      const t = this.temp();
      const { js } = this.expression(arg);
      setup += c.fn?.params[i]?.mask === -1 ? `${t} = ${js}, ` : `${t} = checkArgument(${fn}, ${i}, ${this.constant(c)}, ${js}, q), `;
      names.push(t);
    });
    return { setup, names };
  }

  /** A method that needs nothing but its arguments is called straight; all others are the interpreter's. */
  protected method(c: Code): string {
    const n = c.list.length;
    if (c.methods === null) return this.typeMethod(c);
    const direct = c.methods.map(fn => (fn !== null && isDirect(fn, n) && fn.spec.typedOnly !== true && fn.spec.untypedOnly !== true ? fn : null));
    const [setup, self] = this.atom(c.a!, false);
    const slow = (): string => this.call(`callMethod(${this.constant(c)}, ${self.js}, f)`);
    const plain = direct.map(fn => (fn !== null && !fn.mutates && !fn.lazy ? fn : null));
    if (plain.some(fn => fn !== null)) {
      const fn = this.temp();
      const [straight, other] = this.either(() => {
        const args = this.args(c, fn);
        return `${args.setup}${this.call(`(q.pos = ${c.pos}, ${fn}.run(${['q', self.js, ...args.names].join(', ')}))`)}`;
      }, slow);
      return `(${setup}(${fn} = methodFor(${this.constant(plain)}, ${self.js})) !== null ? (${straight}) : ${other})`;
    }
    // Nobody can see that the receiver is in use while an argument is evaluated that calls nothing.
    const mutating = direct.map((fn, tag) => (fn !== null && fn.mutates && CONTAINERS.includes(tag) ? fn : null));
    if (n !== 1 || !isQuiet(c.list[0]!) || mutating.every(fn => fn === null)) return `(${setup}${slow()})`;
    const fn = this.temp();
    const [straight, other] = this.either(() => {
      const t = this.temp();
      const arg = this.expression(c.list[0]!).js;
      return `assertReceiver(${this.constant(c)}, ${self.js}, q), ${t} = checkArgument(${fn}, 0, ${this.constant(c)}, ${arg}, q), `
        + this.call(`(q.pos = ${c.pos}, ${fn}.run(q, ${self.js}, ${fn}.params.length === 0 ? thunk(${t}) : ${t}))`);
    }, slow);
    return `(${setup}(${fn} = methodFor(${this.constant(mutating)}, ${self.js})) !== null ? (${straight}) : ${other})`;
  }

  /** A method that no built-in has is that of a type. Nobody can see that the type is in use while its arguments are evaluated. */
  private typeMethod(c: Code): string {
    const [setup, self] = this.atom(c.a!, false);
    const k = this.constant(c);
    const slow = (): string => this.call(`callMethod(${k}, ${self.js}, f)`);
    if (c.list.length > 2 || !c.list.every(isQuiet)) return `(${setup}${slow()})`;
    const method = this.temp();
    const [straight, other] = this.either(() => {
      const { setup: before, given } = this.given(c, [self.js]);
      return before + this.call(`invokeMethod(q, ${method}, ${c.pos}, ${given})`);
    }, slow);
    return `(${setup}(${method} = typeMethodFor(${k}, ${self.js}, q)) !== null ? (${straight}) : ${other})`;
  }

  /** Which closure is called is decided before its arguments are evaluated; where the text does not hold the name, without a frame. */
  protected callName(c: Code): string {
    if (this.frameless) return this.again(c);
    const k = this.constant(c);
    if (c.list.length > 3) return this.call(`callName(${k}, f)`);
    const closure = this.temp();
    const own = this.scope === null || this.scope.slots.has(c.name);
    const start = own ? this.flush() : '';
    const from = own || this.state.framed ? 'f' : 'f === null ? q.frame : f';
    const [straight, other] = this.either(() => this.invoke(c, closure), () => this.call(`callName(${k}, f)`));
    return `(${start}(${closure} = calleeFor(${k}, ${from})) !== null ? (${straight}) : ${other})`;
  }

  private invoke(c: Code, closure: string): string {
    const { setup, given } = this.given(c);
    const invoke = (): string => this.call(`invoke(q, ${closure}, ${c.pos}, ${given}, null)`);
    if (this.recursive === null) return setup + invoke();
    const [self, other] = this.either(() => `recurse(q, ${closure}, again, ${c.pos}, ${given})`, invoke);
    return `${setup}${closure}.code === ${this.constant(this.recursive)} ? (${self}) : ${other}`;
  }

  /** A call of the function that is being written. */
  private again(c: Code): string {
    const { setup, given } = this.given(c);
    return `(${setup}q.step(${c.pos}), again(q, depth(n, ${c.pos}, q), ${given}))`;
  }

  /** Evaluates arguments, of which there are no more than three, one by one; `first` come before them. */
  private given(c: Code, first: readonly string[] = []): { setup: string; given: string } {
    const names = c.list.map(() => this.temp());
    const setup = c.list.map((arg, i) => `${names[i]!} = ${this.expression(arg).js}, `).join('');
    const all = [...first, ...names];
    return { setup, given: [0, 1, 2].map(i => all[i] ?? 'null').join(', ') };
  }
}

/** Whether calling it with `n` arguments needs no check of rights, no rest and no thunks, but for its receiver. */
function isDirect(fn: Builtin, n: number): boolean {
  const { scope, needs, needsCommit } = fn.spec;
  if (n < fn.min || n > fn.max || scope !== undefined || needs !== undefined || needsCommit === true) return false;
  return fn.mutates ? n === 1 && (fn.rest === null || fn.rest.lazy) && !fn.params.some(param => param.lazy) : !fn.lazy && fn.rest === null;
}
