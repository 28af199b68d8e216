/**
 * Cuts a query into tokens, one at a time and on demand, because the parser alone knows what may come next
 * (see `tokens.ts`). Tokens are chevrotain's: `Token` has the fields its parser looks at.
 */
import { EOF, type IToken, type TokenType } from 'chevrotain';
import * as T from './tokens.ts';

const SPACE = 1;
const DIGIT = 2;
const LETTER = 4;

/** Longest name in code, in bytes; names are ASCII. */
export const NAME_LIMIT = 255;

const CLASS = new Uint8Array(128);
for (const c of ' \t\n\r\f\v') CLASS[c.charCodeAt(0)] = SPACE;
for (const c of '0123456789') CLASS[c.charCodeAt(0)] = DIGIT;
for (const c of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_') CLASS[c.charCodeAt(0)] = LETTER;

/** NaN (behind the end of the text) and non-ASCII characters have no class. */
function classOf(code: number): number {
  return code < 128 ? CLASS[code]! : 0;
}
export function isSpace(code: number): boolean {
  return classOf(code) === SPACE;
}
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
export function isLetter(code: number): boolean {
  return classOf(code) === LETTER;
}
export function isWord(code: number): boolean {
  return classOf(code) >= DIGIT;
}

export class Token implements IToken {
  readonly image: string;
  readonly startOffset: number;
  /** The last character's offset, as chevrotain has it. */
  readonly endOffset: number;
  readonly tokenTypeIdx: number;
  readonly tokenType: TokenType;

  constructor(tokenType: TokenType, image: string, start: number, end: number) {
    this.image = image;
    this.startOffset = start;
    this.endOffset = end - 1;
    this.tokenTypeIdx = tokenType.tokenTypeIdx!;
    this.tokenType = tokenType;
  }
}

/** The type of a word; by its length first, which is quicker than a table for texts that were never seen. */
function wordType(word: string): TokenType {
  switch (word.length) {
    case 2: return word === 'if' ? T.If : word === 'in' ? T.In : T.Name;
    case 3: return word === 'nil' ? T.Nil : word === 'for' ? T.For : word === 'inf' ? T.Inf : word === 'nan' ? T.Nan : T.Name;
    case 4: return word === 'true' ? T.True : word === 'else' ? T.Else : T.Name;
    case 5: return word === 'false' ? T.False : word === 'break' ? T.Break : T.Name;
    case 6: return word === 'return' ? T.Return : T.Name;
    case 8: return word === 'continue' ? T.Continue : T.Name;
  }
  return word.length > NAME_LIMIT ? T.Wrong : T.Name;
}

/** One-character signs that begin no longer one, by character code. */
const SINGLES: (TokenType | undefined)[] = [];
for (const type of [T.Invert, T.Comma, T.Semicolon, T.Colon, T.Question, T.ParenOpen, T.ParenClose, T.BracketOpen, T.BracketClose, T.BraceOpen, T.BraceClose, T.Backtick]) {
  SINGLES[(type.PATTERN as string).charCodeAt(0)] = type;
}

export class Scanner {
  text = '';
  /** No comment that starts here or later is closed: spares looking for its end at every slash. */
  private unclosed = Infinity;

  reset(text: string): void {
    this.text = text;
    this.unclosed = Infinity;
  }

  /** The position of the first character from `pos` on that is neither white space nor in a comment. */
  blank(pos: number): number {
    const text = this.text;
    for (;;) {
      const code = text.charCodeAt(pos);
      if (code === 32 || classOf(code) === SPACE) pos++;
      else if (code !== 47) return pos;
      else {
        const next = text.charCodeAt(pos + 1);
        if (next === 47) {
          const end = text.indexOf('\n', pos + 2);
          pos = end < 0 ? text.length : end + 1;
        } else if (next === 42 && pos < this.unclosed) {
          const end = text.indexOf('*/', pos + 2);
          if (end < 0) {
            // an open comment is no comment: the slash is read as a division or a regular expression
            this.unclosed = pos;
            return pos;
          }
          pos = end + 2;
        } else return pos;
      }
    }
  }

  /** White space only: between the signs of `- ! x` no comment may stand. */
  space(pos: number): number {
    while (isSpace(this.text.charCodeAt(pos))) pos++;
    return pos;
  }

  /** The end of the word that starts at `pos`. */
  word(pos: number): number {
    const text = this.text;
    let end = pos + 1;
    while (isWord(text.charCodeAt(end))) end++;
    return end;
  }

  /** The next token at or behind `from`. `/` and signs come as operators: {@link regex} and {@link number} read them anew. */
  token(from: number): Token {
    const text = this.text;
    const pos = this.blank(from);
    const code = text.charCodeAt(pos);
    switch (classOf(code)) {
      case LETTER: {
        const end = this.word(pos);
        const image = text.slice(pos, end);
        return new Token(wordType(image), image, pos, end);
      }
      case DIGIT:
        return this.number(pos);
    }
    const single = code < 128 ? SINGLES[code] : undefined;
    if (single !== undefined) return new Token(single, single.LABEL!, pos, pos + 1);
    const next = text.charCodeAt(pos + 1);
    switch (code) {
      case 46 /* . */: return this.sign(next === 46 ? T.DotDot : T.Dot, pos);
      case 61 /* = */: return this.sign(next === 61 ? T.Equal : T.Assign, pos);
      case 39 /* ' */:
      case 34 /* " */: return this.string(pos, code);
      case 43 /* + */: return this.sign(next === 61 ? T.PlusAssign : T.Plus, pos);
      case 45 /* - */: return this.sign(next === 61 ? T.MinusAssign : T.Minus, pos);
      case 42 /* * */: return this.sign(next === 61 ? T.TimesAssign : T.Times, pos);
      case 47 /* / */: return this.sign(next === 61 ? T.DivideAssign : T.Divide, pos);
      case 37 /* % */: return this.sign(next === 61 ? T.ModuloAssign : T.Modulo, pos);
      case 124 /* | */: return this.sign(next === 124 ? T.OrOr : next === 61 ? T.OrAssign : T.Or, pos);
      case 38 /* & */: return this.sign(next === 38 ? T.AndAnd : next === 61 ? T.AndAssign : T.And, pos);
      case 94 /* ^ */: return this.sign(next === 61 ? T.XorAssign : T.Xor, pos);
      case 33 /* ! */: return this.sign(next === 61 ? T.NotEqual : T.Not, pos);
      case 60 /* < */: return this.sign(next === 60 ? T.ShiftLeft : next === 61 ? T.LessEqual : T.Less, pos);
      case 62 /* > */: return this.sign(next === 62 ? T.ShiftRight : next === 61 ? T.GreaterEqual : T.Greater, pos);
    }
    return pos < text.length ? new Token(T.Wrong, text[pos]!, pos, pos + 1) : new Token(EOF, '', pos, pos);
  }

  private sign(type: TokenType, pos: number): Token {
    const image = type.LABEL!;
    return new Token(type, image, pos, pos + image.length);
  }

  private string(pos: number, quote: number): Token {
    const text = this.text;
    const mark = quote === 39 ? "'" : '"';
    let end = text.indexOf(mark, pos + 1);
    // a doubled quote stands for one quote
    while (end >= 0 && text.charCodeAt(end + 1) === quote) end = text.indexOf(mark, end + 2);
    return end < 0 ? new Token(T.Wrong, mark, pos, pos + 1) : new Token(T.Str, text.slice(pos, end + 1), pos, end + 1);
  }

  /** The number at `pos`, which may have a sign; {@link T.Wrong} when a letter, digit or dot follows it directly. */
  number(pos: number): Token {
    const text = this.text;
    let end = pos;
    let code = text.charCodeAt(end);
    if (code === 43 || code === 45) code = text.charCodeAt(++end);
    let type = T.Int;
    if (code === 48) {
      const base = text.charCodeAt(end + 1);
      const isBaseDigit = base === 120 ? isHexDigit : base === 98 ? isBinaryDigit : base === 111 ? isOctalDigit : null;
      if (isBaseDigit !== null) {
        const first = end + 2;
        end = first;
        while (isBaseDigit(text.charCodeAt(end))) end++;
        if (end === first || isWordOrDot(text.charCodeAt(end))) return new Token(T.Wrong, text[pos]!, pos, pos + 1);
        return new Token(T.Int, text.slice(pos, end), pos, end);
      }
    }
    const digits = end;
    while (isDigit(text.charCodeAt(end))) end++;
    if (end === digits && text.charCodeAt(end) !== 46) return new Token(T.Wrong, text[pos]!, pos, pos + 1);
    if (text.charCodeAt(end) === 46) {
      type = T.Float;
      const first = ++end;
      while (isDigit(text.charCodeAt(end))) end++;
      if (end === first) return new Token(T.Wrong, text[pos]!, pos, pos + 1);
      // the exponent needs its sign
      if (text.charCodeAt(end) === 101) {
        const sign = text.charCodeAt(end + 1);
        if ((sign === 43 || sign === 45) && isDigit(text.charCodeAt(end + 2))) {
          end += 3;
          while (isDigit(text.charCodeAt(end))) end++;
        }
      }
    }
    if (isWordOrDot(text.charCodeAt(end))) return new Token(T.Wrong, text[pos]!, pos, pos + 1);
    return new Token(type, text.slice(pos, end), pos, end);
  }

  /**
   * The regular expression at `pos`: it ends at the first slash that has no backslash directly before it, or, when its line
   * has none, at the last slash there is. Flags are glued to it.
   */
  regex(pos: number): Token {
    const text = this.text;
    let slash = -1;
    for (let at = pos + 1; ; at++) {
      const code = text.charCodeAt(at);
      if (code !== code || code === 10) break;
      if (code === 47) {
        slash = at;
        if (text.charCodeAt(at - 1) !== 92) break;
      }
    }
    if (slash < 0) return new Token(T.Wrong, '/', pos, pos + 1);
    let end = slash + 1;
    let code = text.charCodeAt(end);
    while (code >= 97 && code <= 122) code = text.charCodeAt(++end);
    return new Token(T.Regex, text.slice(pos, end), pos, end);
  }
}

function isWordOrDot(code: number): boolean {
  return code === 46 || classOf(code) >= DIGIT;
}
function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}
function isBinaryDigit(code: number): boolean {
  return code === 48 || code === 49;
}
function isOctalDigit(code: number): boolean {
  return code >= 48 && code <= 55;
}
