/**
 * Query text -> syntax tree (`ast.ts`).
 *
 * A chevrotain parser with embedded actions, one instance for the process. A text is parsed when it is seen for the first
 * time, which for many clients is every time, so this is written for speed:
 * - tokens are made on demand (`scanner.ts`), and one token of lookahead decides everywhere, two things apart: `{name:`
 *   is a thing where `{name` is a block, and `for (a, b in` is a loop where `for (a, b` is a call;
 * - rules are few, because calling one costs more than reading a token and takes four frames of the stack: the levels of
 *   operators are one loop, operands and their chains are plain methods;
 * - nothing here knows what an error will be called: when a parse fails, `syntax-error.ts` reads the text again, slowly.
 *
 * ThingsDB tries alternatives in order and takes the first that fits; what one token cannot decide is the likes of
 * `if (a) -~b`, which calls a variable named `if`. Such words are found by `syntax-error.ts`, which then says how to read them.
 */
import { EmbeddedActionsParser, EOF, type IToken, type TokenType } from 'chevrotain';
import type {
  Anonymous, Assign, AssignOp, Binary, BinaryOp, Block, Break, Call, Closure, Continue, EnumLiteral, For, If, Instance, Link,
  ListLiteral, Node, Paren, Parameter, Property, Query, Return, StrLiteral, Subscript, SyntaxProblem, Template, Ternary, ThingLiteral,
} from './ast.ts';
import { isDigit, isSpace, Scanner, type Token } from './scanner.ts';
import { explain, type Readings, TooDeep } from './syntax-error.ts';
import * as T from './tokens.ts';

/** Statements may lie this deep in each other; each operand of an operator counts as one deeper than that on its left. */
export const NESTING_LIMIT = 500;

/** Thrown through the rules; chevrotain passes on what is not its own. */
const TOO_DEEP = new TooDeep();
const TOO_DEEP_TEXT = `query syntax has reached the maximum recursion depth of ${NESTING_LIMIT}`;

/** A table by token type, for `switch` and operator loops. */
function byType(entries: readonly (readonly [TokenType, number])[]): Uint8Array {
  const table = new Uint8Array(Math.max(...T.vocabulary.map((type) => type.tokenTypeIdx!)) + 1);
  for (const [type, value] of entries) table[type.tokenTypeIdx!] = value;
  return table;
}

/** How tightly a binary operator binds; 0: none. */
const RANK = byType([
  [T.OrOr, 1], [T.AndAnd, 2],
  [T.Equal, 3], [T.NotEqual, 3], [T.Less, 3], [T.Greater, 3], [T.LessEqual, 3], [T.GreaterEqual, 3],
  [T.Or, 4], [T.Xor, 5], [T.And, 6], [T.ShiftLeft, 7], [T.ShiftRight, 7], [T.Plus, 8], [T.Minus, 8], [T.Times, 9], [T.Divide, 9], [T.Modulo, 9],
]);

const ASSIGNS = byType([
  T.Assign, T.PlusAssign, T.MinusAssign, T.TimesAssign, T.DivideAssign, T.ModuloAssign, T.AndAssign, T.OrAssign, T.XorAssign,
].map((type) => [type, 1] as const));

/** What goes on with a name: only a variable can be assigned to, called, or have a property. */
const FOLLOWS_NAME = ASSIGNS.slice();
for (const type of [T.Dot, T.DotDot, T.ParenOpen, T.BracketOpen, T.BraceOpen]) FOLLOWS_NAME[type.tokenTypeIdx!] = 1;

/** Names, and the words that may be names. */
const NAMES = byType(
  [T.Name, T.If, T.Else, T.For, T.In, T.Return, T.Break, T.Continue, T.Nil, T.True, T.False, T.Inf, T.Nan].map((type) => [type, 1] as const),
);

