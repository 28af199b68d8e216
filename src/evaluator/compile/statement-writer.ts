/** Statements: where a value goes, and how a body or a loop is left. */
import { OP, type Code, type Loop } from '../code.ts';
import { ExpressionWriter } from './expression-writer.ts';
import { Unsupported } from './program.ts';
import { truth } from './term.ts';

export abstract class StatementWriter extends ExpressionWriter {
  private labels: string[] = [];
  private made = 0;

  /** `to` says what becomes of the value: '' nothing, 'return', or the name of a temporary. */
  protected statement(c: Code, to: string): string {
    return this.nested(() => this.writeStatement(c, to));
  }

  protected writeStatement(c: Code, to: string): string {
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

  protected give(js: string, to: string): string {
    return to === '' ? `${js};` : to === 'return' ? `return ${js};` : `${to} = ${js};`;
  }

  protected if(c: Code, to: string): string {
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

  protected return(c: Code): string {
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

  protected for(c: Code, to: string): string {
    if (c.n === 1) throw new Unsupported();
    const [over, cursor] = [this.temp(), this.temp()];
    const value = this.expression(c.a!).js;
    const turns = this.turns(c, cursor);
    const [empty, done] = [this.give(over, to), this.give('null', to)];
    return `${over} = ${value}; ${cursor} = openCursor(${over}, ${c.pos}, q);
if (${cursor} === null) { ${to === '' ? '' : empty} } else { try { ${turns} } finally { ${cursor}.close(); } ${to === '' ? '' : done} }`;
  }

  /** The turns of a loop that a cursor goes through. */
  protected turns(c: Code, cursor: string): string {
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
}
