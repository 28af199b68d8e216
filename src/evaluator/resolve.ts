/**
 * From a syntax tree to executable code, in one walk:
 *
 * - names that a body assigns become slots of its frame, others are looked up through the callers;
 * - names of built-ins are bound;
 * - literals become constants;
 * - and it is settled, from the text alone, whether running it makes a change, and in which kind of scope:
 *   ThingsDB decides so before it runs a query, also for code that is never reached.
 */
import type * as ast from '../../grammar/ast.ts';
import { CallSite, Code, FrameScope, Loop, ARITH, CHANGES, OP, type FunctionCode } from './code.ts';
import type { Builtin, Registry } from '../functions/registry.ts';
import { QueryError } from '../errors/query-error.ts';
import { unreachable } from '../errors/assert.ts';
import { parseFloatLiteral } from '../values/float.ts';
import { parseLiteral } from '../values/int.ts';
import { float, type Value } from '../values/value.ts';

/** What a closure literal becomes each time it is evaluated. */
export interface ClosureTemplate {
  readonly node: ast.Closure;
  readonly source: string;
  readonly text: string;
  readonly code: FunctionCode;
}

/** Makes a query executable. */
export function resolveQuery(query: ast.Query, registry: Registry): FunctionCode {
  const r = new Resolver(query.text, registry);
  r.isQuery = true;
  const body = r.statements(query.body, 0);
  return r.code(body, []);
}

/** Makes the body of a closure executable; `source` is the text that its offsets refer to. */
export function resolveClosure(closure: ast.Closure, source: string, registry: Registry, nse = false): FunctionCode {
  const r = new Resolver(source, registry, nse);
  const params = closure.params.map(p => r.scope.slot(p.name));
  const body = r.statement(closure.body);
  return r.code(body, params);
}

class Resolver {
  readonly scope: FrameScope;
  changes: number = CHANGES.never;
  throws = false;
  private readonly source: string;
  private readonly registry: Registry;
  /** True once `nse()` was read: what follows in the text makes no change where a function says so. */
  nse: boolean;
  /** Set by break and continue within an expression, for the loop around them. */
  leavesLoop = false;
  /**
   * True for the text of a query, which may be given variables: each name that it calls gets a slot. In a closure
   * that name is nearly always a caller's, and is found faster when the frames of a recursion cannot have it.
   */
  isQuery = false;

  constructor(source: string, registry: Registry, nse = false) {
    this.source = source;
    this.registry = registry;
    this.nse = nse;
    this.scope = new FrameScope(source);
  }

  code(body: Code, params: readonly number[]): FunctionCode {
    const { scope, changes, nse } = this;
    return { scope, body, isClosure: !this.isQuery, params, changes, throws: this.throws || this.leavesLoop, nse, heat: 0, compiled: null, sweeps: null, difference: undefined };
  }

  // ---- statements: they may set the frame's exit flag --------------------------------------------------

  statements(body: readonly ast.Node[], pos: number): Code {
    if (body.length === 0) return constant(null, pos);
    if (body.length === 1) return this.statement(body[0]!);
    const code = new Code(OP.block, pos);
    const list: Code[] = [];
    for (const node of body) {
      if (mayExit(node)) code.n = 1;
      list.push(this.statement(node));
    }
    code.list = list;
    return code;
  }

  statement(node: ast.Node): Code {
    switch (node.kind) {
      case 'block':
        return this.statements(node.body, node.pos);
      case 'if': {
        const code = new Code(OP.if, node.pos);
        code.a = this.expression(node.cond);
        code.b = this.statement(node.then);
        code.c = node.else === null ? null : this.statement(node.else);
        return code;
      }
      case 'return':
        return this.return(node, OP.return);
      case 'for':
        return this.for(node, body => this.statement(body));
      case 'break':
        return new Code(OP.break, node.pos);
      case 'continue':
        return new Code(OP.continue, node.pos);
      default:
        return this.expression(node);
    }
  }

  private return(node: ast.Return, op: number): Code {
    const code = new Code(op, node.pos);
    // Depth and flags are evaluated before the value.
    code.b = node.deep === null ? null : this.expression(node.deep);
    code.c = node.flags === null ? null : this.expression(node.flags);
    code.a = node.value === null ? null : this.expression(node.value);
    return code;
  }

  private for(node: ast.For, resolveBody: (body: ast.Node) => Code): Code {
    const code = new Code(OP.for, node.pos);
    code.a = this.expression(node.iterable);
    code.extra = new Loop(node.names.map(name => this.scope.slot(name.name)));
    const outer = this.leavesLoop;
    this.leavesLoop = false;
    code.b = resolveBody(node.body);
    code.n = this.leavesLoop ? 1 : 0;
    this.leavesLoop = outer;
    return code;
  }

