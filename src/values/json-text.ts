/**
 * Reads JSON text and tells a handler what stands in it. Strict, and with the words of the parser that ThingsDB
 * uses for what is wrong. Not the platform's `JSON.parse`, which cannot keep int and float apart nor hold an int64.
 *
 * Which text an error has follows from that parser: it reads a token first and then asks whether it may stand there,
 * so that a token that is broken in itself is reported as such wherever it is.
 */
import { json as msg } from '../errors/messages/json.ts';
import { isInt64 } from './int.ts';

/** How far arrays and objects are nested in what queries read and write. */
export const JSON_LEVELS = 127;

/** What the text holds, in order; `end` closes what `array` or `map` opened. */
export interface JsonHandler {
  nil(): void;
  bool(value: boolean): void;
  int(value: number | bigint): void;
  float(value: number): void;
  str(text: string): void;
  array(): void;
  map(): void;
  key(name: string): void;
  end(): void;
}

/** Thrown for a text that is no JSON. */
export class JsonProblem {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }

  get overflow(): boolean {
    return this.why === msg.intOverflow;
  }
}

/** Reads one value, which must be all that the text holds. How deep it may nest is for the handler to say. */
export function readJson(text: string, handler: JsonHandler): void {
  new JsonReader(text, handler).whole();
}

const PLAIN = /[^"\\\u0000-\u001f\ud800-\udfff]*/uy;
const DIGITS = /[0-9]*/y;
const HEX = /^[0-9a-fA-F]{4}$/;
const WORDS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

class JsonReader {
  private readonly text: string;
  private readonly handler: JsonHandler;
  private at = 0;

  constructor(text: string, handler: JsonHandler) {
    this.text = text;
    this.handler = handler;
  }

  whole(): void {
    this.value();
    if (this.next() !== undefined) throw new JsonProblem(msg.trailing);
  }

  private value(): void {
    const { handler } = this;
    const char = this.next();
    switch (char) {
      case '{':
        this.at++;
        return this.object();
      case '[':
        this.at++;
        return this.array();
      case '"':
        return handler.str(this.string());
      case 't':
      case 'f':
        this.word();
        return handler.bool(char === 't');
      case 'n':
        this.word();
        return handler.nil();
      default:
        if (isNumberStart(char)) return this.number();
        throw this.misplaced(msg.token);
    }
  }

  private object(): void {
    this.handler.map();
    for (let first = true; ; first = false) {
      const char = this.next();
      if (char === '}' && first) break;
      if (char !== '"') throw this.misplaced(msg.key);
      this.handler.key(this.string());
      if (this.next() !== ':') throw this.misplaced(msg.colon);
      this.at++;
      this.value();
      if (!this.more('}', msg.afterPair)) return this.handler.end();
    }
    this.at++;
    this.handler.end();
  }

  private array(): void {
    this.handler.array();
    if (this.next() === ']') this.at++;
    else {
      do this.value();
      while (this.more(']', msg.afterItem));
    }
    this.handler.end();
  }

  /** True after a comma, false after the closing bracket. */
  private more(close: string, why: string): boolean {
    const char = this.next();
    if (char !== ',' && char !== close) throw this.misplaced(why);
    this.at++;
    return char === ',';
  }

  /** The problem of a token that must not stand here; if it is broken in itself that is thrown instead. */
  private misplaced(why: string): JsonProblem {
    const char = this.next();
    if (char === undefined) return new JsonProblem(msg.eof);
    if (char === '"') this.string();
    else if (WORDS[char] !== undefined) this.word();
    else if (isNumberStart(char)) this.digits();
    else if (char === '/') return new JsonProblem(msg.comment);
    else if (!'{}[],:'.includes(char)) return new JsonProblem(msg.char);
    return new JsonProblem(why);
  }

  private string(): string {
    const { text } = this;
    this.at++;
    let value = '';
    for (;;) {
      PLAIN.lastIndex = this.at;
      value += PLAIN.exec(text)![0];
      this.at = PLAIN.lastIndex;
      const char = text[this.at];
      if (char === undefined) throw new JsonProblem(msg.eof);
      if (char === '"') break;
      if (char < ' ') throw new JsonProblem(msg.control);
      if (char !== '\\') throw new JsonProblem(msg.utf8);
      value += this.escaped();
    }
    this.at++;
    // Halves of a pair, written as two escapes, are one character by now; a half alone is none.
    return value.replace(/[\ud800-\udfff]/gu, '\ufffd');
  }

  private escaped(): string {
    const char = this.text[this.at + 1] ?? ' ';
    if (char === 'u') {
      const hex = this.text.slice(this.at + 2, this.at + 6);
      if (!HEX.test(hex)) throw new JsonProblem(msg.hex);
      this.at += 6;
      return String.fromCharCode(parseInt(hex, 16));
    }
    const meant = ESCAPES[char];
    if (meant === undefined) throw new JsonProblem(msg.escape);
    this.at += 2;
    return meant;
  }

  private number(): void {
    const from = this.at;
    const whole = this.digits();
    const digits = this.text.slice(from, this.at);
    if (!whole) {
      const value = Number(digits);
      if (!Number.isFinite(value)) throw new JsonProblem(msg.floatOverflow);
      this.handler.float(value + 0); // there is no -0
      return;
    }
    const value = Number(digits);
    if (Number.isSafeInteger(value)) return this.handler.int(value + 0);
    // A BigInt of megabytes would take its time; leading zeros are no JSON, so a long text is out of range.
    const big = digits.length > 20 ? null : BigInt(digits);
    if (big === null || !isInt64(big)) throw new JsonProblem(msg.intOverflow);
    this.handler.int(big);
  }

  /** Passes a number; true when it is a whole one. */
  private digits(): boolean {
    const { text } = this;
    if (text[this.at] === '-') this.at++;
    if (text[this.at] === '0') this.at++;
    else this.run(msg.minus);
    let whole = true;
    if (text[this.at] === '.') {
      whole = false;
      this.at++;
      this.run(msg.dot);
    }
    if (text[this.at] === 'e' || text[this.at] === 'E') {
      whole = false;
      this.at++;
      if (text[this.at] === '+' || text[this.at] === '-') this.at++;
      this.run(msg.exponent);
    }
    return whole;
  }

  /** One digit or more. */
  private run(why: string): void {
    DIGITS.lastIndex = this.at;
    DIGITS.test(this.text);
    if (DIGITS.lastIndex === this.at) throw new JsonProblem(why);
    this.at = DIGITS.lastIndex;
  }

  private word(): void {
    const word = WORDS[this.text[this.at]!]!;
    if (!this.text.startsWith(word, this.at)) throw new JsonProblem(msg.word);
    this.at += word.length;
  }

  /** The next character that is no white space; undefined at the end. */
  private next(): string | undefined {
    const { text } = this;
    for (; this.at < text.length; this.at++) {
      const unit = text.charCodeAt(this.at);
      if (unit !== 0x20 && (unit < 0x09 || unit > 0x0d)) return text[this.at];
    }
    return undefined;
  }
}

function isNumberStart(char: string | undefined): boolean {
  return char !== undefined && ((char >= '0' && char <= '9') || char === '-');
}
