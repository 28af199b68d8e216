/**
 * Writes executable code as JavaScript.
 *
 * Variables are locals of the JavaScript function. The language is dynamically scoped: whatever is called may read the
 * variables of its callers and, by `x += 1`, assign them; the collection looks through frames for values in use. So
 * before each call those that have changed are written to the frame's slots (`flush`), and after it all are read again
 * (`reload`). What lies between two calls touches no memory but what it is about.
 *
 * What is known at each place of the program is followed along its ways, see {@link State}.
 */
import type { Builtin } from '../../functions/registry.ts';
import { OP, SIGN, type Code, type FrameScope, type FunctionCode, type Loop } from '../code.ts';
import { TAG } from '../../values/value.ts';
import { isQuiet, visit } from './facts.ts';

/** Thrown for what is better left to the interpreter. */
export class Unsupported {}

/** What is known at one place of the program. */
interface State {
  /** Slots of variables that surely have a value. */
  readonly assigned: Set<number>;
  /** Slots of variables that may differ from the frame's. */
  readonly dirty: Set<number>;
  /** True when the frame has surely been made. */
  framed: boolean;
  /** True behind a return, break or continue. */
  dead: boolean;
}

/** A value as JavaScript, and what is known of it. */
interface Term {
  readonly js: string;
  readonly type: 'int' | 'bool' | 'str' | 'any';
}

/** Longer programs take V8 longer than they save. */
const SOURCE_MAX = 100_000;

/** How deep expressions and statements may stand in each other: V8's parser uses up the stack with them. */
const NESTING_MAX = 100;

const MAX = String(Number.MAX_SAFE_INTEGER);

/** Comparisons that JavaScript has too. */
const COMPARISONS: Readonly<Record<number, string>> = { [OP.lt]: '<', [OP.gt]: '>', [OP.le]: '<=', [OP.ge]: '>=' };

export class Generator {
  /** What the program is given as `K`. */
  readonly constants: unknown[] = [];
  private readonly runtime: readonly string[];
  private readonly known = new Map<unknown, string>();
  private variables: readonly number[] = [];
  private temps = 0;
  private labels: string[] = [];
  private made = 0;
  private nesting = 0;
  private state: State = { assigned: new Set(), dirty: new Set(), framed: true, dead: false };
  /** Of the body; null where the frame is always there. */
  private scope: FrameScope | null = null;
  /** True in the rest of a loop: the function around it is interpreted, so a return is told by the frame. */
  private inLoop = false;

  constructor(runtime: readonly string[]) {
    this.runtime = runtime;
  }

  /** A program that gives a {@link CompiledBody}. */
  body({ scope, body, isClosure, params, throws }: FunctionCode): string {
    if (throws || new Set(params).size < params.length) throw new Unsupported();
    this.variables = variablesOf(body, params, isClosure ? null : scope);
    if (isClosure) {
      this.scope = scope;
      this.state.framed = false;
    }
    const first = params.slice(0, 3);
    for (const slot of params) this.state.assigned.add(slot);
    for (const slot of this.variables) this.state.dirty.add(slot);
    const text = this.statement(body, 'return');
    const args = [0, 1, 2].map(i => (i < first.length ? `v${first[i]!}` : `_${i}`));
    const others = this.variables.filter(slot => !first.includes(slot));
    const locals = others.map(slot => (isClosure && !params.includes(slot) ? `v${slot}` : `v${slot} = s[${slot}]`));
    return this.program(`q, f, ${args.join(', ')}`, locals, text);
  }

  /** A program that gives a {@link CompiledLoop}. */
  loop(c: Code, scope: FrameScope): string {
    if (c.n === 1) throw new Unsupported();
    this.variables = variablesOf(c, [], scope);
    this.inLoop = true;
    for (const slot of this.variables) this.state.dirty.add(slot);
    // The frame lives on. When a call fails it has what the call has seen, and perhaps changed.
    const text = `try { ${this.turns(c, 'c')} } finally { if (!away) { ${this.stores(this.variables)} } }`;
    return this.program('f, c', ['q = f.q', ...this.variables.map(slot => `v${slot} = s[${slot}]`), 'away = false'], text);
  }