/** What an operand begins with. Numbers written out, so that `switch` becomes a jump. */
const START = byType([
  [T.Name, 1], [T.Else, 1], [T.In, 1], [T.If, 2], [T.For, 3], [T.Return, 4], [T.Break, 5], [T.Continue, 5],
  [T.Or, 6], [T.OrOr, 6], [T.BraceOpen, 7],
  [T.Plus, 8], [T.Minus, 8], [T.Not, 8], [T.NotEqual, 8], [T.Invert, 8], [T.PlusAssign, 8], [T.MinusAssign, 8],
  [T.Int, 9], [T.Float, 10], [T.Str, 11], [T.Nil, 12], [T.True, 13], [T.False, 13], [T.Inf, 14], [T.Nan, 14],
  [T.Divide, 15], [T.DivideAssign, 15], [T.Backtick, 16], [T.ParenOpen, 17], [T.BracketOpen, 18], [T.Dot, 19], [T.DotDot, 20],
  [T.And, 21],
]);

const NONE: readonly never[] = [];

export class ThingsParser extends EmbeddedActionsParser {
  private readonly scanner = new Scanner();
  private text = '';
  /** The next token, when it has been looked at. */
  private ahead: Token | null = null;
  /** Where reading goes on when `ahead` is null; else the end of the token before it. */
  private at = 0;
  /** The end of the last consumed token: where the node that it ended ends. */
  private last = 0;
  /** How deep the statement being read lies. */
  private level = 0;
  /** How many loops of this closure are around it. */
  private loops = 0;
  private misplaced: Break | Continue | null = null;
  /** Operators that wait for their right side, of all statements being read. */
  private readonly lefts: Node[] = [];
  private readonly ops: Token[] = [];
  private waiting = 0;
  /** How `syntax-error.ts` says to read some words, when this is the second attempt. */
  private readings: Readings | null = null;

  constructor() {
    super(T.vocabulary, { recoveryEnabled: false, maxLookahead: 1, skipValidations: true, nodeLocationTracking: 'none' });
    this.performSelfAnalysis();
  }

  /** Gets ready for another text; chevrotain's `input` takes ready-made tokens, we make them as we go. */
  start(text: string, readings: Readings | null): void {
    this.reset();
    const end = text.indexOf('\0');
    this.text = end < 0 ? text : text.slice(0, end);
    this.scanner.reset(this.text);
    this.readings = readings;
    this.ahead = null;
    this.at = this.last = this.level = this.loops = this.waiting = 0;
    this.misplaced = null;
  }

  /** Lets go of the text. */
  finish(): void {
    this.start('', null);
    this.lefts.length = this.ops.length = 0;
  }

  get illegal(): Break | Continue | null {
    return this.misplaced;
  }

  // ---- the parser's view of tokens: chevrotain asks for one at a time through these --------------------------------

  override LA(howMuch: number): IToken {
    let token = this.peek();
    for (; howMuch > 1; howMuch--) token = this.scanner.token(token.endOffset + 1);
    return token;
  }

  /** Chevrotain's LA without checks, as its CONSUME calls it. */
  override LA_FAST(_howMuch: number): IToken {
    return this.ahead ?? this.peek();
  }

  consumeToken(): void {
    this.at = this.last = this.ahead!.endOffset + 1;
    this.ahead = null;
  }

  private peek(): Token {
    return this.ahead ?? (this.ahead = this.scanner.token(this.at));
  }

  /** The type of the next token. */
  private get next(): number {
    return this.peek().tokenTypeIdx;
  }

  private skip(): Token {
    const token = this.ahead!;
    this.at = this.last = token.endOffset + 1;
    this.ahead = null;
    return token;
  }

  /** Takes the next token if it is of that type. */
  private take(type: TokenType): boolean {
    if (this.peek().tokenTypeIdx !== type.tokenTypeIdx) return false;
    this.skip();
    return true;
  }

  /** Goes on reading at `pos`, in the middle of a token if need be. */
  private moveTo(pos: number): void {
    this.ahead = null;
    this.at = pos;
  }

  // ---- rules -------------------------------------------------------------------------------------------------------

  readonly query = this.RULE('query', (): readonly Node[] => {
    if (this.RECORDING_PHASE || this.next === EOF.tokenTypeIdx) return NONE;
    const body = this.statements(EOF);
    this.CONSUME(EOF);
    return body;
  });

