/**
 * Closures as text: the compact form in which a stored closure is kept, the pretty form of `str(closure)` and of the
 * definitions that `*_info()` give, and what `doc()` says.
 *
 * Both forms are ThingsDB's, byte for byte, where those can be read again. Where ThingsDB's cannot (it glues `5 .len()` together,
 * and `{` and `{` in a template, and makes `a | |b| c` an `||`) a blank stays, because stored closures are read back from
 * the compact form.
 */
import type { Chain, Closure, Node, Property, Subscript, Template, Unary } from './ast.ts';
import { isSpace, isWord, Scanner } from './scanner.ts';

/** The text without white space and comments; one blank stays round `else`, and behind `in` and `return`, if there was any. */
export function compactText(source: string, closure: Closure): string {
  return new Compactor(source).compact(closure);
}

/** The text laid out on lines, with tabs; `level` is how many precede its own lines. */
export function formatText(source: string, closure: Closure, level = 0): string {
  return new Formatter(source).closure(closure, level);
}

/** The string that is the first statement of the closure's block, if it is one; a sign before or a chain behind it do not matter. */
export function docText(closure: Closure): string {
  if (closure.body.kind !== 'block') return '';
  let node: Node | null = closure.body.body[0] ?? null;
  if (node?.kind === 'unary') node = node.operand;
  if (node?.kind === 'chain') node = node.head;
  return node?.kind === 'str' ? node.value : '';
}

class Compactor {
  private readonly source: string;
  private readonly scanner = new Scanner();
  /** Pieces that stay as they are, start and end in turns, in the order of the text. */
  private readonly verbatim: number[] = [];
  /** Where a blank stays, if there is white space before. */
  private readonly keep = new Set<number>();

  constructor(source: string) {
    this.source = source;
    this.scanner.reset(source);
  }

  compact(closure: Closure): string {
    this.visit(closure);
    const { source, scanner, verbatim, keep } = this;
    let text = '';
    let next = 0;
    for (let at = closure.pos; at < closure.end;) {
      const start = scanner.blank(at);
      if (start >= closure.end) break;
      if (start > at && (keep.has(start) || (isWord(source.charCodeAt(start)) && isWord(text.charCodeAt(text.length - 1))))) text += ' ';
      let end = start + 1;
      if (start === verbatim[next]) {
        end = verbatim[next + 1]!;
        next += 2;
      }
      text += source.slice(start, end);
      at = end;
    }
    return text;
  }

  private visit(node: Node | null): void {
    if (node === null) return;
    const { source, scanner, keep } = this;
    switch (node.kind) {
      case 'str': case 'regex': case 'int': case 'float':
        this.verbatim.push(node.pos, node.end);
        break;
      case 'nil': case 'bool': case 'break': case 'continue':
        break;
      case 'name':
        // with the next sign glued to it, the variable would become a statement
        if (node.name === 'break' || node.name === 'continue') keep.add(scanner.blank(node.end));
        break;
      case 'template': this.template(node); break;
      case 'call': node.args.forEach((arg) => this.visit(arg)); break;
      case 'thing': case 'instance': this.properties(node.props); break;
      case 'enum': if (typeof node.member !== 'string') this.visit(node.member); break;
      case 'anonymous': this.properties(node.thing.props); break;
      case 'list': node.items.forEach((item) => this.visit(item)); break;
      case 'closure': this.visit(node.body); break;
      case 'block': node.body.forEach((statement) => this.visit(statement)); break;
      case 'paren': this.visit(node.expr); break;
      case 'unary':
        this.verbatim.push(node.pos, signsEnd(source, node));
        this.visit(node.operand);
        break;
      case 'binary': {
        this.visit(node.left);
        const first = source.charAt(node.right.pos);
        // a | |b| c, a / /b/, a & &{b:}; and `& {` where an operand could begin with `&{`
        if (first === node.op && '|/&'.includes(first)) keep.add(node.right.pos);
        if (first === '{' && node.op === '&' && mayTakeMore(node.left)) keep.add(node.right.pos);
        this.visit(node.right);
        break;
      }
      case 'ternary': this.visit(node.cond); this.visit(node.then); this.visit(node.else); break;
      case 'if':
        this.visit(node.cond);
        this.visit(node.then);
        if (node.else !== null) {
          const word = scanner.blank(node.then.end);
          keep.add(word).add(node.else.pos);
          this.visit(node.else);
        }
        break;
      case 'for':
        keep.add(node.iterable.pos);
        this.visit(node.iterable);
        this.visit(node.body);
        break;
      case 'return':
        keep.add(scanner.blank(node.pos + 'return'.length));
        this.visit(node.value);
        this.visit(node.deep);
        this.visit(node.flags);
        break;
      case 'assign': this.visit(node.value); break;
      case 'chain': this.chain(node); break;
      default: unknown(node);
    }
  }