  // ---- expressions -------------------------------------------------------------------------------------

  expression(node: ast.Node): Code {
    switch (node.kind) {
      case 'nil':
        return constant(null, node.pos);
      case 'bool':
        return constant(node.value, node.pos);
      case 'int':
        return this.int(node);
      case 'float':
        return constant(float(parseFloatLiteral(node.raw)), node.pos);
      case 'str':
        return constant(node.value, node.pos);
      case 'regex': {
        const code = new Code(OP.regex, node.pos);
        code.name = node.pattern;
        code.extra = node.flags;
        return code;
      }
      case 'template':
        return this.template(node);
      case 'name':
        return this.variable(node.name, node.pos);
      case 'call':
        return this.call(node);
      case 'thing':
        return this.thing(node.props, OP.thing, node.pos);
      case 'instance': {
        const code = this.thing(node.props, OP.instance, node.pos);
        code.name = node.name;
        return code;
      }
      case 'enum': {
        const code = new Code(OP.member, node.pos);
        code.name = node.name;
        if (typeof node.member === 'string') code.extra = node.member;
        else code.a = this.closure(node.member);
        return code;
      }
      case 'anonymous': {
        const code = new Code(OP.anonymous, node.pos);
        code.a = this.expression(node.thing);
        return code;
      }
      case 'list':
        return this.list(node, false);
      case 'closure':
        return this.closure(node);
      case 'block':
        return this.inExpression(node);
      case 'paren':
        return this.expression(node.expr);
      case 'unary':
        return this.unary(node);
      case 'binary':
        return this.binary(node);
      case 'ternary': {
        const code = new Code(OP.ternary, node.pos);
        code.a = this.expression(node.cond);
        code.b = this.expression(node.then);
        code.c = this.expression(node.else);
        return code;
      }
      case 'if': {
        const code = new Code(OP.if, node.pos);
        code.a = this.expression(node.cond);
        code.b = this.expression(node.then);
        code.c = node.else === null ? null : this.expression(node.else);
        return code;
      }
      case 'for':
        return this.for(node, body => this.expression(body));
      case 'return':
        this.throws = true;
        return this.leave(this.return(node, OP.return));
      case 'break':
        this.leavesLoop = true;
        return this.leave(new Code(OP.break, node.pos));
      case 'continue':
        this.leavesLoop = true;
        return this.leave(new Code(OP.continue, node.pos));
      case 'assign':
        return this.assign(node);
      case 'chain':
        return this.chain(node);
      default:
        return unreachable(node);
    }
  }

  /** Marks a return, break or continue that stands within an expression: it throws. */
  private leave(code: Code): Code {
    code.n = 1;
    return code;
  }

  /** A block whose value is used: its statements are in the place of expressions, so that leaving it throws. */
  private inExpression(block: ast.Block): Code {
    if (block.body.length === 1) return this.expression(block.body[0]!);
    const code = new Code(OP.block, block.pos);
    code.list = block.body.map(node => this.expression(node));
    return code;
  }

  private int(node: ast.IntLiteral): Code {
    try {
      return constant(parseLiteral(node.raw), node.pos);
    } catch (e) {
      if (!(e instanceof QueryError)) throw e;
      // Raised only when it is reached: `true || 99999999999999999999` is true.
      const code = new Code(OP.raise, node.pos);
      code.extra = e;
      return code;
    }
  }

  private template(node: ast.Template): Code {
    const code = new Code(OP.template, node.pos);
    code.list = node.parts.map(part => (typeof part === 'string' ? constant(part, node.pos) : this.expression(part)));
    return code;
  }

  private variable(name: string, pos: number): Code {
    // A name may be assigned further on in the text, so whether it gets a slot is not known yet. A slot
    // that stays empty costs nothing but its place.
    const code = new Code(OP.local, pos);
    code.name = name;
    code.n = this.scope.slot(name);
    return code;
  }

  private assign(node: ast.Assign): Code {
    if (node.op === '=') {
      const code = new Code(OP.setLocal, node.pos);
      code.a = this.expression(node.value);
      code.n = this.scope.slot(node.name);
      code.name = node.name;
      return code;
    }
    const code = new Code(OP.compound, node.pos);
    code.a = this.expression(node.value);
    code.name = node.name;
    code.n = this.scope.slot(node.name);
    code.at = ARITH[node.op.slice(0, -1)]!;
    return code;
  }