  /** A statement is anything that has a value, with operators between operands. The rule for all nesting. */
  readonly statement = this.RULE('statement', (): Node => {
    if (this.RECORDING_PHASE) return NONE as never;
    const level = this.level;
    if (level > NESTING_LIMIT) throw TOO_DEEP;
    let node = this.operand();
    let token = this.peek();
    let rank = RANK[token.tokenTypeIdx]!;
    if (rank !== 0) {
      // operators that bind less tightly than those on their right wait on the stack
      const { lefts, ops } = this;
      const bottom = this.waiting;
      for (;;) {
        while (this.waiting > bottom && RANK[ops[this.waiting - 1]!.tokenTypeIdx]! >= rank) {
          const left = lefts[--this.waiting]!;
          node = { kind: 'binary', pos: left.pos, end: node.end, op: ops[this.waiting]!.image as BinaryOp, left, right: node } satisfies Binary;
        }
        if (rank === 0) break;
        lefts[this.waiting] = node;
        ops[this.waiting++] = this.skip();
        if (++this.level > NESTING_LIMIT) throw TOO_DEEP;
        node = this.operand();
        token = this.peek();
        rank = RANK[token.tokenTypeIdx]!;
      }
    }
    if (token.tokenTypeIdx === T.Question.tokenTypeIdx) {
      this.skip();
      const then = this.inner();
      this.CONSUME(T.Colon);
      const other = this.inner();
      node = { kind: 'ternary', pos: node.pos, end: other.end, cond: node, then, else: other } satisfies Ternary;
    }
    this.level = level;
    return node;
  });

  // ---- statements --------------------------------------------------------------------------------------------------

  /** A statement within another. */
  private inner(): Node {
    this.level++;
    const node = this.SUBRULE(this.statement);
    this.level--;
    return node;
  }

  /** Statements with `;` between and behind them, up to `close`, which stays. */
  private statements(close: TokenType): Node[] {
    const body: Node[] = [this.SUBRULE(this.statement)];
    while (this.take(T.Semicolon)) {
      while (this.take(T.Semicolon));
      if (this.next === close.tokenTypeIdx) break;
      body.push(this.SUBRULE(this.statement));
    }
    return body;
  }

  private operand(): Node {
    const token = this.peek();
    switch (START[token.tokenTypeIdx]) {
      case 1: return this.named(token); // a name
      case 2: return this.ifStatement(token); // if
      case 3: return this.isLoop(token) ? this.forStatement(token) : this.named(token); // for
      case 4: return this.returnStatement(token); // return
      case 5: return this.breakStatement(token); // break, continue
      case 6: return this.closure(token); // | or ||
      case 7: return this.braces(token, true); // {
      default: return this.value(token);
    }
  }