  private properties(props: readonly Property[]): void {
    for (const prop of props) this.visit(prop.value);
  }

  private chain(node: Chain): void {
    this.visit(node.head);
    // 5 .len(): with the dot glued to it the number is none
    if (node.head?.kind === 'int' || node.head?.kind === 'float') this.keep.add(node.links[0]!.pos);
    for (const link of node.links) {
      switch (link.kind) {
        case 'prop': break;
        case 'method': link.args.forEach((arg) => this.visit(arg)); break;
        case 'set': this.visit(link.value); break;
        case 'index': this.subscript(link.sub); break;
        case 'setIndex': this.subscript(link.sub); this.visit(link.value); break;
        default: unknown(link);
      }
    }
  }

  private subscript(sub: Subscript): void {
    this.visit(sub.start);
    this.visit(sub.stop);
    this.visit(sub.step);
  }

  /** The text of a template stays, what is in its holes is made compact. */
  private template(node: Template): void {
    const { source } = this;
    const last = node.end - 1;
    let from = node.pos;
    let at = from + 1;
    for (const part of node.parts) {
      if (typeof part === 'string') continue;
      while (source[at] !== '{' || source[at + 1] === '{') at += source[at] === '{' || source[at] === '}' || source[at] === '`' ? 2 : 1;
      this.verbatim.push(from, at + 1);
      // {{ would be an escape
      if (source[part.pos] === '{') this.keep.add(part.pos);
      this.visit(part);
      from = this.scanner.blank(part.end);
      at = from + 1;
    }
    this.verbatim.push(from, last + 1);
  }
}

/** The end of the signs before a value, without the white space behind them. */
function signsEnd(source: string, node: Unary): number {
  let at = node.pos;
  for (let count = 0; ; at++) {
    if (!isSpace(source.charCodeAt(at)) && ++count === node.ops.length) return at + 1;
  }
}

/** Whether `&{` behind this would be read as its continuation: a bare `return`, or `if (x)` without a statement. */
function mayTakeMore(node: Node): boolean {
  return node.kind === 'return' || (node.kind === 'call' && node.name === 'if');
}

/** From this many bytes on, ternaries and chains are laid out on lines. */
const LONG = 41;

class Formatter {
  private readonly source: string;
  private readonly scanner = new Scanner();

  constructor(source: string) {
    this.source = source;
    this.scanner.reset(source);
  }

  closure(node: Closure, level: number): string {
    return `|${node.params.map((param) => param.name).join(', ')}| ${this.node(node.body, level)}`;
  }

  private raw(node: Node): string {
    return this.source.slice(node.pos, node.end);
  }

  private node(node: Node, level: number): string {
    switch (node.kind) {
      case 'nil': case 'bool': case 'int': case 'float': case 'str': case 'regex': case 'template': case 'break': case 'continue': case 'name':
        return this.raw(node);
      case 'call': return `${node.name}(${this.nodes(node.args, level)})`;
      case 'thing': return this.properties('', node.props, level);
      case 'instance': return this.properties(node.name, node.props, level);
      case 'enum': return `${node.name}{${typeof node.member === 'string' ? node.member : this.closure(node.member, level)}}`;
      case 'anonymous': return this.properties('&', node.thing.props, level);
      case 'list':
        if (node.items.length < 2) return `[${this.nodes(node.items, level)}]`;
        return `[${this.lines(node.items.map((item) => `${this.node(item, level + 1)},`), level)}]`;
      case 'closure': return this.closure(node, level);
      case 'block': return `{${this.lines(node.body.map((statement) => `${this.node(statement, level + 1)};`), level)}}`;
      case 'paren': return `(${this.node(node.expr, level)})`;
      case 'unary': return node.ops + this.node(node.operand, level);
      case 'binary': return `${this.node(node.left, level)} ${node.op} ${this.node(node.right, level)}`;
      case 'ternary': {
        const start = lastOperand(node.cond).pos;
        const isLong = this.isLong(start, node.end);
        const inner = isLong ? level + 1 : level;
        const gap = isLong ? newLine(inner) : ' ';
        return `${this.node(node.cond, level)}${gap}? ${this.node(node.then, inner)}${gap}: ${this.node(node.else, inner)}`;
      }
      case 'if': {
        const other = node.else === null ? '' : ` else ${this.node(node.else, level)}`;
        return `if (${this.node(node.cond, level)}) ${this.node(node.then, level)}${other}`;
      }
      case 'for': {
        const names = node.names.map((param) => param.name).join(', ');
        return `for (${names} in ${this.node(node.iterable, level)}) ${this.node(node.body, level)}`;
      }
      case 'return': {
        const values = [node.value, node.deep, node.flags].filter((value) => value !== null);
        return values.length === 0 ? 'return' : `return ${this.nodes(values, level)}`;
      }
      case 'assign': return `${node.name} ${node.op} ${this.node(node.value, level)}`;
      case 'chain': return this.chain(node, level);
      default: return unknown(node);
    }
  }