  private program(params: string, locals: readonly string[], text: string): string {
    const temps = Array.from({ length: this.temps }, (_, i) => `t${i}`);
    const frame = this.scope === null ? ['s = f.slots'] : ['s = f === null ? null : f.slots'];
    const parent = this.scope === null ? 'f.parent' : 'f === null ? q.frame : f.parent';
    const declared = [...frame, ...locals, ...temps];
    const source = `'use strict';
const { ${this.runtime.join(', ')} } = R;
${this.constants.map((_, i) => `const k${i} = K[${i}];`).join(' ')}
return function (${params}) {
  const p = ${parent};
  let ${declared.join(', ')};
  ${text}
};`;
    if (source.length > SOURCE_MAX) throw new Unsupported();
    return source;
  }

  private temp(): string {
    return `t${this.temps++}`;
  }

  private constant(value: unknown): string {
    let name = this.known.get(value);
    if (name === undefined) {
      name = `k${this.constants.push(value) - 1}`;
      this.known.set(value, name);
    }
    return name;
  }

  // ---- the frame ---------------------------------------------------------------------------------------

  private stores(slots: Iterable<number>): string {
    return [...slots].map(slot => `s[${slot}] = v${slot}; `).join('');
  }

  /** Writes what has changed to the frame: the start of an expression. */
  private flush(): string {
    const text = this.flushed();
    this.state.dirty.clear();
    this.state.framed = true;
    return text;
  }

  /** The same on a way that is rarely taken: behind it nothing is known to be written. */
  private flushed(): string {
    const make = this.state.framed ? '' : `f === null && (f = q.open(${this.constant(this.scope)}), s = f.slots), `;
    return make + [...this.state.dirty].map(slot => `s[${slot}] = v${slot}, `).join('');
  }

  private reload(): string {
    return this.variables.map(slot => `v${slot} = s[${slot}], `).join('');
  }

  /** A call of something that may see the frame. */
  private call(js: string): string {
    const t = this.temp();
    const [leave, back] = this.inLoop ? ['away = true, ', 'away = false, '] : ['', ''];
    return `(${this.flush()}${leave}${t} = ${js}, ${this.reload()}${back}${t})`;
  }

  private fork(): State {
    const { assigned, dirty, framed, dead } = this.state;
    return { assigned: new Set(assigned), dirty: new Set(dirty), framed, dead };
  }

  /** Where two ways meet. */
  private join(other: State): void {
    const { state } = this;
    if (other.dead) return;
    if (state.dead) {
      this.state = other;
      return;
    }
    for (const slot of state.assigned) if (!other.assigned.has(slot)) state.assigned.delete(slot);
    for (const slot of other.dirty) state.dirty.add(slot);
    state.framed &&= other.framed;
  }

  /** Two ways of which one is taken. */
  private either<A, B>(first: () => A, second: () => B): [A, B] {
    const before = this.fork();
    const a = first();
    const after = this.state;
    this.state = before;
    const b = second();
    this.join(after);
    return [a, b];
  }

  /** A way that may be skipped. */
  private maybe<T>(way: () => T): T {
    const before = this.fork();
    const result = way();
    this.join(before);
    return result;
  }

  // ---- statements --------------------------------------------------------------------------------------

  /** `to` says what becomes of the value: '' nothing, 'return', or the name of a temporary. */
  private statement(c: Code, to: string): string {
    if (++this.nesting > NESTING_MAX) throw new Unsupported();
    const text = this.writeStatement(c, to);
    this.nesting--;
    return text;
  }

  private writeStatement(c: Code, to: string): string {
    switch (c.op) {
      case OP.block: {
        const last = c.list.length - 1;
        return c.list.map((part, i) => this.statement(part, i < last ? '' : to)).join('\n');
      }
      case OP.if:
        return this.if(c, to);
      case OP.for:
        return this.for(c, to);
      case OP.return:
        return this.return(c);
      case OP.break:
      case OP.continue: {
        const label = this.labels.at(-1);
        if (c.n === 1 || label === undefined) throw new Unsupported();
        this.state.dead = true;
        return `${c.op === OP.break ? 'break' : 'continue'} ${label};`;
      }
      default:
        return this.give(this.expression(c).js, to);
    }
  }

  private give(js: string, to: string): string {
    return to === '' ? `${js};` : to === 'return' ? `return ${js};` : `${to} = ${js};`;
  }

