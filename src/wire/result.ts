/**
 * Values as clients see them: one walk over a value, told to a {@link Sink}, which makes MessagePack, JSON
 * or plain JavaScript values of it. So depth, flags, ids and rings are decided in one place. A server only
 * uses the sink for MessagePack (a `Writer`), so that the calls of the walk stay monomorphic there.
 *
 * The rules are ThingsDB's (reference/protocol.md, section 5):
 *
 * - A thing of depth 0 shows its id alone, and nothing at all when it is not stored. Each step into a thing
 *   takes one off the depth; lists and sets take none.
 * - A thing that is being packed higher up shows its id alone too, so that rings end.
 * - The id comes first, as `#`, or under the name that the type gave it. Types can hide it, except at depth 0.
 * - A wrap shows the fields of the wrapping type. Finding them may need a call back into the query (methods
 *   of the type are computed), so {@link PackContext.wrapped} does that.
 * - The size of the answer is looked at when a thing starts, never between the items of a list.
 */
import { ERR } from '../errors/codes.ts';
import { QueryError, operationErr } from '../errors/query-error.ts';
import { unreachable } from '../errors/assert.ts';
import type {
  Anonymous, Bytes, Closure, DateTime, ErrorValue, Float, Future, List, Member, MpData, Obj, Regex, Room, Task, Thing, ThingSet, Value, Wrap,
} from '../values/value.ts';
import type { Things } from '../values/large-set.ts';
import { TAG } from '../values/value.ts';
import { Writer } from './msgpack.ts';
import { DEFAULT_ID_NAME, packProperties, packSimple, packThing } from './pack-thing.ts';

/** What the walk tells. `end` follows the items of each `array` and the pairs of each `map`. */
export interface Sink {
  nil(): void;
  bool(value: boolean): void;
  int(value: number | bigint): void;
  float(value: number): void;
  str(text: string): void;
  bin(data: Uint8Array): void;
  array(count: number): void;
  map(count: number): void;
  key(name: string): void;
  end(): void;
  /** MessagePack that stands for one value. */
  raw(data: Uint8Array): void;
  /** How much was made so far, in bytes or what is nearest to it. */
  readonly pos: number;
}

/** What packing needs to know of the query whose result it packs. */
export interface PackContext {
  /** Depth of things, 0 … 127. */
  readonly deep: number;
  /** {@link NO_IDS} or 0. */
  readonly flags: number;
  /** Bytes beyond which no further thing is packed. */
  readonly resultLimit: number;
  isoText(moment: DateTime): string;
  /** `<task:ID owner:NAME run_at:TIME status:…>` or `task:nil`. */
  taskText(task: Task): string;
  /**
   * Gives what a wrap of depth `deep` > 0 shows, property by property: each with the depth and flags with
   * which its value is packed. The id is not among them.
   */
  wrapped(wrap: Wrap, deep: number, flags: number, entry: WrapEntry): void;
}

/** `by` is the method that gave the value. */
export type WrapEntry = (key: string, value: Value, deep: number, flags: number, by: Closure | null) => void;

/**
 * Runs what looks through a value while the method that gave it counts as running: so one that wraps what has the
 * method again ends as any recursion does.
 */
export function within<T>(by: Closure | null, body: () => T): T {
  if (by === null) return body();
  by.active++;
  try {
    return body();
  } finally {
    by.active--;
  }
}

/** Flag of `return`: no ids. The constant NO_IDS of the language. */
export const NO_IDS = 32;

/** How far lists may be nested in lists. Clients give up at 1,024 or so; the stack holds several times this. */
export const NESTING_MAX = 2_000;

/** Packs `value`, the answer of a query, into `sink`. */
export function pack(value: Value, sink: Sink, context: PackContext): void {
  new Packer(sink, context).value(value, context.deep, context.flags);
}

class Packer {
  private readonly sink: Sink;
  /** The sink, if it takes MessagePack. */
  private readonly writer: Writer | null;
  private readonly context: PackContext;
  /** `sink.pos` beyond which the result is too large. */
  private readonly limit: number;
  /** The things that are being packed, from the outermost. Never longer than the depth, so it is searched in a loop. */
  private readonly path: Thing[];
  private nesting: number;

  constructor(sink: Sink, context: PackContext) {
    this.sink = sink;
    this.writer = sink instanceof Writer ? sink : null;
    this.context = context;
    this.limit = sink.pos + context.resultLimit;
    this.path = [];
    this.nesting = 0;
  }

  value(value: Value, deep: number, flags: number): void {
    switch (typeof value) {
      case 'number':
      case 'bigint':
        this.sink.int(value);
        return;
      case 'string':
        this.sink.str(value);
        return;
      case 'boolean':
        this.sink.bool(value);
        return;
      default:
        if (value === null) this.sink.nil();
        else this.object(value, deep, flags);
    }
  }