  private nodes(nodes: readonly Node[], level: number): string {
    return nodes.map((node) => this.node(node, level)).join(', ');
  }

  private lines(items: readonly string[], level: number): string {
    return items.map((item) => newLine(level + 1) + item).join('') + newLine(level);
  }

  private properties(name: string, props: readonly Property[], level: number): string {
    if (props.length > 1) {
      const items = props.map(({ key, value }) => (value === null ? `${key}:,` : `${key}: ${this.node(value, level + 1)},`));
      return `${name}{${this.lines(items, level)}}`;
    }
    return `${name}{${props.map(({ key, value }) => `${key}: ${value === null ? '' : this.node(value, level)}`).join('')}}`;
  }

  /** A long chain goes on lines from the first call on that is not its first link. */
  private chain(node: Chain, level: number): string {
    let text = node.head === null ? '' : this.node(node.head, level);
    let inner = level;
    const { links } = node;
    links.forEach((link, i) => {
      if (link.kind === 'index' || link.kind === 'setIndex') {
        text += `[${this.subscript(link.sub, inner)}]`;
        if (link.kind === 'setIndex') text += ` ${link.op} ${this.node(link.value, inner)}`;
        return;
      }
      // indices belong to the name before them
      const next = links.slice(i + 1).find((other) => other.kind !== 'index' && other.kind !== 'setIndex');
      const isBroken = inner > level;
      if (!isBroken && (next?.kind === 'method' || next?.kind === 'set') && this.isLong(link.pos, node.end)) inner = level + 1;
      if (isBroken) text += newLine(inner);
      else if (i === 0 && (node.head?.kind === 'int' || node.head?.kind === 'float')) text += ' ';
      text += (link.optional || (i === 0 && this.source.startsWith('..', link.pos)) ? '..' : '.') + link.name;
      if (link.kind === 'method') text += `(${this.nodes(link.args, inner)})`;
      if (link.kind === 'set') text += ` ${link.op} ${this.node(link.value, inner)}`;
    });
    return text;
  }

  private subscript(sub: Subscript, level: number): string {
    const part = (node: Node | null): string => (node === null ? '' : this.node(node, level));
    // x[] is written with no colon at all
    const colons = this.source.slice(sub.pos, sub.end).trim() === '' ? 0 : sub.colons;
    return part(sub.start) + (colons > 0 ? `:${part(sub.stop)}` : '') + (colons > 1 ? `:${part(sub.step)}` : '');
  }

  /** Whether the text takes many bytes as written, white space behind it included. */
  private isLong(pos: number, end: number): boolean {
    const until = this.scanner.blank(end);
    // every UTF-16 unit is one byte at least, three at most
    if (until - pos >= LONG) return true;
    let bytes = 0;
    for (let i = pos; i < until; i++) {
      const code = this.source.charCodeAt(i);
      bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 2 : 3;
    }
    return bytes >= LONG;
  }
}

/** The operand directly before a `?`, from which ThingsDB measures a ternary. */
function lastOperand(node: Node): Node {
  while (node.kind === 'binary') node = node.right;
  return node;
}

function newLine(level: number): string {
  return `\n${'\t'.repeat(level)}`;
}

function unknown(node: never): never {
  throw new Error(`no such node: ${JSON.stringify(node)}`);
}