  private thing(props: readonly ast.Property[], op: number, pos: number): Code {
    const code = new Code(op, pos);
    code.extra = props.map(p => p.key);
    code.list = props.map(p => {
      if (p.value !== null) return this.expression(p.value);
      const variable = this.variable(p.key, p.pos);
      variable.n = this.scope.slot(p.key);
      variable.at = 1; // variables only: `{x:}` takes no procedures or constants
      return variable;
    });
    return code;
  }

  private list(node: ast.ListLiteral, tuple: boolean): Code {
    const code = new Code(OP.list, node.pos);
    // A list in a list is a tuple: made as one at once.
    code.list = node.items.map(item => (item.kind === 'list' ? this.list(item, true) : this.expression(item)));
    code.n = tuple ? 1 : 0;
    return code;
  }

  private closure(node: ast.Closure, countsForQuery = true): Code {
    // One that gets a change of its own does so under an `nse()` before it too.
    const inner = resolveClosure(node, this.source, this.registry, this.nse && countsForQuery);
    this.nse ||= inner.nse;
    if (countsForQuery) this.changes |= inner.changes;
    const code = new Code(OP.closure, node.pos);
    const template: ClosureTemplate = { node, source: this.source, text: asWritten(this.source, node), code: inner };
    code.extra = template;
    return code;
  }

  private unary(node: ast.Unary): Code {
    let code = this.expression(node.operand);
    // A run of signs is one: so `--INT_MIN` does not overflow, and a thousand of them are no deep recursion.
    const runs = [...node.ops.matchAll(/[-+]+|(?:!!)+|!|~/g)].reverse();
    for (const { 0: ops, index } of runs) {
      const op = ops === '~' ? OP.invert : ops[0] !== '!' ? (minuses(ops) % 2 === 1 ? OP.negate : OP.plus) : OP.not;
      code = unary(op, code, node.pos + index);
      if (ops.length > 1 && op === OP.not) code = unary(op, code, node.pos + index);
    }
    return code;
  }

  private binary(node: ast.Binary): Code {
    const op = node.op === '&&' ? OP.logicalAnd : node.op === '||' ? OP.logicalOr : ARITH[node.op]!;
    const code = new Code(op, node.pos);
    code.a = this.expression(node.left);
    code.b = this.expression(node.right);
    return code;
  }

  // ---- calls and chains --------------------------------------------------------------------------------

  private call(node: ast.Call): Code {
    const fn = this.registry.function(node.name);
    const code = new Code(fn === null ? OP.callName : OP.callBuiltin, node.pos);
    code.name = node.name;
    code.fn = fn;
    if (fn === null) {
      code.n = this.isQuery ? this.scope.slot(node.name) : this.scope.slots.get(node.name) ?? -1;
      code.extra = new CallSite(this.scope);
    } else {
      this.noteChange(fn, false);
    }
    code.list = this.args(node.args, fn);
    if (fn?.spec.quotesArgument === true && node.args.length > 0) code.extra = asWritten(this.source, node.args[0]!);
    return code;
  }

  private args(args: readonly ast.Node[], fn: Builtin | null): Code[] {
    return args.map((arg, i) =>
      i === 0 && arg.kind === 'closure' && fn !== null && fn.ownChangeForClosure ? this.closure(arg, false) : this.expression(arg));
  }

  /** A call of a built-in by name may make the query a change; `free` says that its receiver is a variable or fresh. */
  private noteChange(fn: Builtin, free: boolean): void {
    if (fn.setsNse) this.nse = true;
    if (fn.changes === CHANGES.never) return;
    if (free && fn.freeOnVariable) return;
    if (this.nse && fn.freeUnderNse) return;
    this.changes |= fn.changes;
  }

  private noteAssignment(): void {
    if (!this.nse) this.changes |= CHANGES.collection;
  }

  private chain(node: ast.Chain): Code {
    // `..a` at the start of a chain is `.a`: the root needs no guard.
    if (node.head === null) return this.links(new Code(OP.root, node.pos), node.links, 0, false, true);
    return this.links(this.expression(node.head), node.links, 0, this.isFree(node.head), false);
  }

  /** A guard (`..`) may end the whole chain, so all that follows it becomes its second operand. */
  private links(target: Code, links: readonly ast.Link[], from: number, isFree: boolean, guarded: boolean): Code {
    let code = target;
    let free = isFree;
    for (let i = from; i < links.length; i++) {
      const link = links[i]!;
      if ('optional' in link && link.optional && !(i === from && guarded)) {
        const guard = new Code(OP.guard, link.pos);
        guard.n = this.scope.temporary();
        guard.a = code;
        const hole = new Code(OP.temporary, link.pos);
        hole.n = guard.n;
        guard.b = this.links(hole, links, i, free, true);
        return guard;
      }
      code = this.link(code, link, free);
      free = link.kind === 'index' && link.sub.colons > 0;
    }
    return code;
  }

