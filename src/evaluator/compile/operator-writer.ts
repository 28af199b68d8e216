/** Variables, literals and operators. Arithmetic and comparisons of ints are written out; all others are the interpreter's. */
import { OP, SIGN, type Code } from '../code.ts';
import { isQuiet } from './facts.ts';
import { FrameWriter } from './frame-writer.ts';
import { any, ints, truth, type Term } from './term.ts';

const MAX = String(Number.MAX_SAFE_INTEGER);

export abstract class OperatorWriter extends FrameWriter {
  protected abstract expression(c: Code): Term;

  protected literal({ value }: Code): Term {
    if (typeof value === 'number') return { js: `(${value})`, type: 'int' };
    if (value === null || typeof value === 'boolean') return { js: String(value), type: value === null ? 'any' : 'bool' };
    return { js: this.constant(value), type: typeof value === 'string' ? 'str' : 'any' };
  }

  protected variable(c: Code): string {
    const { assigned } = this.state;
    if (assigned.has(c.n)) return `v${c.n}`;
    const k = this.constant(c);
    const t = this.temp();
    const own = this.scope === null ? 'f.extra === null && ' : '';
    const looked = `(${own}p !== null && p.scope === ${k}.scope && (${t} = p.slots[${k}.at2]) !== undefined`
      + ` ? ${t} : (${this.flushed()}lookup(${k}, f)))`;
    return this.variables.includes(c.n) ? `(v${c.n} !== undefined ? v${c.n} : ${looked})` : looked;
  }

  /** A value that may be named more than once; `stays` says that what is evaluated before its use changes no variable. */
  protected atom(c: Code, stays: boolean): [setup: string, term: Term] {
    if (c.op === OP.constant) return ['', this.literal(c)];
    if (c.op === OP.temporary && stays) return ['', any(`v${c.n}`)];
    if (c.op === OP.local && stays && this.state.assigned.has(c.n)) return ['', any(`v${c.n}`)];
    const { js, type } = this.expression(c);
    const t = this.temp();
    return [`${t} = ${js}, `, { js: t, type }];
  }

  protected operands(a: Code, b: Code): [setup: string, a: Term, b: Term] {
    const [first, x] = this.atom(a, isQuiet(b));
    const [second, y] = this.atom(b, true);
    return [first + second, x, y];
  }

  protected condition(c: Code): string {
    if (c.op === OP.logicalAnd || c.op === OP.logicalOr) {
      const a = this.condition(c.a!);
      const b = this.maybe(() => this.condition(c.b!));
      return `(${a} ${c.op === OP.logicalAnd ? '&&' : '||'} ${b})`;
    }
    const term = this.expression(c);
    if (term.type === 'bool') return term.js;
    const t = this.temp();
    return `(${t} = ${term.js}, ${truth({ js: t, type: term.type })})`;
  }

  protected logical(c: Code): Term {
    const a = this.expression(c.a!);
    const b = this.maybe(() => this.expression(c.b!));
    const and = c.op === OP.logicalAnd;
    if (a.type === 'bool') return { js: `(${a.js} ${and ? '&&' : '||'} ${b.js})`, type: b.type === 'bool' ? 'bool' : 'any' };
    const t = this.temp();
    const test = truth({ js: t, type: a.type });
    return any(and ? `(${t} = ${a.js}, ${test} ? ${b.js} : ${t})` : `(${t} = ${a.js}, ${test} ? ${t} : ${b.js})`);
  }

  protected arithmetic(c: Code): string {
    const [setup, a, b] = this.operands(c.a!, c.b!);
    const slow = c.op === OP.add ? `add(q, ${a.js}, ${b.js})` : `binary(q, ${c.op}, ${a.js}, ${b.js})`;
    const [test, result] = this.fast(c.op, a, b);
    return `(${setup}${test} ? ${result} : (q.pos = ${c.pos}, ${slow}))`;
  }

  /** An operation on ints whose result a number holds exactly: the test that it is one, and the result. −0 becomes 0. */
  protected fast(op: number, a: Term, b: Term): [test: string, result: string] {
    if (op === OP.mod) return [`${ints(a, b)} && ${b.js} !== 0`, `${a.js} % ${b.js} + 0`];
    const t = this.temp();
    return [`${ints(a, b)} && (${t} = ${a.js} ${SIGN[op]!} ${b.js}) <= ${MAX} && ${t} >= -${MAX}`, op === OP.mul ? `${t} + 0` : t];
  }

  protected equality(c: Code): Term {
    const [setup, a, b] = this.operands(c.a!, c.b!);
    // Equal values of the same primitive type are identical; others need a closer look.
    const primitive = a.type === 'str' || b.type === 'str' ? 'string' : 'number';
    const sure = [a, b].filter(({ type }) => type !== (primitive === 'string' ? 'str' : 'int')).map(({ js }) => `typeof ${js} === '${primitive}'`);
    const closer = `(q.pos = ${c.pos}, equals(${a.js}, ${b.js}, q))`;
    const js = `(${setup}${a.js} === ${b.js} || ${sure.length === 0 ? 'false' : `!(${sure.join(' && ')}) && ${closer}`})`;
    return { js: c.op === OP.eq ? js : `!${js}`, type: 'bool' };
  }

  /** `x += 1`: of this body, where it has a value; else of a caller. */
  protected compound(c: Code): string {
    const [setup, value] = this.atom(c.a!, true);
    const v = `v${c.n}`;
    const own = `(q.pos = ${c.pos}, ${v} = compound(q, ${c.at}, ${v}, ${value.js}))`;
    const slow = this.state.assigned.has(c.n) ? own : `${v} !== undefined ? ${own} : (${this.flushed()}assignCompound(${this.constant(c)}, f, ${value.js}))`;
    this.state.dirty.add(c.n);
    if (c.at !== OP.add && c.at !== OP.sub && c.at !== OP.mul && c.at !== OP.mod) return `(${setup}${slow})`;
    const [test, result] = this.fast(c.at, any(v), value);
    return `(${setup}${test} ? ${v} = ${result} : ${slow})`;
  }

  /** An item of a list or thing literal. */
}