  /** An operand that is no statement of its own: what may follow a sign. */
  private value(token: Token): Node {
    const pos = token.startOffset;
    switch (START[token.tokenTypeIdx]) {
      case 1: case 2: case 3: case 4: case 5: // words that are names here
        return this.named(token);
      case 7: // {
        return this.braces(token, false);
      case 8: // a sign
        return this.signed(token);
      case 9: // an int
        this.skip();
        return this.chained({ kind: 'int', pos, end: this.last, raw: token.image });
      case 10: // a float
        this.skip();
        return this.chained({ kind: 'float', pos, end: this.last, raw: token.image });
      case 11: // a string
        this.skip();
        return this.chained(this.string(token));
      case 12: // nil
        this.skip();
        return this.chained({ kind: 'nil', pos, end: this.last });
      case 13: // true, false
        this.skip();
        return this.chained({ kind: 'bool', pos, end: this.last, value: token.tokenTypeIdx === T.True.tokenTypeIdx });
      case 14: // inf, nan
        // with a dot glued to it this is a variable: inf.x
        if (this.text.charCodeAt(token.endOffset + 1) === 46) return this.named(token);
        this.skip();
        return this.chained({ kind: 'float', pos, end: this.last, raw: token.image });
      case 15: { // /
        const regex = this.ahead = this.scanner.regex(pos);
        this.CONSUME(T.Regex);
        const slash = regex.image.lastIndexOf('/');
        return this.chained({ kind: 'regex', pos, end: this.last, pattern: regex.image.slice(1, slash), flags: regex.image.slice(slash + 1) });
      }
      case 16: // a back-tick
        return this.chained(this.template(token));
      case 17: { // (
        this.skip();
        const expr = this.inner();
        this.CONSUME(T.ParenClose);
        return this.chained({ kind: 'paren', pos, end: this.last, expr } satisfies Paren);
      }
      case 18: { // [
        this.skip();
        const items = this.list(T.BracketClose);
        return this.chained({ kind: 'list', pos, end: this.last, items } satisfies ListLiteral);
      }
      case 19: // .
        if (isDigit(this.text.charCodeAt(pos + 1))) {
          const float = this.ahead = this.scanner.number(pos);
          if (float.tokenTypeIdx === T.Float.tokenTypeIdx) {
            this.skip();
            return this.chained({ kind: 'float', pos, end: this.last, raw: float.image });
          }
        }
        return this.chain(null, pos);
      case 20: // ..
        return this.chain(null, pos);
      case 21: { // &
        // the brace must be glued to the sign
        if (this.text.charCodeAt(pos + 1) === 123) {
          this.skip();
          const brace = this.peek().startOffset;
          this.skip();
          const props = this.properties();
          const thing: ThingLiteral = { kind: 'thing', pos: brace, end: this.last, props };
          return this.chained({ kind: 'anonymous', pos, end: this.last, thing } satisfies Anonymous);
        }
      }
    }
    return this.wrong();
  }

  /** Ends the parse: no rule takes this token. */
  private wrong(): never {
    this.CONSUME(T.Operand);
    throw new Error('a token that is never made was accepted');
  }

  // ---- names and what may follow them ------------------------------------------------------------------------------

  /**
   * The right side of an assignment. ThingsDB reads a chain behind it, which can only be there when the value ends
   * with a brace, and ignores it: `.f = || {1} .f` is the closure. Programs leave out a semicolon there.
   */
  private assigned(): Node {
    const value = this.inner();
    this.chained(value);
    return value;
  }

  /** A variable, its assignment, a call, an instance or a member of an enumerator, with its chain. */
  private named(token: Token): Node {
    this.skip();
    const pos = token.startOffset;
    const name = token.image;
    const next = this.peek();
    switch (next.tokenTypeIdx) {
      case T.ParenOpen.tokenTypeIdx: {
        this.skip();
        const args = this.list(T.ParenClose);
        return this.chained({ kind: 'call', pos, end: this.last, name, args } satisfies Call);
      }
      case T.BraceOpen.tokenTypeIdx:
        return this.chained(this.instance(token));
    }
    if (ASSIGNS[next.tokenTypeIdx] === 1) {
      this.skip();
      const value = this.assigned();
      return { kind: 'assign', pos, end: value.end, op: next.image as AssignOp, name, value } satisfies Assign;
    }
    return this.chained({ kind: 'name', pos, end: token.endOffset + 1, name });
  }

  private instance(token: Token): Instance | EnumLiteral {
    const pos = token.startOffset;
    const name = token.image;
    this.skip();
    const first = this.peek();
    if (first.tokenTypeIdx === T.Or.tokenTypeIdx || first.tokenTypeIdx === T.OrOr.tokenTypeIdx) {
      const member = this.closure(first);
      this.CONSUME(T.BraceClose);
      return { kind: 'enum', pos, end: this.last, name, member };
    }
    if (this.isName(first) && this.scanner.text.charCodeAt(this.scanner.blank(first.endOffset + 1)) === 125) {
      this.skip();
      this.CONSUME(T.BraceClose);
      return { kind: 'enum', pos, end: this.last, name, member: first.image };
    }
    return { kind: 'instance', pos, props: this.properties(), end: this.last, name };
  }

  /** `.name`, `[index]` … behind a value, if there are any. */
  private chained(head: Node): Node {
    const { next } = this;
    if (next === T.Dot.tokenTypeIdx || next === T.BracketOpen.tokenTypeIdx || next === T.DotDot.tokenTypeIdx) return this.chain(head, head.pos);
    return head;
  }

