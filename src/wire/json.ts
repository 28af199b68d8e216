/**
 * JSON text: written from values (the HTTP API, `json_dump`) and read into MessagePack (bodies of the HTTP
 * API). Not the platform's `JSON`, which cannot keep int and float apart nor hold an int64.
 *
 * Layout as ThingsDB's writer: no blanks, UTF-8 as it is, `1.0` stays `1.0`; floats in the shortest digits
 * that read back equal (see DIFFERENCES).
 */
import { badDataErr, operationErr, typeErr } from '../errors/query-error.ts';
import { shortestText } from '../values/float.ts';
import { isUtf8 } from '../values/str.ts';
import { Reader, Writer } from './msgpack.ts';
import { replay } from './replay.ts';
import type { Sink } from './result.ts';

/** How JSON is written; the default is compact text of any depth. */
export interface JsonStyle {
  /** Put before what stands on a line of its own, once for each level; '' writes no lines. */
  readonly indent?: string;
  /** Most levels of arrays and objects; more are an error. */
  readonly levels?: number;
  /** Called with the length so far, before more is added: refuses what grows too long. */
  readonly grow?: (units: number) => void;
  /** Lets bytes through that are no UTF-8, as ThingsDB's `json_dump` does. */
  readonly anyBytes?: boolean;
}

/** Makes JSON of a walk. */
export class JsonSink implements Sink {
  text = '';
  /** What closes the open arrays and maps. */
  private readonly open: (']' | '}')[] = [];
  private comma = false;
  private value = false;
  private readonly indent: string;
  private readonly levels: number;
  private readonly grow: ((units: number) => void) | null;
  private readonly anyBytes: boolean;

  constructor(style: JsonStyle = {}) {
    this.indent = style.indent ?? '';
    this.levels = style.levels ?? Infinity;
    this.grow = style.grow ?? null;
    this.anyBytes = style.anyBytes ?? false;
  }

  get pos(): number {
    return this.text.length;
  }
  nil(): void {
    this.item('null');
  }
  bool(value: boolean): void {
    this.item(value ? 'true' : 'false');
  }
  int(value: number | bigint): void {
    this.item(String(value));
  }
  float(value: number): void {
    this.item(jsonFloat(value));
  }
  str(text: string): void {
    this.item(jsonString(text, this.anyBytes));
  }
  bin(): void {
    throw typeErr('type `bytes` is not JSON serializable');
  }
  array(): void {
    this.start('[', ']');
  }
  map(): void {
    this.start('{', '}');
  }
  key(name: string): void {
    this.item(jsonString(name, this.anyBytes));
    this.text += this.indent === '' ? ':' : ': ';
    this.value = true;
  }
  end(): void {
    const close = this.open.pop()!;
    if (this.indent !== '') {
      // ThingsDB leaves a line in what is empty.
      if (!this.comma) this.text += '\n';
      this.line();
    }
    this.text += close;
    this.comma = true;
    if (this.indent !== '' && this.open.length === 0) this.text += '\n';
  }
  raw(data: Uint8Array): void {
    replay(new Reader(data), this);
  }

  private start(text: '[' | '{', close: ']' | '}'): void {
    if (this.open.length >= this.levels) throw operationErr('JSON max depth exceeded');
    this.item(text);
    this.open.push(close);
    this.comma = false;
  }

  /** A value, a key, or the start of an array or object. */
  private item(text: string): void {
    if (this.grow !== null) this.grow(this.text.length);
    if (this.value) this.value = false;
    else {
      if (this.comma) this.text += ',';
      if (this.indent !== '' && this.open.length > 0) this.line();
    }
    this.text += text;
    this.comma = true;
  }

  private line(): void {
    this.text += `\n${this.indent.repeat(this.open.length)}`;
  }
}

/** A float as JSON: the shortest digits, in C's layout. */
export function jsonFloat(value: number): string {
  if (!Number.isFinite(value)) throw typeErr('JSON invalid number');
  return shortestText(value);
}

