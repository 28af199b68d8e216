/**
 * Values as bytes, for the change log and for checkpoints. Not what clients see (that is `wire/result.ts`).
 *
 * MessagePack, except that the byte 0xc1, which MessagePack never uses, starts a value of ours: 0xc1, one
 * byte for the kind, its parts. Things and rooms are written by id: their content is recorded by an event of
 * its own (`new`), so the depth of a graph of things never becomes a depth of recursion.
 *
 * A list in the place of a property is a list, one within a list a tuple, as the language has it.
 */
import { badDataErr } from '../errors/query-error.ts';
import { AssertionError, assert } from '../errors/assert.ts';
import {
  Anonymous, Bytes, Closure, DateTime, ErrorValue, Float, List, Member, Module, MpData, Regex, Room, TAG, Task, Thing, ThingSet, Wrap,
  float, tagOf, type Value,
} from '../values/value.ts';
import { emptyShape } from '../values/shape.ts';
import { KIND, type Reader, type Writer } from '../wire/msgpack.ts';

const OWN = 0xc1;

const PART = {
  thing: 1, set: 2, datetime: 3, timeval: 4, regex: 5, closure: 6, error: 7, member: 8, room: 9, task: 10, wrap: 11, anonymous: 12, mpdata: 13, module: 14, wrapAnonymous: 15,
} as const;

/** Where decoded values find what they name: the collection, or for `@thingsdb` nothing but plain values. */
export interface Resolver {
  /** The stored thing of that id; one that is yet to come is made, empty. */
  thing(id: number): Thing;
  room(id: number): Room;
  task(id: number): Task;
  member(enumId: number, name: string): Member;
  wrap(thing: Thing, typeId: number): Wrap;
  anonymous(definition: Thing): Anonymous;
}

/**
 * What things, tasks and members are called in what is written. A snapshot calls them as they were called when it
 * began, though they may be gone by now.
 */
export interface Naming {
  thing(thing: Thing): number;
  task(task: Task): number;
  member(member: Member): string;
}

/** As they are called at the moment. */
export const LIVE: Naming = { thing: thing => thing.id, task: task => task.id, member: member => member.name };

function own(w: Writer, part: number): void {
  const at = w.reserve(2);
  w.bytes[at] = OWN;
  w.bytes[at + 1] = part;
}

export function encodeValue(w: Writer, value: Value, naming = LIVE): void {
  switch (tagOf(value)) {
    case TAG.nil: return w.nil();
    case TAG.bool: return w.bool(value as boolean);
    case TAG.int: return w.int(value as number | bigint);
    case TAG.float: return w.float((value as Float).value);
    case TAG.str: return w.str(value as string);
    case TAG.bytes: return w.bin((value as Bytes).data);
    case TAG.list:
    case TAG.tuple: {
      const { items } = value as List;
      w.array(items.length);
      for (const item of items) encodeValue(w, item, naming);
      return;
    }
    case TAG.set: {
      const { things } = value as ThingSet;
      own(w, PART.set);
      w.array(things.size);
      for (const thing of things) w.int(naming.thing(thing));
      return;
    }
    case TAG.thing:
      own(w, PART.thing);
      return w.int(storedId(value as Thing, naming));
    case TAG.room:
      own(w, PART.room);
      return w.int((value as Room).id);
    case TAG.task:
      own(w, PART.task);
      return w.int(naming.task(value as Task));
    case TAG.datetime:
    case TAG.timeval: {
      const dt = value as DateTime;
      own(w, dt.tag === TAG.datetime ? PART.datetime : PART.timeval);
      w.int(dt.ts);
      w.int(dt.offset);
      return dt.zone === null ? w.nil() : w.str(dt.zone);
    }
    case TAG.regex:
      own(w, PART.regex);
      w.str((value as Regex).pattern);
      return w.str((value as Regex).flags);
    case TAG.closure:
      own(w, PART.closure);
      return w.str((value as Closure).text);
    case TAG.error:
      own(w, PART.error);
      w.int((value as ErrorValue).code);
      return w.str((value as ErrorValue).message);
    case TAG.member:
      own(w, PART.member);
      w.int((value as Member).enum.id);
      return w.str(naming.member(value as Member));
    case TAG.wrap: {
      const { thing, type } = value as Wrap;
      own(w, type.definition === null ? PART.wrap : PART.wrapAnonymous);
      w.int(storedId(thing, naming));
      return type.definition === null ? w.int(type.id) : encodeDefinition(w, type.definition);
    }
    case TAG.anonymous:
      own(w, PART.anonymous);
      return encodeDefinition(w, (value as Anonymous).definition);
    case TAG.mpdata:
      own(w, PART.mpdata);
      return w.bin((value as MpData).data);
    case TAG.module:
      own(w, PART.module);
      return w.str((value as Module).name);
    default:
      throw new AssertionError('futures are not stored');
  }
}