  private chain(head: Node | null, pos: number): Node {
    const links: Link[] = [];
    for (;;) {
      const token = this.peek();
      const start = token.startOffset;
      if (token.tokenTypeIdx === T.BracketOpen.tokenTypeIdx) {
        const sub = this.subscript();
        const end = this.last;
        const next = this.peek();
        if (ASSIGNS[next.tokenTypeIdx] === 1) {
          this.skip();
          const value = this.assigned();
          links.push({ kind: 'setIndex', pos: start, end: value.end, sub, op: next.image as AssignOp, value });
          break;
        }
        links.push({ kind: 'index', pos: start, end, sub });
      } else if (token.tokenTypeIdx === T.Dot.tokenTypeIdx || token.tokenTypeIdx === T.DotDot.tokenTypeIdx) {
        // at the very start two dots mean no more than one: there is no value to be nil
        const optional = token.tokenTypeIdx === T.DotDot.tokenTypeIdx && (head !== null || links.length > 0);
        this.skip();
        const name = this.CONSUME(T.Name).image;
        const end = this.last;
        const next = this.peek();
        if (next.tokenTypeIdx === T.ParenOpen.tokenTypeIdx) {
          this.skip();
          const args = this.list(T.ParenClose);
          links.push({ kind: 'method', pos: start, end: this.last, optional, name, args });
        } else if (ASSIGNS[next.tokenTypeIdx] === 1) {
          this.skip();
          const value = this.assigned();
          links.push({ kind: 'set', pos: start, end: value.end, optional, name, op: next.image as AssignOp, value });
          break;
        } else links.push({ kind: 'prop', pos: start, end, optional, name });
      } else break;
    }
    return { kind: 'chain', pos, end: this.last, head, links };
  }

  private subscript(): Subscript {
    this.skip();
    const pos = this.last;
    let colons: 0 | 1 | 2 = 0;
    const start = this.index();
    let stop: Node | null = null;
    let step: Node | null = null;
    if (this.take(T.Colon)) {
      colons = 1;
      stop = this.index();
      if (this.take(T.Colon)) {
        colons = 2;
        step = this.index();
      }
    } else if (start === null) colons = 1;
    const end = this.CONSUME(T.BracketClose).startOffset;
    return { pos, end, colons, start, stop, step };
  }

  private index(): Node | null {
    const { next } = this;
    if (next !== T.Colon.tokenTypeIdx && next !== T.BracketClose.tokenTypeIdx) return this.inner();
    this.omitted();
    return null;
  }

  /** A statement that may be left out is tried all the same, so that its place counts for the depth: `f()` and `f(1)` lie equally deep. */
  private omitted(): void {
    if (this.level + 1 > NESTING_LIMIT) throw TOO_DEEP;
  }

  /** Statements with commas between them, and perhaps one behind, and the bracket that ends them. */
  private list(close: TokenType): readonly Node[] {
    if (this.next === close.tokenTypeIdx) {
      this.omitted();
      this.skip();
      return NONE;
    }
    const items = [this.inner()];
    while (this.take(T.Comma)) {
      if (this.next === close.tokenTypeIdx) {
        this.omitted();
        break;
      }
      items.push(this.inner());
    }
    this.CONSUME(close);
    return items;
  }

  // ---- literals ----------------------------------------------------------------------------------------------------

  private string(token: Token): StrLiteral {
    const { image } = token;
    const quote = image.charAt(0);
    let value = image.slice(1, -1);
    if (value.includes(quote)) value = value.replaceAll(quote + quote, quote);
    return { kind: 'str', pos: token.startOffset, end: token.endOffset + 1, value };
  }