  private if(c: Code, to: string): string {
    // Without else the value is that of the condition.
    if (c.c === null && to !== '') {
      const t = this.temp();
      const condition = this.expression(c.a!);
      const then = this.maybe(() => this.statement(c.b!, to));
      return `${t} = ${condition.js}; if (${truth({ js: t, type: condition.type })}) { ${then} } else { ${this.give(t, to)} }`;
    }
    const condition = this.condition(c.a!);
    const [then, otherwise] = this.either(() => this.statement(c.b!, to), () => (c.c === null ? '' : this.statement(c.c, to)));
    return `if (${condition}) { ${then} }${otherwise === '' ? '' : ` else { ${otherwise} }`}`;
  }

  private return(c: Code): string {
    if (c.n === 1) throw new Unsupported();
    let text = '';
    if (c.b !== null) {
      text += `returnDeep(${this.constant(c.b)}, ${this.expression(c.b).js}, q); `;
      if (c.c !== null) text += `returnFlags(${this.constant(c.c)}, ${this.expression(c.c).js}, q); `;
    }
    const value = c.a === null ? 'null' : this.expression(c.a).js;
    this.state.dead = true;
    if (!this.inLoop) return `${text}return ${value};`;
    const t = this.temp();
    return `${text}${t} = ${value}; f.exit = 3; return ${t};`;
  }

  private for(c: Code, to: string): string {
    if (c.n === 1) throw new Unsupported();
    const [over, cursor] = [this.temp(), this.temp()];
    const value = this.expression(c.a!).js;
    const turns = this.turns(c, cursor);
    const [empty, done] = [this.give(over, to), this.give('null', to)];
    return `${over} = ${value}; ${cursor} = openCursor(${over}, ${c.pos}, q);
if (${cursor} === null) { ${to === '' ? '' : empty} } else { try { ${turns} } finally { ${cursor}.close(); } ${to === '' ? '' : done} }`;
  }

  /** The turns of a loop that a cursor goes through. */
  private turns(c: Code, cursor: string): string {
    const { slots } = c.extra as Loop;
    const [items, at] = [this.temp(), this.temp()];
    const label = `L${this.made++}`;
    // Of equal names the first counts; those after the second are nil.
    const set = (i: string, a: string, b: string): string =>
      `${slots.slice(2).map(slot => `v${slot} = null; `).join('')}${slots.length > 1 ? `v${slots[1]!} = ${b}; ` : ''}v${slots[0]!} = ${a};${i}`;
    // A turn finds, and the end of the loop too, what any turn before may have assigned.
    const { assigned, framed } = this.fork();
    const dirty = new Set(this.variables);
    this.state = { assigned: new Set([...assigned, ...slots]), dirty: new Set(dirty), framed, dead: false };
    this.labels.push(label);
    const body = this.statement(c.b!, '');
    this.labels.pop();
    this.state = { assigned, dirty, framed, dead: false };
    return `${items} = ${cursor}.items; ${at} = ${cursor}.at;
${label}: for (;;) {
  if (${items} !== null) { if (${at} >= ${items}.length) break; if (--q.look < 0) q.check(${c.pos}); ${set(` ${at}++;`, `${items}[${at}]`, at)} }
  else { if (!${cursor}.next()) break; if (--q.look < 0) q.check(${c.pos}); ${set('', `${cursor}.a`, `${cursor}.b`)} }
  ${body}
}`;
  }

  // ---- expressions -------------------------------------------------------------------------------------

  private expression(c: Code): Term {
    if (++this.nesting > NESTING_MAX) throw new Unsupported();
    const term = this.writeExpression(c);
    this.nesting--;
    return term;
  }

