/**
 * JSON text: written from values (the HTTP API, `json_dump`) and read into MessagePack (bodies of the HTTP
 * API). Not the platform's `JSON`, which cannot keep int and float apart nor hold an int64.
 *
 * Layout as ThingsDB's writer: no blanks, UTF-8 as it is, `1.0` stays `1.0`; floats in the shortest digits
 * that read back equal (see DIFFERENCES).
 */
import { json } from '../errors/messages/json.ts';
import { badDataErr, operationErr, typeErr } from '../errors/query-error.ts';
import { shortestText } from '../values/float.ts';
import { JsonProblem, readJson, type JsonHandler } from '../values/json-text.ts';
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
  bin(_data: Uint8Array): void {
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
  }
  raw(data: Uint8Array): void {
    replay(new Reader(data), this);
  }

  private start(text: '[' | '{', close: ']' | '}'): void {
    if (this.open.length >= this.levels) throw operationErr(json.tooDeep);
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
  try {
    readJson(text, new Packed(out));
  } catch (e) {
    throw e instanceof JsonProblem ? badDataErr(e.overflow ? 'integer overflow' : 'invalid JSON') : e;
  }
}

/** What is read, as MessagePack. */
class Packed implements JsonHandler {
  private readonly out: Writer;
  /** Where the header of each open array or map is, and how many values it has so far. */
  private readonly open: { at: number; head: number; count: number }[] = [];

  constructor(out: Writer) {
    this.out = out;
  }

  nil(): void {
    this.count();
    this.out.nil();
  }
  bool(value: boolean): void {
    this.count();
    this.out.bool(value);
  }
  int(value: number | bigint): void {
    this.count();
    this.out.int(value);
  }
  float(value: number): void {
    this.count();
    this.out.float(value);
  }
  str(text: string): void {
    this.count();
    this.out.str(text);
  }
  array(): void {
    this.start(0xdd);
  }
  map(): void {
    this.start(0xdf);
  }
  key(name: string): void {
    this.out.str(name);
  }
  end(): void {
    const { at, head, count } = this.open.pop()!;
    this.out.bytes[at] = head;
    this.out.view.setUint32(at + 1, count);
  }

  /** The number of values is only known at the end, so the widest header is left open for it. */
  private start(head: number): void {
    this.count();
    if (this.open.length > NESTING) throw badDataErr('JSON is nested too deep');
    this.open.push({ at: this.out.reserve(5), head, count: 0 });
  }

  private count(): void {
    const top = this.open[this.open.length - 1];
    if (top !== undefined) top.count++;
  }
}