  private link(target: Code, link: ast.Link, free: boolean): Code {
    switch (link.kind) {
      case 'prop': {
        const code = new Code(OP.property, link.pos);
        code.a = target;
        code.name = link.name;
        return code;
      }
      case 'method': {
        const code = new Code(OP.method, link.pos);
        code.a = target;
        code.name = link.name;
        code.methods = this.registry.methods(link.name);
        const any = this.registry.anyMethod(link.name);
        if (any !== null) this.noteChange(any, free);
        code.list = this.args(link.args, any);
        return code;
      }
      case 'set': {
        const code = new Code(OP.setProperty, link.pos);
        this.noteAssignment();
        code.a = target;
        code.name = link.name;
        code.at = link.op === '=' ? -1 : ARITH[link.op.slice(0, -1)]!;
        code.b = this.expression(link.value);
        code.n = isFresh(link.value) ? 1 : 0;
        return code;
      }
      case 'index':
        return this.subscript(target, link.sub, null, '=', link.pos);
      case 'setIndex':
        this.noteAssignment();
        return this.subscript(target, link.sub, link.value, link.op, link.pos);
      default:
        return unreachable(link);
    }
  }

  private subscript(target: Code, sub: ast.Subscript, value: ast.Node | null, op: ast.AssignOp, pos: number): Code {
    const slice = sub.colons > 0;
    const code = new Code(value === null ? (slice ? OP.slice : OP.index) : slice ? OP.setSlice : OP.setIndex, pos);
    code.a = target;
    if (slice) {
      code.list = [sub.start, sub.stop, sub.step].map(part => (part === null ? constant(null, pos) : this.expression(part)));
    } else {
      code.b = this.expression(sub.start!);
    }
    if (value !== null) {
      code.c = this.expression(value);
      code.at = op === '=' ? -1 : ARITH[op.slice(0, -1)]!;
      code.n = isFresh(value) ? 1 : 0;
    }
    return code;
  }

  /**
   * Whether a change of what this gives is surely none of stored data, by ThingsDB's rule for words such as
   * `push`: a variable, a list literal, or what a built-in called by name answers; also within parentheses.
   */
  private isFree(node: ast.Node): boolean {
    switch (node.kind) {
      case 'name':
      case 'list':
        return true;
      case 'call': {
        const fn = this.registry.function(node.name);
        return fn !== null && !fn.passesThrough;
      }
      case 'paren':
        return this.isFree(node.expr);
      default:
        return false;
    }
  }
}

function constant(value: Value, pos: number): Code {
  const code = new Code(OP.constant, pos);
  code.value = value;
  return code;
}

/** A literal makes a value that nobody else has: it needs no copy when it is put on a property. */
function isFresh(node: ast.Node): boolean {
  return node.kind === 'list' || (node.kind === 'paren' && isFresh(node.expr));
}

function unary(op: number, operand: Code, pos: number): Code {
  const code = new Code(op, pos);
  code.a = operand;
  return code;
}

const minuses = (signs: string): number => signs.split('-').length - 1;

const BLANKS = /(?:[ \t\n\v\f\r]+|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;

/** A node's text as ThingsDB quotes it: with the blanks and comments behind it, where its parser had looked for more. */
function asWritten(source: string, node: ast.Node): string {
  if (!looksFurther(node)) return source.slice(node.pos, node.end);
  BLANKS.lastIndex = node.end;
  return source.slice(node.pos, node.end + BLANKS.exec(source)![0].length);
}

/** False for what ends with the closing brace of a block, after which no operator can follow. */
function looksFurther(node: ast.Node): boolean {
  switch (node.kind) {
    case 'block': return false;
    case 'closure':
    case 'for': return looksFurther(node.body);
    case 'if': return node.else === null || looksFurther(node.else);
    case 'ternary': return looksFurther(node.else);
    case 'binary': return looksFurther(node.right);
    default: return true;
  }
}

/** Whether running it as a statement may set the frame's exit flag. */
function mayExit(node: ast.Node): boolean {
  switch (node.kind) {
    case 'return':
    case 'break':
    case 'continue':
      return true;
    case 'block':
      return node.body.some(mayExit);
    case 'if':
      return mayExit(node.then) || (node.else !== null && mayExit(node.else));
    case 'for':
      return mayExit(node.body);
    default:
      return false;
  }
}
