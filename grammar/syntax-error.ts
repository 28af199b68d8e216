/**
 * The text of a syntax error, word for word as ThingsDB's clients know it:
 *
 *   error at line 1, position 4, unexpected `else`, expecting: ; or end_of_statement
 *
 * ThingsDB reads a query by trying alternatives in order, each from where the last one began. It reports the furthest place at
 * which anything was tried, and what was tried there, in the order of the attempts. `parser.ts` decides by one token
 * and does not know any of this. So a text that it refused is read again here, in that slower way: no tree, only
 * positions, and a note of every failed attempt at the furthest place. Statements that were read once are remembered,
 * which keeps the time linear.
 *
 * Of what was tried ThingsDB names keywords and some signs; it is silent about operators, names, literals and the
 * brackets that begin an operand. An "or" comes before the last attempt, if that one has a name.
 */
import type { SyntaxProblem } from './ast.ts';
import { isDigit, isLetter, isWord, NAME_LIMIT, Scanner } from './scanner.ts';
import * as T from './tokens.ts';

/** What was tried. Two that look the same are told apart: "expecting: ), , or )" is the end of an `if` and of a call. */
interface Attempt {
  readonly text: string;
}
const SILENT: Attempt = { text: '' };
const IF: Attempt = { text: 'if' };
const IF_OPEN: Attempt = { text: '(' };
const IF_CLOSE: Attempt = { text: ')' };
const ELSE: Attempt = { text: 'else' };
const RETURN: Attempt = { text: 'return' };
const RETURN_COMMA: Attempt = { text: ',' };
const FOR: Attempt = { text: 'for' };
const FOR_OPEN: Attempt = { text: '(' };
const FOR_COMMA: Attempt = { text: ',' };
const FOR_CLOSE: Attempt = { text: ')' };
const IN: Attempt = { text: 'in' };
const CALL_COMMA: Attempt = { text: ',' };
const CALL_CLOSE: Attempt = { text: ')' };
const LIST_COMMA: Attempt = { text: ',' };
const LIST_CLOSE: Attempt = { text: ']' };
const PAREN_CLOSE: Attempt = { text: ')' };
/** Of a thing's properties; those of an anonymous type and of an instance are tried on their own. */
interface Keys {
  readonly colon: Attempt;
  readonly comma: Attempt;
  readonly close: Attempt;
}
const THING: Keys = { colon: { text: ':' }, comma: { text: ',' }, close: { text: '}' } };
const ANONYMOUS: Keys = { colon: { text: ':' }, comma: { text: ',' }, close: { text: '}' } };
const INSTANCE: Keys = { colon: { text: ':' }, comma: { text: ',' }, close: { text: '}' } };
const ENUM_CLOSE: Attempt = { text: '}' };
const BLOCK_CLOSE: Attempt = { text: '}' };
const PARAMETER_COMMA: Attempt = { text: ',' };
const PARAMETER_CLOSE: Attempt = { text: '|' };
const SLICE_COLON: Attempt = { text: ':' };
const SLICE_CLOSE: Attempt = { text: ']' };
const TERNARY_COLON: Attempt = { text: ':' };
const TEMPLATE_OPEN: Attempt = { text: '{' };
const TEMPLATE_CLOSE: Attempt = { text: '}' };
const SEMICOLON: Attempt = { text: ';' };
const END: Attempt = { text: 'end_of_statement' };

/** No position: what was tried is not there. */
const NO = -1;

/** Signs between operands, longer ones first. `&` may be followed by `{`; `=` never stands here. */
const OPERATORS = ['||', '&&', '==', '!=', '<<', '>>', '<=', '>=', '<', '>', '|', '^', '&', '+', '-', '*', '/', '%'];
const ASSIGNMENTS = ['+=', '-=', '*=', '/=', '%=', '&=', '|=', '^='];

/** Longest part of an unexpected word that is shown. */
const SHOWN = 20;

/** Thrown when statements lie too deep in each other. */
export class TooDeep {}

class Reader {
  readonly text: string;
  readonly scanner = new Scanner();
  readonly limit: number;
  furthest = 0;
  attempts: Attempt[] = [];
  readonly readings = new Map<number, 'name' | 'bare'>();
  private readonly known = new Map<number, number>();
  private level = 0;

  constructor(text: string, limit: number) {
    this.text = text;
    this.limit = limit;
    this.scanner.reset(text);
  }

  // Each method takes the position where to read and gives the one behind what it read, or NO.