const ESCAPED = /["\\\u0000-\u001f]/;
const ESCAPED_ALL = /["\\\u0000-\u001f]/g;
const SHORT: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export function jsonString(text: string, anyBytes = false): string {
  if (!anyBytes && !isUtf8(text)) throw typeErr('JSON invalid string');
  return ESCAPED.test(text) ? `"${text.replace(ESCAPED_ALL, escape)}"` : `"${text}"`;
}

function escape(char: string): string {
  return SHORT[char] ?? `\\u00${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** How far arrays and objects of a request may be nested. */
const NESTING = 500;

/** Reads one JSON text strictly and writes it as MessagePack. Anything wrong: `bad_data_err`. */
export function jsonToMsgpack(text: string, out: Writer): void {
  new JsonReader(text, out).whole();
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;

class JsonReader {
  private readonly text: string;
  private readonly out: Writer;
  private at = 0;

  constructor(text: string, out: Writer) {
    this.text = text;
    this.out = out;
  }

  whole(): void {
    this.value(0);
    this.blanks();
    if (this.at < this.text.length) throw invalid();
  }

  private value(depth: number): void {
    if (depth > NESTING) throw badDataErr('JSON is nested too deep');
    this.blanks();
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.list(depth);
      case '"':
        return this.out.str(this.string());
      case 't':
        this.word('true');
        return this.out.bool(true);
      case 'f':
        this.word('false');
        return this.out.bool(false);
      case 'n':
        this.word('null');
        return this.out.nil();
      default:
        return this.number();
    }
  }

  private object(depth: number): void {
    const count = this.counted();
    let n = 0;
    this.at++;
    this.blanks();
    if (this.text[this.at] === '}') this.at++;
    else
      for (;;) {
        this.blanks();
        if (this.text[this.at] !== '"') throw invalid();
        this.out.str(this.string());
        this.blanks();
        if (this.text[this.at++] !== ':') throw invalid();
        this.value(depth + 1);
        n++;
        if (!this.more('}')) break;
      }
    count(0xdf, n);
  }

  private list(depth: number): void {
    const count = this.counted();
    let n = 0;
    this.at++;
    this.blanks();
    if (this.text[this.at] === ']') this.at++;
    else
      for (;;) {
        this.value(depth + 1);
        n++;
        if (!this.more(']')) break;
      }
    count(0xdd, n);
  }

  /** The number of items is only known at the end, so the widest header is left open for it. */
  private counted(): (head: number, n: number) => void {
    const at = this.out.reserve(5);
    return (head, n) => {
      this.out.bytes[at] = head;
      this.out.view.setUint32(at + 1, n);
    };
  }

  /** True after a comma, false after the closing bracket. */
  private more(close: string): boolean {
    this.blanks();
    const char = this.text[this.at++];
    if (char === ',') return true;
    if (char === close) return false;
    throw invalid();
  }

  private string(): string {
    const { text } = this;
    this.at++;
    let value = '';
    for (;;) {
      PLAIN.lastIndex = this.at;
      value += PLAIN.exec(text)![0];
      this.at = PLAIN.lastIndex;
      const char = text[this.at++];
      if (char === '"') break;
      if (char !== '\\') throw invalid();
      value += this.escaped();
    }
    // A lone surrogate is no character.
    return value.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
  }

  private escaped(): string {
    const char = this.text[this.at++];
    switch (char) {
      case '"':
      case '\\':
      case '/':
        return char;
      case 'b':
        return '\b';
      case 'f':
        return '\f';
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'u': {
        const hex = this.text.slice(this.at, this.at + 4);
        if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw invalid();
        this.at += 4;
        return String.fromCharCode(parseInt(hex, 16));
      }
      default:
        throw invalid();
    }
  }

  private number(): void {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (match === null) throw invalid();
    this.at = NUMBER.lastIndex;
    const [digits, fraction, exponent] = match;
    if (fraction !== undefined || exponent !== undefined) {
      this.out.float(Number(digits));
      return;
    }
    const value = BigInt(digits);
    if (value < -(2n ** 63n) || value >= 2n ** 63n) throw badDataErr('integer overflow');
    this.out.int(value);
  }

  private word(word: string): void {
    if (!this.text.startsWith(word, this.at)) throw invalid();
    this.at += word.length;
  }

  private blanks(): void {
    const { text } = this;
    for (; this.at < text.length; this.at++) {
      const unit = text.charCodeAt(this.at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
    }
  }
}

function invalid() {
  return badDataErr('invalid JSON');
}