  private writeExpression(c: Code): Term {
    switch (c.op) {
      case OP.constant:
        return this.literal(c);
      case OP.local:
        return any(this.variable(c));
      case OP.setLocal: {
        const { js, type } = this.expression(c.a!);
        this.assign(c.n);
        return { js: `(v${c.n} = ${js})`, type };
      }
      case OP.compound:
        return any(this.compound(c));
      case OP.temporary:
        return any(`v${c.n}`);
      case OP.add:
      case OP.sub:
      case OP.mul:
      case OP.mod:
        return any(this.arithmetic(c));
      case OP.div:
      case OP.and:
      case OP.or:
      case OP.xor:
      case OP.shl:
      case OP.shr: {
        const [setup, a, b] = this.operands(c.a!, c.b!);
        return any(`(${setup}q.pos = ${c.pos}, binary(q, ${c.op}, ${a.js}, ${b.js}))`);
      }
      case OP.lt:
      case OP.gt:
      case OP.le:
      case OP.ge: {
        const [setup, a, b] = this.operands(c.a!, c.b!);
        const slow = `(q.pos = ${c.pos}, compare(${c.op}, ${a.js}, ${b.js}))`;
        return { js: `(${setup}${ints(a, b)} ? ${a.js} ${COMPARISONS[c.op]!} ${b.js} : ${slow})`, type: 'bool' };
      }
      case OP.eq:
      case OP.ne:
        return this.equality(c);
      case OP.logicalAnd:
      case OP.logicalOr:
        return this.logical(c);
      case OP.ternary: {
        const condition = this.condition(c.a!);
        const [then, otherwise] = this.either(() => this.expression(c.b!), () => this.expression(c.c!));
        return { js: `(${condition} ? ${then.js} : ${otherwise.js})`, type: then.type === otherwise.type ? then.type : 'any' };
      }
      case OP.if: {
        const condition = this.expression(c.a!);
        const t = this.temp();
        const [then, otherwise] = this.either(() => this.expression(c.b!), () => (c.c === null ? any(t) : this.expression(c.c)));
        return any(`(${t} = ${condition.js}, ${truth({ js: t, type: condition.type })} ? ${then.js} : ${otherwise.js})`);
      }
      case OP.not:
        return { js: `!${this.condition(c.a!)}`, type: 'bool' };
      case OP.negate:
      case OP.plus:
      case OP.invert: {
        const t = this.temp();
        const name = c.op === OP.negate ? 'negate' : c.op === OP.plus ? 'plus' : 'invert';
        return any(`(${t} = ${this.expression(c.a!).js}, q.pos = ${c.pos}, ${name}(${t}))`);
      }
      case OP.block:
        return any(`(${c.list.map(part => this.expression(part).js).join(', ')})`);
      case OP.list:
        return any(`new List([${c.list.map(part => this.item(c, part)).join(', ')}], ${c.n === 1})`);
      case OP.thing:
        return any(`makeThing(${this.constant(c)}, [${c.list.map(part => this.item(c, part)).join(', ')}], q)`);
      case OP.template:
        return { js: this.template(c), type: 'str' };
      case OP.root:
        return any(`rootOf(${this.constant(c)}, q)`);
      case OP.closure:
        return any(`makeClosure(${this.constant(c)})`);
      case OP.property: {
        const [setup, target] = this.atom(c.a!, true);
        const k = this.constant(c);
        return any(`(${setup}typeof ${target.js} === 'object' && ${target.js} !== null && ${target.js}.shape === ${k}.shape`
          + ` ? ${target.js}.values[${k}.at] : getProperty(${k}, ${target.js}, q))`);
      }
      case OP.setProperty:
        return any(this.setProperty(c));
      case OP.index:
        return any(this.index(c));
      case OP.guard: {
        const value = this.expression(c.a!).js;
        this.assign(c.n);
        const rest = this.maybe(() => this.expression(c.b!));
        return any(`((v${c.n} = ${value}) === null || v${c.n} instanceof ErrorValue ? v${c.n} : ${rest.js})`);
      }
      case OP.callBuiltin:
        return any(this.builtin(c));
      case OP.callName:
        return any(this.callName(c));
      case OP.method:
        return any(this.method(c));
      default:
        return any(this.interpreted(c));
    }
  }

  /** Leaves a node to the interpreter, with all below it. */
  private interpreted(c: Code): string {
    return this.call(`run(${this.constant(c)}, f)`);
  }

  private literal({ value }: Code): Term {
    if (typeof value === 'number') return { js: `(${value})`, type: 'int' };
    if (value === null || typeof value === 'boolean') return { js: String(value), type: value === null ? 'any' : 'bool' };
    return { js: this.constant(value), type: typeof value === 'string' ? 'str' : 'any' };
  }

  private assign(slot: number): void {
    this.state.assigned.add(slot);
    this.state.dirty.add(slot);
  }