  query(): boolean {
    const end = this.statements(0, true);
    if (this.scanner.blank(end) === this.text.length) return true;
    this.failed(this.scanner.blank(end), END);
    return false;
  }

  private failed(pos: number, attempt: Attempt): number {
    if (pos > this.furthest) {
      this.furthest = pos;
      this.attempts = [];
    }
    if (pos === this.furthest && (attempt === SILENT || !this.attempts.includes(attempt))) {
      if (attempt !== SILENT || this.attempts.at(-1) !== SILENT) this.attempts.push(attempt);
    }
    return NO;
  }

  /** A sign that has a name in error texts, or counts as silent. */
  private sign(pos: number, attempt: Attempt, text = attempt.text): number {
    const start = this.scanner.blank(pos);
    return this.text.startsWith(text, start) ? start + text.length : this.failed(start, attempt);
  }

  private keyword(pos: number, attempt: Attempt): number {
    const start = this.scanner.blank(pos);
    const end = start + attempt.text.length;
    return this.text.startsWith(attempt.text, start) && !isWord(this.text.charCodeAt(end)) ? end : this.failed(start, attempt);
  }

  private name(pos: number): number {
    const start = this.scanner.blank(pos);
    if (!isLetter(this.text.charCodeAt(start))) return this.failed(start, SILENT);
    const end = this.scanner.word(start);
    return end - start > NAME_LIMIT ? this.failed(start, SILENT) : end;
  }

  /** Statements with any number of `;` between and behind them. */
  private statements(pos: number, mayBeEmpty: boolean): number {
    let end = this.statement(pos);
    if (end === NO) return mayBeEmpty ? pos : NO;
    for (;;) {
      let next = this.sign(end, SEMICOLON);
      if (next === NO) return end;
      for (; next !== NO; next = this.sign(end, SEMICOLON)) end = next;
      next = this.statement(end);
      if (next === NO) return end;
      end = next;
    }
  }

  private statement(pos: number): number {
    const start = this.scanner.blank(pos);
    let end = this.known.get(start);
    if (end === undefined) {
      end = this.readStatement(start);
      this.known.set(start, end);
    }
    return end;
  }

  private readStatement(pos: number): number {
    const { level } = this;
    if (level > this.limit) throw new TooDeep();
    let end = this.operand(pos);
    if (end !== NO) {
      for (;;) {
        const sign = this.operator(end);
        if (sign === NO) break;
        if (++this.level > this.limit) throw new TooDeep();
        const right = this.operand(sign);
        if (right === NO) break;
        end = right;
      }
      const question = this.sign(end, SILENT, '?');
      const then = question === NO ? NO : this.inner(question);
      const colon = then === NO ? NO : this.sign(then, TERNARY_COLON);
      const other = colon === NO ? NO : this.inner(colon);
      if (other !== NO) end = other;
    }
    this.level = level;
    return end;
  }

  private inner(pos: number): number {
    this.level++;
    const end = this.statement(pos);
    this.level--;
    return end;
  }

  private operator(pos: number): number {
    const start = this.scanner.blank(pos);
    for (const text of OPERATORS) if (this.text.startsWith(text, start)) return start + text.length;
    return this.failed(start, SILENT);
  }

  private assignment(pos: number): number {
    const start = this.scanner.blank(pos);
    for (const text of ASSIGNMENTS) if (this.text.startsWith(text, start)) return start + text.length;
    return this.text.charCodeAt(start) === 61 && this.text.charCodeAt(start + 1) !== 61 ? start + 1 : this.failed(start, SILENT);
  }

  private operand(pos: number): number {
    const start = this.scanner.blank(pos);
    let end = this.ifStatement(start);
    if (end === NO) end = this.returnStatement(start);
    if (end === NO) end = this.forStatement(start);
    if (end === NO) end = this.breakStatement(start);
    if (end === NO) end = this.closure(start);
    if (end === NO) end = this.value(start);
    if (end === NO) end = this.block(start);
    return end;
  }

  private ifStatement(pos: number): number {
    const word = this.keyword(pos, IF);
    const open = word === NO ? NO : this.sign(word, IF_OPEN);
    const cond = open === NO ? NO : this.inner(open);
    const close = cond === NO ? NO : this.sign(cond, IF_CLOSE);
    if (close === NO) return NO;
    const then = this.inner(close);
    if (then === NO) {
      this.readings.set(pos, 'name');
      return NO;
    }
    const otherwise = this.keyword(then, ELSE);
    const other = otherwise === NO ? NO : this.inner(otherwise);
    return other === NO ? then : other;
  }