function storedId(thing: Thing, naming: Naming): number {
  const id = naming.thing(thing);
  assert(id !== 0, 'only stored things are recorded');
  return id;
}

/** The definition of an anonymous type is a small plain thing of strs, closures and such things. */
export function encodeDefinition(w: Writer, definition: Thing): void {
  w.map(definition.count);
  for (let i = 0; i < definition.count; i++) {
    w.str(definition.shape.keys[i]!);
    const value = definition.valueAt(i);
    if (value instanceof Thing) encodeDefinition(w, value);
    else if (value instanceof List) {
      w.array(value.items.length);
      for (const item of value.items) item instanceof Thing ? encodeDefinition(w, item) : encodeValue(w, item);
    } else encodeValue(w, value);
  }
}

export function decodeValue(r: Reader, from: Resolver, inList = false): Value {
  switch (r.kind()) {
    case KIND.nil: return r.nil();
    case KIND.bool: return r.bool();
    case KIND.int: return r.int();
    case KIND.float: return float(r.float());
    case KIND.str: return r.str();
    case KIND.bin: return new Bytes(r.bin());
    case KIND.array: return new List(decodeValues(r, from, true), inList);
    default:
      return decodeOwn(r, from);
  }
}

/**
 * Values behind their number, in an array without room for more, of which most never need any: that of few is made as large
 * as it will be. `inList`: those of a list.
 */
export function decodeValues(r: Reader, from: Resolver, inList: boolean): Value[] {
  const count = r.array();
  switch (count) {
    case 0: return [];
    case 1: return [decodeValue(r, from, inList)];
    case 2: return [decodeValue(r, from, inList), decodeValue(r, from, inList)];
    case 3: return [decodeValue(r, from, inList), decodeValue(r, from, inList), decodeValue(r, from, inList)];
  }
  const values: Value[] = [];
  for (let i = 0; i < count; i++) values.push(decodeValue(r, from, inList));
  return values.slice();
}

function decodeOwn(r: Reader, from: Resolver): Value {
  if (r.byte() !== OWN) throw badDataErr('no value starts here');
  const part = r.byte();
  switch (part) {
    case PART.thing: return from.thing(r.safeInt());
    case PART.room: return from.room(r.safeInt());
    case PART.task: return from.task(r.safeInt());
    case PART.set: {
      const things = new Set<Thing>();
      for (let n = r.array(); n > 0; n--) things.add(from.thing(r.safeInt()));
      return new ThingSet(things);
    }
    case PART.datetime:
    case PART.timeval: {
      const ts = r.int();
      const offset = r.safeInt();
      const zone = r.kind() === KIND.nil ? r.nil() : r.str();
      return new DateTime(ts, offset, zone, part === PART.timeval);
    }
    case PART.regex: return new Regex(r.str(), r.str());
    case PART.closure: {
      const text = r.str();
      return new Closure(text, text, null, true);
    }
    case PART.error: return new ErrorValue(r.safeInt(), r.str());
    case PART.member: return from.member(r.safeInt(), r.str());
    case PART.wrap: return from.wrap(from.thing(r.safeInt()), r.safeInt());
    case PART.wrapAnonymous: {
      const thing = from.thing(r.safeInt());
      return new Wrap(thing, from.anonymous(decodeDefinition(r, from)).type);
    }
    case PART.anonymous: return from.anonymous(decodeDefinition(r, from));
    case PART.mpdata: return new MpData(r.bin());
    case PART.module: return new Module(r.str());
    default: throw badDataErr(`no value is of kind ${part}`);
  }
}

export function decodeDefinition(r: Reader, from: Resolver): Thing {
  const thing = new Thing(emptyShape());
  for (let n = r.map(); n > 0; n--) {
    const key = r.str();
    let value: Value;
    if (r.kind() === KIND.map) value = decodeDefinition(r, from);
    else if (r.kind() === KIND.array) {
      const items: Value[] = [];
      for (let m = r.array(); m > 0; m--) items.push(r.kind() === KIND.map ? decodeDefinition(r, from) : decodeValue(r, from, true));
      value = new List(items);
    } else value = decodeValue(r, from);
    thing.append(key, value);
  }
  return thing;
}
