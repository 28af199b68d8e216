/**
 * Change events: what a write did, never how it came to it. Doing and replaying are one text: an event is
 * declared once, with the operation that it stands for; the leader runs the operation and records the event,
 * a replica or a restart decodes the event and runs the same operation. It needs no clock, no random source
 * and no evaluator.
 *
 * All events of one query form one {@link Change}. They are encoded the moment they happen, since what they
 * refer to may change again later in the same query.
 */
import { badDataErr } from '../errors/query-error.ts';
import { assert, unreachable } from '../errors/assert.ts';
import { KIND, Reader, Writer } from '../wire/msgpack.ts';
import { Room, type Thing, type Value } from '../values/value.ts';
import { decodeDefinition, decodeValue, decodeValues, encodeDefinition, encodeValue, type Resolver } from './store-codec.ts';

/** How a part of an event is kept. */
interface FieldTypes {
  thing: Thing;
  room: Room;
  int: number;
  str: string;
  'str?': string | null;
  /** As `str` and `str?`, but those who only read events are not told. */
  secret: string;
  'secret?': string | null;
  bool: boolean;
  value: Value;
  ints: readonly number[];
  /** Values of properties. */
  values: readonly Value[];
  /** Items of a list: what is a list among them is a tuple. */
  items: readonly Value[];
  things: readonly Thing[];
  strs: readonly string[];
  /** A definition of a type: a plain thing of texts, closures and structures, kept apart from stored things. */
  definition: Thing;
}
type FieldType = keyof FieldTypes;

/** Parts of an event by name, in the order in which they are written. */
type Fields = Readonly<Record<string, FieldType>>;
type Args<F extends Fields> = { [K in keyof F]: FieldTypes[F[K]] };

/** Writes one part of an event. */
type Encode = (w: Writer, args: Readonly<Record<string, FieldTypes[FieldType]>>) => void;

/** What an event is applied to; it also finds the things that events name. */
export type Target = Resolver;

export interface EventKind<T extends Target = Target, F extends Fields = Fields> {
  /** Number in the log; never used again for anything else. */
  readonly code: number;
  readonly name: string;
  readonly fields: F;
  readonly run: (target: T, args: Args<F>) => void;
  /** Name and type of each part, in order. */
  readonly parts: readonly (readonly [name: string, type: FieldType])[];
  /** One for each part, in order. */
  readonly encoders: readonly Encode[];
}

export function eventKind<T extends Target, const F extends Fields>(
  code: number, name: string, fields: F, run: (target: T, args: Args<F>) => void,
): EventKind<T, F> {
  const parts = Object.entries(fields);
  return { code, name, fields, run, parts, encoders: parts.map(([part, type]) => encoderOf(part, type)) };
}

/** Bytes of a writer that is kept for the next change: one that has to grow to that again takes longer than what is written into it. */
const SPARE_MAX = 1 << 22;

/** All changes that one query makes in one scope. */
export class Change {
  /** Position in the one order of changes. */
  readonly id: number;
  /** Id of the collection, or 0 for `@thingsdb`. */
  readonly scope: number;
  /** Number of events recorded. */
  count: number;
  /** Null once it is over. */
  private out: Writer | null;

  /** `out` is the change's alone until {@link release}. */
  constructor(id: number, scope: number, out = new Writer(64)) {
    this.id = id;
    this.scope = scope;
    this.count = 0;
    this.out = out;
  }

  /** Runs the operation of an event and records it. */
  do<T extends Target, F extends Fields>(kind: EventKind<T, F>, target: T, args: Args<F>): void {
    kind.run(target, args);
    this.record(kind, args);
  }

  /** Records an event whose operation has been run. */
  record<T extends Target, F extends Fields>(kind: EventKind<T, F>, args: Args<F>): void {
    const out = this.begin(kind);
    for (const encode of kind.encoders) encode(out, args);
  }

  /** The same by somebody who writes its fields, in their order. */
  begin(kind: { readonly code: number }): Writer {
    const { out } = this;
    assert(out !== null, 'a change that is over takes no more events');
    out.int(kind.code);
    this.count++;
    return out;
  }

  /** The events as bytes; {@link applyEvents} reads them. */
  bytes(): Uint8Array {
    return this.out!.copy();
  }

  /** At the end: the writer, for another change. */
  release(): Writer {
    const out = this.out!;
    out.reset(SPARE_MAX);
    this.out = null;
    return out;
  }
}