  /**
   * Signs before a value: `~` first, then `-`, `+` and `!` in any order, white space between. A `-` or `+` before a digit
   * is the number's own.
   */
  private signed(token: Token): Node {
    const { text, scanner } = this;
    const pos = token.startOffset;
    let at = pos;
    while (text.charCodeAt(at) === 126) at = scanner.space(at + 1);
    for (;;) {
      const code = text.charCodeAt(at);
      const isSign = code === 43 || code === 45;
      if (code !== 33 && (!isSign || isDigit(text.charCodeAt(at + 1)))) break;
      at = scanner.space(at + 1);
    }
    this.moveTo(at);
    if (at > pos) {
      const raw = text.slice(pos, at);
      const operand = this.unsigned();
      return { kind: 'unary', pos, end: operand.end, ops: hasSpace(raw) ? raw.replace(/\s+/g, '') : raw, operand };
    }
    return this.unsigned();
  }

  /** What stands behind the signs: a value, of which a number may have a sign of its own. */
  private unsigned(): Node {
    const token = this.peek();
    switch (token.tokenTypeIdx) {
      case T.Plus.tokenTypeIdx:
      case T.Minus.tokenTypeIdx: {
        const number = this.ahead = this.scanner.number(token.startOffset);
        const kind = number.tokenTypeIdx === T.Float.tokenTypeIdx ? 'float' : 'int';
        if (number.tokenTypeIdx === T.Wrong.tokenTypeIdx) return this.wrong();
        this.skip();
        return this.chained({ kind, pos: number.startOffset, end: this.last, raw: number.image });
      }
      case T.Not.tokenTypeIdx: case T.NotEqual.tokenTypeIdx: case T.Invert.tokenTypeIdx: case T.PlusAssign.tokenTypeIdx: case T.MinusAssign.tokenTypeIdx:
        return this.wrong();
    }
    return this.value(token);
  }

  private template(token: Token): Template {
    const { text } = this;
    const parts: (string | Node)[] = [];
    let at = token.startOffset + 1;
    let from = at;
    let escaped = false;
    const flush = (): void => {
      if (at > from) {
        const raw = text.slice(from, at);
        parts.push(escaped ? raw.replace(/``|\{\{|\}\}/g, (pair) => pair.charAt(0)) : raw);
      }
      escaped = false;
    };
    for (;;) {
      const code = text.charCodeAt(at);
      // the end of the text or a lone } end no template
      if (code !== code) break;
      const isDouble = text.charCodeAt(at + 1) === code;
      if (code === 96 || code === 123 || code === 125) {
        if (isDouble) {
          escaped = true;
          at += 2;
          continue;
        }
        if (code === 125) break;
        flush();
        if (code === 96) {
          this.at = this.last = at + 1;
          this.ahead = null;
          return { kind: 'template', pos: token.startOffset, end: at + 1, parts };
        }
        this.moveTo(at + 1);
        parts.push(this.inner());
        this.CONSUME(T.BraceClose);
        at = from = this.last;
        continue;
      }
      at++;
    }
    this.moveTo(at);
    this.peek();
    return this.wrong();
  }

  /** `{`: a thing when nothing or `name:` follows, else a block, which must not follow a sign. */
  private braces(token: Token, mayBeBlock: boolean): Node {
    const pos = token.startOffset;
    this.skip();
    const first = this.peek();
    const isThing = first.tokenTypeIdx === T.BraceClose.tokenTypeIdx
      || !mayBeBlock
      || (this.isName(first) && this.text.charCodeAt(this.scanner.blank(first.endOffset + 1)) === 58);
    if (isThing) {
      const props = this.properties();
      return this.chained({ kind: 'thing', pos, end: this.last, props } satisfies ThingLiteral);
    }
    this.level++;
    const body = this.statements(T.BraceClose);
    this.level--;
    this.CONSUME(T.BraceClose);
    return { kind: 'block', pos, end: this.last, body } satisfies Block;
  }

  private isName(token: Token): boolean {
    return NAMES[token.tokenTypeIdx] === 1;
  }

  /** The properties of a thing and the brace that ends them. */
  private properties(): readonly Property[] {
    if (this.take(T.BraceClose)) return NONE;
    const props: Property[] = [];
    do {
      if (props.length > 0 && this.next === T.BraceClose.tokenTypeIdx) break;
      const name = this.CONSUME(T.Name);
      this.CONSUME(T.Colon);
      const { next, last } = this;
      const value = next === T.Comma.tokenTypeIdx || next === T.BraceClose.tokenTypeIdx ? null : this.inner();
      props.push({ pos: name.startOffset, end: value === null ? last : value.end, key: name.image, value });
    } while (this.take(T.Comma));
    this.CONSUME(T.BraceClose);
    return props;
  }