  private variable(c: Code): string {
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
  private atom(c: Code, stays: boolean): [setup: string, term: Term] {
    if (c.op === OP.constant) return ['', this.literal(c)];
    if (c.op === OP.temporary && stays) return ['', any(`v${c.n}`)];
    if (c.op === OP.local && stays && this.state.assigned.has(c.n)) return ['', any(`v${c.n}`)];
    const { js, type } = this.expression(c);
    const t = this.temp();
    return [`${t} = ${js}, `, { js: t, type }];
  }

  private operands(a: Code, b: Code): [setup: string, a: Term, b: Term] {
    const [first, x] = this.atom(a, isQuiet(b));
    const [second, y] = this.atom(b, true);
    return [first + second, x, y];
  }

  private condition(c: Code): string {
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

  private logical(c: Code): Term {
    const a = this.expression(c.a!);
    const b = this.maybe(() => this.expression(c.b!));
    const and = c.op === OP.logicalAnd;
    if (a.type === 'bool') return { js: `(${a.js} ${and ? '&&' : '||'} ${b.js})`, type: b.type === 'bool' ? 'bool' : 'any' };
    const t = this.temp();
    const test = truth({ js: t, type: a.type });
    return any(and ? `(${t} = ${a.js}, ${test} ? ${b.js} : ${t})` : `(${t} = ${a.js}, ${test} ? ${t} : ${b.js})`);
  }

  private arithmetic(c: Code): string {
    const [setup, a, b] = this.operands(c.a!, c.b!);
    const slow = c.op === OP.add ? `add(q, ${a.js}, ${b.js})` : `binary(q, ${c.op}, ${a.js}, ${b.js})`;
    const [test, result] = this.fast(c.op, a, b);
    return `(${setup}${test} ? ${result} : (q.pos = ${c.pos}, ${slow}))`;
  }

  /** An operation on ints whose result a number holds exactly: the test that it is one, and the result. −0 becomes 0. */
  private fast(op: number, a: Term, b: Term): [test: string, result: string] {
    if (op === OP.mod) return [`${ints(a, b)} && ${b.js} !== 0`, `${a.js} % ${b.js} + 0`];
    const t = this.temp();
    return [`${ints(a, b)} && (${t} = ${a.js} ${SIGN[op]!} ${b.js}) <= ${MAX} && ${t} >= -${MAX}`, op === OP.mul ? `${t} + 0` : t];
  }

  private equality(c: Code): Term {
    const [setup, a, b] = this.operands(c.a!, c.b!);
    // Equal values of the same primitive type are identical; others need a closer look.
    const primitive = a.type === 'str' || b.type === 'str' ? 'string' : 'number';
    const sure = [a, b].filter(({ type }) => type !== (primitive === 'string' ? 'str' : 'int')).map(({ js }) => `typeof ${js} === '${primitive}'`);
    const closer = `(q.pos = ${c.pos}, equals(${a.js}, ${b.js}, q))`;
    const js = `(${setup}${a.js} === ${b.js} || ${sure.length === 0 ? 'false' : `!(${sure.join(' && ')}) && ${closer}`})`;
    return { js: c.op === OP.eq ? js : `!${js}`, type: 'bool' };
  }

  /** `x += 1`: of this body, where it has a value; else of a caller. */
  private compound(c: Code): string {
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
  private item(c: Code, part: Code): string {
    const { js, type } = this.expression(part);
    if (type !== 'any') return js;
    const t = this.temp();
    const taken = c.op === OP.list ? `asItem(${this.constant(c)}, ${t}, q)` : `asProperty(${this.constant(c)}, ${t}, ${part.op === OP.list}, q)`;
    return `(${t} = ${js}, typeof ${t} === 'object' && ${t} !== null ? ${taken} : ${t})`;
  }

  private template(c: Code): string {
    const t = this.temp();
    const parts = c.list.map(part => `${t} = append(${this.constant(c)}, ${t}, ${this.expression(part).js}, q)`);
    return `(${[`${t} = ''`, ...parts, t].join(', ')})`;
  }

  /** Where the right side calls nothing, nobody can see that the thing is in use meanwhile. */
  private setProperty(c: Code): string {
    if (!isQuiet(c.b!)) return this.interpreted(c);
    const k = this.constant(c);
    const [setup, target] = this.atom(c.a!, true);
    const value = this.expression(c.b!).js;
    return `(${setup}assertAssignable(${k}, ${target.js}, q), ${this.call(`assignProperty(${k}, ${target.js}, ${value}, q)`)})`;
  }

  private index(c: Code): string {
    if (!isQuiet(c.b!)) return this.interpreted(c);
    const [setup, target] = this.atom(c.a!, false);
    const k = this.constant(c);
    const [list, other] = this.either(() => {
      const [before, index] = this.atom(c.b!, true);
      const { js } = target;
      return `(${before}typeof ${index.js} === 'number' && ${index.js} >= 0 && ${index.js} < ${js}.items.length ? ${js}.items[${index.js}]`
        + ` : itemAt(${k}, ${js}.items, ${js}.items.length, ${index.js}, q))`;
    }, () => this.call(`getIndex(${k}, ${target.js}, f)`));
    return `(${setup}${target.js} instanceof List ? ${list} : ${other})`;
  }

  // ---- calls -------------------------------------------------------------------------------------------

  private builtin(c: Code): string {
    const fn = c.fn!;
    if (!isDirect(fn, c.list.length) || fn.mutates) return this.interpreted(c);
    const k = this.constant(fn);
    const args = this.args(c, k);
    return `(${args.setup}${this.call(`(q.pos = ${c.pos}, ${k}.run(${['q', ...args.names].join(', ')}))`)})`;
  }

  /** Evaluates arguments one by one, each with the check of its type. */
  private args(c: Code, fn: string): { setup: string; names: string[] } {
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
  private method(c: Code): string {
    const n = c.list.length;
    const direct = (c.methods ?? []).map(fn => (fn !== null && isDirect(fn, n) && fn.spec.typedOnly !== true && fn.spec.untypedOnly !== true ? fn : null));
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

  /** Which closure is called is decided before its arguments are evaluated. */
  private callName(c: Code): string {
    const k = this.constant(c);
    if (c.list.length > 3) return this.call(`callName(${k}, f)`);
    const closure = this.temp();
    const start = this.flush();
    const [straight, other] = this.either(() => {
      const names = c.list.map(() => this.temp());
      const args = c.list.map((arg, i) => `${names[i]!} = ${this.expression(arg).js}, `).join('');
      return `${args}${this.call(`invoke(q, ${closure}, ${c.pos}, ${[0, 1, 2].map(i => names[i] ?? 'null').join(', ')}, null)`)}`;
    }, () => this.call(`callName(${k}, f)`));
    return `(${start}(${closure} = calleeFor(${k}, f)) !== null ? (${straight}) : ${other})`;
  }
}

const CONTAINERS: readonly number[] = [TAG.list, TAG.set, TAG.thing];

const any = (js: string): Term => ({ js, type: 'any' });

/** Tests that both are ints which are numbers, as far as it is not known. */
function ints(a: Term, b: Term): string {
  const tests = [a, b].filter(({ type }) => type !== 'int').map(({ js }) => `typeof ${js} === 'number'`);
  return tests.length === 0 ? 'true' : tests.join(' && ');
}

/** What `if` sees of something that may be named twice. */
function truth({ js, type }: Term): string {
  return type === 'bool' ? js : `(${js} === true || ${js} !== false && truthy(${js}))`;
}

/** Whether calling it with `n` arguments needs no check of rights, no rest and no thunks, but for its receiver. */
function isDirect(fn: Builtin, n: number): boolean {
  const { scope, needs, needsCommit } = fn.spec;
  if (n < fn.min || n > fn.max || scope !== undefined || needs !== undefined || needsCommit === true) return false;
  return fn.mutates ? n === 1 && (fn.rest === null || fn.rest.lazy) && !fn.params.some(param => param.lazy) : !fn.lazy && fn.rest === null;
}

/** Slots that a node itself assigns. */
function assignedBy(c: Code): readonly number[] {
  if (c.op === OP.setLocal || c.op === OP.compound || c.op === OP.guard) return [c.n];
  return c.op === OP.for ? (c.extra as Loop).slots : [];
}

/** Slots of variables that may have a value of their own here; in a query, or around a loop, all that are named. */
function variablesOf(body: Code, params: readonly number[], around: FrameScope | null): number[] {
  const slots = new Set(params);
  visit(body, part => {
    for (const slot of assignedBy(part)) slots.add(slot);
    if (part.op === OP.temporary) slots.add(part.n);
    if (around !== null && (part.op === OP.local || (part.op === OP.callName && part.n >= 0))) slots.add(part.n);
  });
  return [...slots].sort((a, b) => a - b);
}