  private returnStatement(pos: number): number {
    const word = this.keyword(pos, RETURN);
    if (word === NO) return NO;
    let end = this.inner(word);
    if (end === NO) {
      this.readings.set(pos, 'bare');
      return word;
    }
    for (let count = 1; end !== NO && count < 3; count++) {
      const comma = this.sign(end, RETURN_COMMA);
      if (comma === NO) return end;
      end = this.inner(comma);
    }
    if (end === NO) this.readings.set(pos, 'name');
    return end;
  }

  private forStatement(pos: number): number {
    const word = this.keyword(pos, FOR);
    const open = word === NO ? NO : this.sign(word, FOR_OPEN);
    let name = open === NO ? NO : this.name(open);
    while (name !== NO) {
      const comma = this.sign(name, FOR_COMMA);
      if (comma === NO) break;
      name = this.name(comma);
    }
    const within = name === NO ? NO : this.keyword(name, IN);
    if (within === NO) return NO;
    const iterable = this.inner(within);
    const close = iterable === NO ? NO : this.sign(iterable, FOR_CLOSE);
    const body = close === NO ? NO : this.inner(close);
    if (body === NO) this.readings.set(pos, 'name');
    return body;
  }

  private breakStatement(pos: number): number {
    const { text, scanner } = this;
    for (const word of ['break', 'continue']) {
      const end = pos + word.length;
      if (!text.startsWith(word, pos) || isWord(text.charCodeAt(end)) || scanner.blank(end) !== end) continue;
      const isEnd = end === text.length;
      const isAssigned = ASSIGNMENTS.some((sign) => text.startsWith(sign, end)) || (text.startsWith('=', end) && !text.startsWith('==', end));
      if (isEnd || (!isAssigned && !'.[({'.includes(text.charAt(end)))) return end;
    }
    return NO;
  }

  private closure(pos: number): number {
    let end = this.sign(pos, SILENT, '|');
    if (end === NO) return NO;
    for (let name = this.name(end); name !== NO; name = this.name(end)) {
      end = name;
      const comma = this.sign(end, PARAMETER_COMMA);
      if (comma === NO) break;
      end = comma;
    }
    const close = this.sign(end, PARAMETER_CLOSE);
    return close === NO ? NO : this.inner(close);
  }

  private block(pos: number): number {
    const open = this.sign(pos, SILENT, '{');
    if (open === NO) return NO;
    this.level++;
    const body = this.statements(open, false);
    this.level--;
    return body === NO ? NO : this.sign(body, BLOCK_CLOSE);
  }

  /** An operand with its signs before and its chain behind. */
  private value(pos: number): number {
    const start = this.scanner.blank(this.signs(pos));
    const head = this.assigned(start);
    // what stands behind an assignment is read as its chain, and ignored; see the parser
    return head !== NO ? this.chain(head, start) : this.chain(this.head(start), start);
  }

  /** `~` first, then `!`, and `-` and `+` when something other than a digit follows. */
  private signs(pos: number): number {
    const { text, scanner } = this;
    while (text.charCodeAt(pos) === 126) pos = scanner.space(pos + 1);
    for (;;) {
      const code = text.charCodeAt(pos);
      const isSign = code === 43 || code === 45;
      if (code !== 33 && (!isSign || pos + 1 === text.length || isDigit(text.charCodeAt(pos + 1)))) return pos;
      pos = scanner.space(pos + 1);
    }
  }

  /** `name = value`. */
  private assigned(pos: number): number {
    if (!isLetter(this.text.charCodeAt(pos)) || this.literalWord(pos) !== NO) return NO;
    const name = this.name(pos);
    const sign = name === NO ? NO : this.assignment(name);
    return sign === NO ? NO : this.inner(sign);
  }

  /** nil, true, false; inf and nan when no dot is glued to them. */
  private literalWord(pos: number): number {
    for (const word of ['nil', 'true', 'false', 'inf', 'nan']) {
      const end = pos + word.length;
      const code = this.text.charCodeAt(end);
      if (this.text.startsWith(word, pos) && !isWord(code) && (code !== 46 || !'infnan'.includes(word))) return end;
    }
    return NO;
  }