  private closure(token: Token): Closure {
    this.skip();
    const params = token.tokenTypeIdx === T.OrOr.tokenTypeIdx ? NONE : this.parameters();
    const { loops } = this;
    this.loops = 0;
    const body = this.inner();
    this.loops = loops;
    return { kind: 'closure', pos: token.startOffset, end: body.end, params, body };
  }

  private parameters(): readonly Parameter[] {
    const params: Parameter[] = [];
    do {
      if (this.text.charCodeAt(this.peek().startOffset) === 124) break;
      params.push(this.parameter());
    } while (this.take(T.Comma));
    // the list may end within a token: |a||| b is |a| with the body || b
    const { startOffset } = this.peek();
    if (this.text.charCodeAt(startOffset) === 124) this.moveTo(startOffset + 1);
    else this.CONSUME(T.Or);
    return params;
  }

  private parameter(): Parameter {
    const name = this.CONSUME(T.Name);
    return { pos: name.startOffset, end: name.endOffset! + 1, name: name.image };
  }

  // ---- if, for, return, break --------------------------------------------------------------------------------------

  /** `if (cond) then else other`; without a statement behind the parenthesis it is the call of a function named `if`. */
  private ifStatement(token: Token): Node {
    const pos = token.startOffset;
    const open = this.scanner.token(token.endOffset + 1);
    if (open.tokenTypeIdx !== T.ParenOpen.tokenTypeIdx || this.readings?.get(pos) === 'name') return this.named(token);
    this.skip();
    this.ahead = open;
    this.skip();
    let args: readonly Node[] = NONE;
    if (!this.take(T.ParenClose)) {
      const cond = this.inner();
      const close = this.next;
      if (close === T.ParenClose.tokenTypeIdx) {
        this.skip();
        if (this.startsStatement()) {
          const then = this.inner();
          const other = this.take(T.Else) ? this.inner() : null;
          return { kind: 'if', pos, end: this.last, cond, then, else: other } satisfies If;
        }
        args = [cond];
      } else {
        this.CONSUME(T.Comma);
        args = [cond, ...this.list(T.ParenClose)];
      }
    }
    return this.chained({ kind: 'call', pos, end: this.last, name: token.image, args } satisfies Call);
  }

  /** Whether a statement may begin with the next token; `/` and `&` do when they begin a regular expression or `&{`. */
  private startsStatement(): boolean {
    const token = this.peek();
    switch (START[token.tokenTypeIdx]) {
      case 0: return false;
      case 15: return this.scanner.regex(token.startOffset).tokenTypeIdx === T.Regex.tokenTypeIdx;
      case 21: return this.text.charCodeAt(token.startOffset + 1) === 123;
    }
    return token.tokenTypeIdx !== T.NotEqual.tokenTypeIdx && token.tokenTypeIdx !== T.PlusAssign.tokenTypeIdx && token.tokenTypeIdx !== T.MinusAssign.tokenTypeIdx;
  }

  /** Whether `for` is followed by a parenthesis, names and `in`. */
  private isLoop(token: Token): boolean {
    const { scanner } = this;
    if (this.readings?.get(token.startOffset) === 'name') return false;
    let next = scanner.token(token.endOffset + 1);
    if (next.tokenTypeIdx !== T.ParenOpen.tokenTypeIdx) return false;
    do {
      next = scanner.token(next.endOffset + 1);
      if (!this.isName(next)) return false;
      next = scanner.token(next.endOffset + 1);
    } while (next.tokenTypeIdx === T.Comma.tokenTypeIdx);
    return next.tokenTypeIdx === T.In.tokenTypeIdx;
  }