function encoderOf(part: string, type: FieldType): Encode {
  switch (type) {
    case 'thing':
    case 'room': return (w, args) => w.int((args[part] as Thing | Room).id);
    case 'int': return (w, args) => w.int(args[part] as number);
    case 'str':
    case 'secret': return (w, args) => w.str(args[part] as string);
    case 'str?':
    case 'secret?': return (w, args) => (args[part] === null ? w.nil() : w.str(args[part] as string));
    case 'bool': return (w, args) => w.bool(args[part] as boolean);
    case 'value': return (w, args) => encodeValue(w, args[part] as Value);
    case 'ints': return (w, args) => {
      const ints = args[part] as readonly number[];
      w.array(ints.length);
      for (const item of ints) w.int(item);
    };
    case 'values':
    case 'items': return (w, args) => {
      const values = args[part] as readonly Value[];
      w.array(values.length);
      for (const item of values) encodeValue(w, item);
    };
    case 'things': return (w, args) => {
      const things = args[part] as readonly Thing[];
      w.array(things.length);
      for (const thing of things) w.int(thing.id);
    };
    case 'strs': return (w, args) => {
      const strs = args[part] as readonly string[];
      w.array(strs.length);
      for (const item of strs) w.str(item);
    };
    case 'definition': return (w, args) => encodeDefinition(w, args[part] as Thing);
    default: return unreachable(type);
  }
}

function decodeField(r: Reader, type: FieldType, from: Resolver): FieldTypes[FieldType] {
  switch (type) {
    case 'thing': return from.thing(r.safeInt());
    case 'room': return from.room(r.safeInt());
    case 'int': return r.safeInt();
    case 'str':
    case 'secret': return r.str();
    case 'str?':
    case 'secret?': return r.kind() === KIND.nil ? r.nil() : r.str();
    case 'bool': return r.bool();
    case 'value': return decodeValue(r, from);
    case 'ints': return repeat(r, () => r.safeInt());
    case 'values': return decodeValues(r, from, false);
    case 'items': return decodeValues(r, from, true);
    case 'things': return repeat(r, () => from.thing(r.safeInt()));
    case 'strs': return repeat(r, () => r.str());
    case 'definition': return decodeDefinition(r, from);
    default: return unreachable(type);
  }
}

const isSecret = (type: FieldType): boolean => type === 'secret' || type === 'secret?';

/** What is shown in the place of a secret. */
const HIDDEN = '(hidden)';

function repeat<T>(r: Reader, read: () => T): T[] {
  const out: T[] = [];
  for (let n = r.array(); n > 0; n--) out.push(read());
  return out;
}

/** Kinds of events by code, for replay. */
export class EventTable {
  private readonly byCode: (EventKind<never, Fields> | undefined)[] = [];

  constructor(kinds: readonly unknown[]) {
    for (const kind of kinds as readonly EventKind<never, Fields>[]) {
      assert(this.byCode[kind.code] === undefined, `event code ${kind.code} is used twice`);
      this.byCode[kind.code] = kind;
    }
  }

  /** Applies the events of one change, in order. */
  apply(bytes: Uint8Array, target: Target): void {
    const r = new Reader(bytes);
    while (!r.atEnd) {
      const kind = this.kind(r);
      const args: Record<string, unknown> = {};
      for (const [part, type] of kind.parts) args[part] = decodeField(r, type, target);
      kind.run(target as never, args as never);
    }
  }

  /** The events of one change as plain objects, for people and tools: `{kind: 'set', thing: 5, key: 'n', value: 1}`. */
  describe(bytes: Uint8Array, from: Resolver): ChangeEvent[] {
    const r = new Reader(bytes);
    const events: ChangeEvent[] = [];
    while (!r.atEnd) {
      const kind = this.kind(r);
      const event: ChangeEvent = { kind: kind.name };
      for (const [part, type] of kind.parts) {
        const value = decodeField(r, type, from);
        event[part] = isSecret(type) && value !== null ? HIDDEN : value;
      }
      events.push(event);
    }
    return events;
  }

  private kind(r: Reader): EventKind<never, Fields> {
    const code = r.safeInt();
    const kind = this.byCode[code];
    if (kind === undefined) throw badDataErr(`no event has code ${code}`);
    return kind;
  }
}

/** An event as a plain object: `kind` and its parts by name. */
export interface ChangeEvent {
  kind: string;
  [part: string]: unknown;
}