  /** The beginning of a chain; `pos` itself where a chain begins with its dot. */
  private head(pos: number): number {
    const { text, scanner } = this;
    const code = text.charCodeAt(pos);
    if (isLetter(code)) {
      const literal = this.literalWord(pos);
      return literal !== NO ? literal : this.named(pos);
    }
    let token = null;
    if (isDigit(code) || code === 43 || code === 45 || (code === 46 && isDigit(text.charCodeAt(pos + 1)))) token = scanner.number(pos);
    else if (code === 47) token = scanner.regex(pos);
    else if (code === 39 || code === 34) return this.string(pos);
    if (token !== null && token.tokenTypeIdx !== T.Wrong.tokenTypeIdx) return token.endOffset + 1;
    switch (code) {
      case 46 /* . */: return pos;
      case 96 /* ` */: return this.template(pos);
      case 40 /* ( */: {
        const inner = this.inner(pos + 1);
        return inner === NO ? NO : this.sign(inner, PAREN_CLOSE);
      }
      case 91 /* [ */: return this.list(pos + 1, LIST_COMMA, LIST_CLOSE);
      case 123 /* { */: return this.properties(pos + 1, THING);
      case 38 /* & */: if (text.charCodeAt(pos + 1) === 123) return this.properties(pos + 2, ANONYMOUS);
    }
    return this.failed(pos, SILENT);
  }

  /** A string; one that is never closed ends at the first of its last two doubled quotes, to ThingsDB. */
  private string(pos: number): number {
    const { text } = this;
    const quote = text.charAt(pos);
    let doubled = NO;
    let end = text.indexOf(quote, pos + 1);
    while (end >= 0 && text.charAt(end + 1) === quote) {
      doubled = end;
      end = text.indexOf(quote, end + 2);
    }
    if (end < 0) end = doubled;
    return end < 0 ? this.failed(pos, SILENT) : end + 1;
  }

  /** A variable, a call, an instance or a member of an enumerator. */
  private named(pos: number): number {
    const name = this.name(pos);
    if (name === NO) return NO;
    const call = this.sign(name, SILENT, '(');
    if (call !== NO) {
      const end = this.list(call, CALL_COMMA, CALL_CLOSE);
      return end === NO ? name : end;
    }
    const open = this.sign(name, SILENT, '{');
    if (open === NO) return name;
    let end = this.properties(open, INSTANCE);
    if (end === NO) {
      let member = this.name(open);
      if (member === NO) member = this.closure(open);
      end = member === NO ? NO : this.sign(member, ENUM_CLOSE);
    }
    return end === NO ? name : end;
  }

  private list(pos: number, comma: Attempt, close: Attempt): number {
    let end = pos;
    for (let item = this.inner(end); item !== NO; item = this.inner(end)) {
      end = item;
      const next = this.sign(end, comma);
      if (next === NO) break;
      end = next;
    }
    return this.sign(end, close);
  }

  private properties(pos: number, keys: Keys): number {
    let end = pos;
    for (let name = this.name(end); name !== NO; name = this.name(end)) {
      const colon = this.sign(name, keys.colon);
      if (colon === NO) return NO;
      const value = this.inner(colon);
      end = value === NO ? colon : value;
      const comma = this.sign(end, keys.comma);
      if (comma === NO) break;
      end = comma;
    }
    return this.sign(end, keys.close);
  }

  private chain(head: number, start: number): number {
    if (head === NO) return NO;
    let end = head;
    for (;;) {
      const next = this.link(end);
      if (next === NO) return end === start ? NO : end;
      end = next;
    }
  }

  private link(pos: number): number {
    const start = this.scanner.blank(pos);
    let end: number;
    if (this.text.charCodeAt(start) === 91) {
      end = this.subscript(start + 1);
    } else if (this.text.charCodeAt(start) === 46) {
      end = this.name(this.text.charCodeAt(start + 1) === 46 ? start + 2 : start + 1);
      const call = end === NO ? NO : this.sign(end, SILENT, '(');
      if (call !== NO) {
        const args = this.list(call, CALL_COMMA, CALL_CLOSE);
        return args === NO ? end : args;
      }
    } else return this.failed(start, SILENT);
    const sign = end === NO ? NO : this.assignment(end);
    const value = sign === NO ? NO : this.inner(sign);
    return value === NO ? end : value;
  }

  private subscript(pos: number): number {
    let end = pos;
    for (let count = 0; count < 3; count++) {
      const index = this.inner(end);
      if (index !== NO) end = index;
      if (count === 2) break;
      const colon = this.sign(end, SLICE_COLON);
      if (colon === NO) break;
      end = colon;
    }
    return this.sign(end, SLICE_CLOSE);
  }