  private forStatement(token: Token): For {
    this.skip();
    this.CONSUME(T.ParenOpen);
    const names: Parameter[] = [];
    do names.push(this.parameter()); while (this.take(T.Comma));
    this.CONSUME(T.In);
    const iterable = this.inner();
    this.CONSUME(T.ParenClose);
    this.loops++;
    const body = this.inner();
    this.loops--;
    return { kind: 'for', pos: token.startOffset, end: body.end, names, iterable, body };
  }

  private returnStatement(token: Token): Node {
    const reading = this.readings?.get(token.startOffset);
    if (reading === 'name') return this.named(token);
    this.skip();
    let value: Node | null = null;
    let deep: Node | null = null;
    let flags: Node | null = null;
    if (reading !== 'bare' && this.startsStatement()) {
      value = this.inner();
      // `return` takes all commas: in a list and between arguments too
      if (this.take(T.Comma)) {
        deep = this.inner();
        if (this.take(T.Comma)) flags = this.inner();
      }
    }
    return { kind: 'return', pos: token.startOffset, end: this.last, value, deep, flags } satisfies Return;
  }

  /**
   * `break`, unless what follows makes it a variable: a dot, a bracket, an assignment, and also white space or a comment,
   * as in `break : 0` and `[break ]`.
   */
  private breakStatement(token: Token): Node {
    const end = token.endOffset + 1;
    const behind = this.scanner.token(end);
    if (behind.startOffset !== end || FOLLOWS_NAME[behind.tokenTypeIdx] === 1) return this.named(token);
    this.skip();
    const node: Break | Continue = { kind: token.tokenTypeIdx === T.Break.tokenTypeIdx ? 'break' : 'continue', pos: token.startOffset, end };
    // ThingsDB complains about `continue` first
    if (this.loops === 0 && (this.misplaced === null || this.misplaced.kind === 'break')) this.misplaced = node;
    return node;
  }
}

function hasSpace(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (isSpace(text.charCodeAt(i))) return true;
  return false;
}

/** The one parser: making one takes milliseconds. It resets itself for each text. */
const parser = new ThingsParser();

interface Outcome {
  readonly body: readonly Node[];
  /** A `break` or `continue` without a loop around it. */
  readonly illegal: Break | Continue | null;
}

function read(text: string): Outcome | { problem: SyntaxProblem } {
  try {
    const outcome = attempt(text, null);
    if (outcome !== null) return outcome;
    const why = explain(text, NESTING_LIMIT);
    if ('problem' in why) return why;
    const again = attempt(text, why.readings);
    if (again !== null) return again;
  } catch (error) {
    // a caller may have left us less of JavaScript's own stack than the limit needs
    const isDeep = error instanceof TooDeep || error instanceof RangeError;
    if (isDeep) return { problem: { message: TOO_DEEP_TEXT, pos: 0, expected: [] } };
    throw error;
  }
  throw new Error('parser and syntax-error disagree on a text');
}

/** Null: a syntax error. */
function attempt(text: string, readings: Readings | null): Outcome | null {
  parser.start(text, readings);
  try {
    const body = parser.query();
    return parser.errors.length > 0 ? null : { body, illegal: parser.illegal };
  } finally {
    parser.finish();
  }
}

export function parse(text: string): { query: Query } | { problem: SyntaxProblem } {
  const outcome = read(text);
  if ('problem' in outcome) return outcome;
  const { body, illegal } = outcome;
  if (illegal === null) return { query: { text, body } };
  return { problem: { message: `illegal \`${illegal.kind}\` statement; no surrounding \`for..in\` statement`, pos: illegal.pos, expected: [] } };
}

/** What {@link parseClosure} gives. */
export type ClosureText = { closure: Closure } | { problem: SyntaxProblem } | { refused: 'not one statement' | 'not a closure' };

/** For the built-in `closure('…')` and for stored closures. Here a `break` may stand without a loop; it fails when it is reached. */
export function parseClosure(text: string): ClosureText {
  const outcome = read(text);
  if ('problem' in outcome) return outcome;
  const [node, ...others] = outcome.body;
  if (node === undefined || others.length > 0) return { refused: 'not one statement' };
  return node.kind === 'closure' ? { closure: node } : { refused: 'not a closure' };
}