  private object(value: Obj, deep: number, flags: number): void {
    const sink = this.sink;
    switch (value.tag) {
      case TAG.thing:
        this.thing(value as Thing, deep, flags);
        return;
      case TAG.float:
        sink.float((value as Float).value);
        return;
      case TAG.list:
      case TAG.tuple:
        this.list((value as List).items, deep, flags);
        return;
      case TAG.set:
        this.set((value as ThingSet).things, deep, flags);
        return;
      case TAG.bytes:
        sink.bin((value as Bytes).data);
        return;
      case TAG.mpdata:
        sink.raw((value as MpData).data);
        return;
      case TAG.wrap:
        this.wrap(value as Wrap, deep, flags);
        return;
      case TAG.member:
        this.value((value as Member).value, deep, flags);
        return;
      case TAG.datetime:
        sink.str(this.context.isoText(value as DateTime));
        return;
      case TAG.timeval:
        sink.int((value as DateTime).ts);
        return;
      case TAG.regex:
        sink.str(`/${(value as Regex).pattern}/${(value as Regex).flags}`);
        return;
      case TAG.closure:
        sink.str((value as Closure).text);
        return;
      case TAG.error:
        sink.str((value as ErrorValue).message);
        return;
      case TAG.room:
        sink.str((value as Room).id === 0 ? 'room:nil' : `room:${(value as Room).id}`);
        return;
      case TAG.task:
        sink.str(this.context.taskText(value as Task));
        return;
      case TAG.anonymous:
        // A definition is no data of the collection: it is shown whole, whatever the depth.
        this.value((value as Anonymous).definition, 127, NO_IDS);
        return;
      case TAG.future:
        this.value((value as Future).result, deep, flags);
        return;
      case TAG.module:
        sink.nil();
        return;
      default:
        unreachable(value as never);
    }
  }

  private list(items: readonly Value[], deep: number, flags: number): void {
    if (++this.nesting > NESTING_MAX) throw operationErr('result is nested too deep');
    const sink = this.sink;
    sink.array(items.length);
    for (let i = 0; i < items.length; i++) {
      const item = items[i]!;
      if (typeof item === 'object' && item !== null && item.tag === TAG.thing) this.thing(item as Thing, deep, flags);
      else if (this.writer === null || !packSimple(this.writer, item)) this.value(item, deep, flags);
    }
    sink.end();
    this.nesting--;
  }

  private set(things: Things, deep: number, flags: number): void {
    this.sink.array(things.size);
    for (const thing of things) this.thing(thing, deep, flags);
    this.sink.end();
  }

  private thing(thing: Thing, deep: number, flags: number): void {
    const sink = this.sink;
    if (deep <= 0 || this.isOpen(thing)) {
      this.idOnly(thing, flags);
      return;
    }
    this.checkSize();
    const { shape } = thing;
    const { type, keys } = shape;
    const count = keys.length;
    const withId = thing.id !== 0 && (flags & NO_IDS) === 0 && (type === null || !type.hideId);
    const idName = type?.idName ?? DEFAULT_ID_NAME;
    const quick = shape.shared && !shape.dict ? this.writer : null;
    let i = 0;
    if (quick !== null) {
      i = packThing(quick, thing, withId, idName);
      if (i === count) return;
    } else {
      sink.map(count + (withId ? 1 : 0));
      if (withId) {
        sink.key(idName);
        sink.int(thing.id);
      }
    }
    const order = shape.order();
    this.path.push(thing);
    while (i < count) {
      const at = order === null ? i : order[i]!;
      sink.key(keys[at]!);
      this.value(thing.valueAt(at), deep - 1, flags);
      i++;
      if (quick !== null && i < count) i = packProperties(quick, thing, i);
    }
    sink.end();
    this.path.pop();
  }

  private wrap(wrap: Wrap, deep: number, flags: number): void {
    const { thing, type } = wrap;
    const sink = this.sink;
    if (deep <= 0 || this.isOpen(thing)) {
      this.idOnly(thing, flags);
      return;
    }
    this.checkSize();
    // Collected first: MessagePack needs the number of properties, and some are left out when computed.
    const entries: { key: string; value: Value; deep: number; flags: number; by: Closure | null }[] = [];
    this.path.push(thing);
    this.context.wrapped(wrap, deep, flags, (key, value, deep, flags, by) => entries.push({ key, value, deep, flags, by }));
    const withId = thing.id !== 0 && (flags & NO_IDS) === 0 && !type.hideId;
    sink.map(entries.length + (withId ? 1 : 0));
    if (withId) {
      sink.key(type.idName ?? DEFAULT_ID_NAME);
      sink.int(thing.id);
    }
    for (const entry of entries) {
      sink.key(entry.key);
      within(entry.by, () => this.value(entry.value, entry.deep, entry.flags));
    }
    sink.end();
    this.path.pop();
  }

  /** A thing that is not looked into: its id, under the name that its own type gives it. */
  private idOnly(thing: Thing, flags: number): void {
    const sink = this.sink;
    if (thing.id === 0 || (flags & NO_IDS) !== 0) sink.map(0);
    else {
      sink.map(1);
      sink.key(thing.type?.idName ?? DEFAULT_ID_NAME);
      sink.int(thing.id);
    }
    sink.end();
  }

  private isOpen(thing: Thing): boolean {
    const path = this.path;
    for (let i = path.length - 1; i >= 0; i--) if (path[i] === thing) return true;
    return false;
  }

  private checkSize(): void {
    if (this.sink.pos > this.limit) throw new QueryError(ERR.resultTooLarge, 'result too large');
  }
}