  private template(pos: number): number {
    const { text } = this;
    let end = pos + 1;
    for (;;) {
      const code = text.charCodeAt(end);
      const isMark = code === 96 || code === 123 || code === 125;
      if (isMark && text.charCodeAt(end + 1) === code) end += 2;
      else if (code === 96) return end + 1;
      else if (code === 123) {
        const inner = this.inner(end + 1);
        const close = inner === NO ? NO : this.sign(inner, TEMPLATE_CLOSE);
        if (close === NO) return NO;
        end = close;
      } else if (isMark || code !== code) return this.failed(end, TEMPLATE_OPEN);
      else end++;
    }
  }
}

/**
 * How to read words, by their positions, that look like statements and are not: `if`, `for` and `return` that are names (of
 * variables, or of functions when a parenthesis follows), and a bare `return` with an operator behind it.
 */
export type Readings = ReadonlyMap<number, 'name' | 'bare'>;

export type Explanation =
  | { readonly problem: SyntaxProblem }
  /** The text is right after all, when these words are read so. */
  | { readonly readings: Readings };

/** Why `text` (up to a NUL byte) is no query. Throws {@link TooDeep}. */
export function explain(text: string, limit: number): Explanation {
  const nul = text.indexOf('\0');
  const query = nul < 0 ? text : text.slice(0, nul);
  const reader = new Reader(query, limit);
  if (reader.query()) return { readings: reader.readings };
  const pos = reader.furthest;
  const { line, position } = locate(query, pos);
  const expected = reader.attempts.map((attempt) => attempt.text);
  const message = `error at line ${line}, position ${position}${unexpected(query, pos)}${expecting(expected)}`;
  return { problem: { message, pos, expected: expected.filter((text) => text !== '') } };
}

function expecting(expected: readonly string[]): string {
  let list = '';
  expected.forEach((text, i) => {
    if (text !== '') list += (list === '' ? ', expecting: ' : i === expected.length - 1 ? ' or ' : ', ') + text;
  });
  return list;
}

/** The word or character at `pos`; nothing at the end and for what cannot be shown. */
function unexpected(text: string, pos: number): string {
  const code = text.charCodeAt(pos);
  if (!(code >= 32 && code < 127)) return '';
  let end = pos + 1;
  if (isDigit(code)) while (isDigit(text.charCodeAt(end))) end++;
  else if (isLetter(code)) while (isWord(text.charCodeAt(end))) end++;
  if (isLetter(code) && end - pos > NAME_LIMIT) end = pos + 1;
  if (end - pos === 1) return `, unexpected character \`${text.charAt(pos)}\``;
  return `, unexpected \`${text.slice(pos, Math.min(end, pos + SHOWN))}${end - pos > SHOWN ? '...' : ''}\``;
}

/**
 * Line and position as ThingsDB counts them: in bytes, and with its own idea of line ends. `\n` and `\n\r` end a line; `\r` ends
 * one together with whatever byte comes next, which does not count as read (and keeps the byte after it from being taken
 * for `\n\r`); a line end directly before the error is not seen at all. Found by asking the server all texts of up to six
 * bytes `a`, `\n` and `\r`.
 */
function locate(text: string, pos: number): { line: number; position: number } {
  const bytes = lineEnds(text);
  let line = 1;
  let position = 0;
  let isPaired = true;
  let rest = bytesBefore(text, pos);
  for (let at = 0; rest > 0;) {
    rest--;
    const byte = bytes[at++];
    if (byte === 10 && isPaired && rest > 0 && bytes[at] === 13) {
      at++;
      rest--;
    }
    isPaired = byte !== 13;
    if (byte === 13) at++;
    if (byte !== 10 && byte !== 13) position++;
    else if (rest > 0) {
      line++;
      position = 0;
    }
  }
  return { line, position };
}

function byteLength(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  // each half of a surrogate pair stands for two of its four bytes
  return code >= 0xd800 && code <= 0xdfff ? 2 : 3;
}

function bytesBefore(text: string, pos: number): number {
  let count = 0;
  for (let i = 0; i < pos; i++) count += byteLength(text.charCodeAt(i));
  return count;
}

/** The bytes of the text, of which only line ends matter. */
function lineEnds(text: string): Uint8Array {
  const bytes = new Uint8Array(bytesBefore(text, text.length));
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes[at] = code < 0x80 ? code : 1;
    at += byteLength(code);
  }
  return bytes;
}
