/** Expressions. */
import { OP, type Code } from '../code.ts';
import { CallWriter } from './call-writer.ts';
import { isQuiet } from './facts.ts';
import { any, ints, truth, type Term } from './term.ts';

/** Comparisons that JavaScript has too. */
const COMPARISONS: Readonly<Record<number, string>> = { [OP.lt]: '<', [OP.gt]: '>', [OP.le]: '<=', [OP.ge]: '>=' };

/** In the place of values that are not there. */
const NILS = ['null', 'null', 'null', 'null'];

export abstract class ExpressionWriter extends CallWriter {
  protected expression(c: Code): Term {
    return this.nested(() => this.writeExpression(c));
  }

  protected writeExpression(c: Code): Term {
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
        return any(this.thing(c));
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
          + ` ? ${target.js}.valueAt(${k}.at) : getProperty(${k}, ${target.js}, q))`);
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

  protected item(c: Code, part: Code): string {
    const { js, type } = this.expression(part);
    if (type !== 'any') return js;
    const t = this.temp();
    const taken = c.op === OP.list ? `asItem(${this.constant(c)}, ${t}, q)` : `asProperty(${this.constant(c)}, ${t}, ${part.op === OP.list}, q)`;
    return `(${t} = ${js}, typeof ${t} === 'object' && ${t} !== null ? ${taken} : ${t})`;
  }

  protected thing(c: Code): string {
    const values = c.list.map(part => this.item(c, part));
    const n = values.length;
    if (n > 4) return `makeThing(${this.constant(c)}, [${values.join(', ')}], q)`;
    return `makeSmallThing(${[this.constant(c), n, ...values, ...NILS.slice(n), 'q'].join(', ')})`;
  }

  protected template(c: Code): string {
    const t = this.temp();
    const parts = c.list.map(part => `${t} = append(${this.constant(c)}, ${t}, ${this.expression(part).js}, q)`);
    return `(${[`${t} = ''`, ...parts, t].join(', ')})`;
  }

  /** Where the right side calls nothing, nobody can see that the thing is in use meanwhile. */
  protected setProperty(c: Code): string {
    if (!isQuiet(c.b!)) return this.interpreted(c);
    const k = this.constant(c);
    const [setup, target] = this.atom(c.a!, true);
    const value = this.expression(c.b!).js;
    return `(${setup}assertAssignable(${k}, ${target.js}, q), ${this.call(`assignProperty(${k}, ${target.js}, ${value}, q)`)})`;
  }

  protected index(c: Code): string {
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
}
