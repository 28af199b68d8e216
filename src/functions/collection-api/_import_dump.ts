/**
 * Reading a dump into an empty collection: see `_dump.ts` for the format. Ids stay as they are.
 *
 * Things are made empty when they are first named, and get their content later, each by an event of its own: so
 * nothing depends on the order in which they refer to each other.
 */
import { parseClosure } from '../../../grammar/parser.ts';
import { Change } from '../../collection/event.ts';
import { newRoom, newThing, restrictThing, setProperty } from '../../collection/events.ts';
import { Collection, ROOT_ID } from '../../collection/collection.ts';
import { setProcedure } from '../../collection/procedure-events.ts';
import { Replica } from '../../collection/replica.ts';
import { nameRoom } from '../../collection/room-events.ts';
import * as schema from '../../collection/schema-events.ts';
import { newTask } from '../../collection/task-events.ts';
import { ERR } from '../../errors/codes.ts';
import { QueryError, badDataErr, valueErr } from '../../errors/query-error.ts';
import { exporting as msg } from '../../errors/messages/admin.ts';
import type { Query } from '../../evaluator/query.ts';
import { EXT } from '../../wire/vars.ts';
import { KIND, Reader } from '../../wire/msgpack.ts';
import { setProperty as rawSetProperty } from '../../values/raw.ts';
import { makeRegex } from '../../values/regex.ts';
import { emptyShape, isName } from '../../values/shape.ts';
import { fromBytes } from '../../values/str.ts';
import { TIME_ZONES } from '../../values/time-zones.ts';
import { TYPE_FLAG } from '../../values/type.ts';
import {
  Bytes, Closure, DateTime, ErrorValue, List, MpData, Task, Thing, ThingSet, Wrap, float, type Room, type Value,
} from '../../values/value.ts';
import { drive, FORMAT, MARK, PART, restrictionText, UNRESTRICTED, type Work } from './_dump.ts';

/**
 * A dump that turns out to be damaged half-way leaves the collection as it was: it is read into another one first.
 */
export function importDump(q: Query, change: Change, replica: Replica, data: Uint8Array, withTasks: boolean): void {
  const parts = readParts(data);
  const { id, name, createdAt } = replica.collection;
  try {
    new Import(q, new Change(0, 0), new Replica(new Collection(id, name, createdAt)), withTasks).run(parts);
  } catch (e) {
    // Damaged data may break any rule of ours; running out of budget is not its fault.
    if (e instanceof QueryError && e.code === ERR.operation) throw e;
    throw badDataErr(msg.damaged(e instanceof QueryError ? e.message : 'invalid data'));
  }
  new Import(q, change, replica, withTasks).run(parts);
}

/** The bodies of a dump by their codes. */
type Parts = ReadonlyMap<number, readonly Uint8Array[]>;

function readParts(data: Uint8Array): Parts {
  const parts = new Map<number, Uint8Array[]>();
  const r = new Reader(data);
  try {
    const count = r.array();
    if (r.int() !== FORMAT) throw valueErr(msg.noData());
    r.str();
    for (let left = count - 2; left > 0; left--) {
      if (r.array() !== 2) throw badDataErr('expecting a code and a body');
      const code = r.safeInt();
      const bodies = parts.get(code);
      if (bodies === undefined) parts.set(code, [r.item()]);
      else bodies.push(r.item());
    }
  } catch (e) {
    if (parts.size > 0 && e instanceof QueryError) throw badDataErr(msg.damaged(e.message));
    throw valueErr(msg.noData());
  }
  return parts;
}

interface ThingContent {
  readonly thing: Thing;
  /** Id of the type; -1 for a plain thing. */
  readonly type: number;
  readonly restrict: string | null;
  readonly keys: readonly string[];
  readonly values: readonly Value[];
}

class Import {
  private readonly q: Query;
  private readonly change: Change;
  private readonly replica: Replica;
  private readonly collection: Collection;
  private readonly withTasks: boolean;
  private readonly contents: ThingContent[] = [];
  private readonly rooms = new Set<Room>();
  /** Members that are things: what they hold may name other members, so it is read when all members are there. */
  private readonly later: Reader[] = [];

  constructor(q: Query, change: Change, replica: Replica, withTasks: boolean) {
    this.q = q;
    this.change = change;
    this.replica = replica;
    this.collection = replica.collection;
    this.withTasks = withTasks;
  }

  run(parts: Parts): void {
    const each = (code: number, read: (r: Reader) => void): void => parts.get(code)?.forEach(body => read(new Reader(body)));
    each(PART.newType, r => this.newType(r));
    each(PART.newEnum, r => this.newEnum(r));
    each(PART.setEnum, r => this.setEnum(r));
    each(PART.setType, r => this.setType(r));
    if (this.withTasks) this.tasks(parts);
    for (const r of this.later) drive(this.value(r, false));
    each(PART.root, r => drive(this.value(r, false)));
    this.store();
    each(PART.relation, r => this.relation(r));
    each(PART.procedure, r => this.procedure(r));
    each(PART.roomName, r => {
      r.array();
      this.change.do(nameRoom, this.replica, { room: this.replica.room(r.safeInt()), name: r.str() });
    });
  }

  private newType(r: Reader): void {
    const next = body(r);
    const [type, at, name] = [next().safeInt(), next().safeInt(), next().str()];
    this.change.do(schema.newType, this.replica, { type, name: asName(name), flags: readFlags(next), at });
  }

  private newEnum(r: Reader): void {
    const next = body(r);
    this.change.do(schema.newEnum, this.replica, { enum: next().safeInt(), at: next().safeInt(), name: asName(next().str()) });
  }

  private setEnum(r: Reader): void {
    const next = body(r);
    const id = next().safeInt();
    const members = next();
    for (let left = members.array(); left > 0; left--) {
      members.array();
      const name = asName(members.str());
      this.change.do(schema.addMember, this.replica, { enum: id, name, value: this.memberValue(members), at: 0 });
    }
    const methods = next();
    for (let left = methods.array(); left > 0; left--) {
      methods.array();
      const name = asName(methods.str());
      this.change.do(schema.setEnumMethod, this.replica, { enum: id, name, closure: drive(this.value(methods, false)), at: 0 });
    }
  }

  private memberValue(r: Reader): Value {
    if (r.kind() !== KIND.map) return drive(this.value(r, false));
    const packed = r.item();
    this.later.push(new Reader(packed));
    const head = new Reader(packed);
    head.map();
    head.str();
    head.array();
    head.skip();
    return this.replica.thing(head.safeInt());
  }

  private setType(r: Reader): void {
    const next = body(r);
    const [type, at] = [next().safeInt(), next().safeInt()];
    this.change.do(schema.setTypeFlags, this.replica, { type, flags: readFlags(next), at });
    const definition = new Thing(emptyShape());
    const fields = next();
    for (let left = fields.array(); left > 0; left--) {
      fields.array();
      const name = asName(fields.str());
      const declared = fields.kind() === KIND.str ? fields.str() : readDefinition(new Reader(fields.bin()));
      if (declared === '#') this.change.do(schema.setIdName, this.replica, { type, name, at });
      else rawSetProperty(definition, name, declared);
    }
    this.change.do(schema.addFields, this.replica, { type, fields: definition, at });
    const methods = next();
    for (let left = methods.map(); left > 0; left--) {
      const name = asName(methods.str());
      this.change.do(schema.setMethod, this.replica, { type, name, closure: drive(this.value(methods, false)), replace: false });
    }
  }

  /** Whoever imports them owns them. */
  private tasks(parts: Parts): void {
    const args = new Map<number, Value[]>();
    for (const bytes of parts.get(PART.taskArgs) ?? []) {
      const next = body(new Reader(bytes));
      const id = next().safeInt();
      // The first one stands for the task itself.
      args.set(id, (drive(this.value(next(), false)) as List).items.slice(1));
    }
    for (const bytes of parts.get(PART.newTask) ?? []) {
      const next = body(new Reader(bytes));
      const [id, at] = [next().safeInt(), next().safeInt()];
      next().skip();
      const closure = drive(this.value(next(), false));
      this.change.do(newTask, this.replica, { id, at, owner: this.q.user.id, closure, args: args.get(id) ?? [] });
    }
  }

  private store(): void {
    const { change, replica, contents } = this;
    for (const room of this.rooms) change.do(newRoom, replica, { room });
    const root = contents.find(({ thing }) => thing === this.collection.root);
    for (const content of contents) {
      if (content === root) continue;
      const { thing, type, restrict, keys, values } = content;
      change.do(newThing, replica, { thing, type, restrict, dict: !keys.every(isName), keys: type < 0 ? keys : [], values });
    }
    if (root === undefined) throw badDataErr('the root is missing');
    const { thing, type, restrict, keys, values } = root;
    if (type >= 0) change.do(schema.toType, replica, { thing, type, values });
    else keys.forEach((key, i) => change.do(setProperty, replica, { thing, key, value: values[i]! }));
    if (restrict !== null) change.do(restrictThing, replica, { thing, restrict });
  }

  private relation(r: Reader): void {
    const next = body(r);
    const at = next().safeInt();
    this.change.do(schema.relate, this.replica,
      { type: next().safeInt(), field: next().str(), other: next().safeInt(), otherField: next().str(), at });
  }

  private procedure(r: Reader): void {
    const next = body(r);
    const [name, createdAt] = [asName(next().str()), next().safeInt()];
    this.change.do(setProcedure, this.replica, { name, closure: drive(this.value(next(), false)), createdAt });
  }

  private *value(r: Reader, inList: boolean): Work<Value> {
    this.q.step();
    switch (r.kind()) {
      case KIND.nil: return r.nil();
      case KIND.bool: return r.bool();
      case KIND.int: return r.int();
      case KIND.float: return float(r.float());
      case KIND.str: return r.str();
      case KIND.bin: return new Bytes(r.bin());
      case KIND.array: return new List(yield* this.items(r), inList);
      case KIND.map: return yield* this.marked(r);
      default: return this.ext(r);
    }
  }

  private *items(r: Reader): Work<Value[]> {
    const items: Value[] = [];
    for (let left = r.array(); left > 0; left--) items.push((yield this.value(r, true)) as Value);
    return items;
  }

  private *marked(r: Reader): Work<Value> {
    if (r.map() !== 1) throw badDataErr('expecting a map with a single key');
    const key = r.str();
    if (key === MARK.set) return new ThingSet(new Set((yield* this.items(r)).map(asThing)));
    const count = r.array();
    if (count !== (key === MARK.thing || key === MARK.instance || key === MARK.datetime || key === MARK.timeval ? 3 : 2)) throw badDataErr('wrong number of parts');
    switch (key) {
      case MARK.thing: return yield* this.plainThing(r);
      case MARK.instance: return yield* this.instance(r);
      case MARK.datetime:
      case MARK.timeval: return readMoment(r, key === MARK.timeval);
      case MARK.error: {
        const message = r.str();
        return new ErrorValue(r.safeInt(), message);
      }
      case MARK.member: {
        const member = this.replica.enum(r.safeInt()).members[r.safeInt()];
        if (member === undefined) throw badDataErr('no such member');
        return member;
      }
      case MARK.wrap: {
        const type = r.safeInt();
        return this.replica.wrap(asThing((yield this.value(r, false)) as Value), type);
      }
      case MARK.anonymousWrap: {
        const { type } = this.replica.anonymous(asThing(readDefinition(new Reader(r.bin()))));
        return new Wrap(asThing((yield this.value(r, false)) as Value), type);
      }
      default: throw badDataErr('unknown kind of value');
    }
  }

  private *plainThing(r: Reader): Work<Thing> {
    const number = r.safeInt();
    const thing = this.newThing(r);
    const keys: string[] = [];
    const values: Value[] = [];
    for (let left = r.map(); left > 0; left--) {
      keys.push(r.str());
      values.push((yield this.value(r, false)) as Value);
    }
    const restrict = number === UNRESTRICTED ? null : restrictionText(number, this.collection);
    if (restrict === undefined) throw badDataErr('unknown restriction');
    this.contents.push({ thing, type: -1, restrict, keys, values });
    return thing;
  }

  private *instance(r: Reader): Work<Thing> {
    const type = this.replica.type(r.safeInt());
    const thing = this.newThing(r);
    const values: Value[] = [];
    for (let left = r.array(); left > 0; left--) values.push((yield this.value(r, false)) as Value);
    if (values.length !== type.fields.length) throw badDataErr('wrong number of values');
    this.contents.push({ thing, type: type.id, restrict: null, keys: type.shape.keys, values });
    return thing;
  }

  private newThing(r: Reader): Thing {
    const thing = this.thing(r.safeInt());
    if (this.filled.has(thing)) throw badDataErr('a thing is there twice');
    this.filled.add(thing);
    return thing;
  }
  private readonly filled = new Set<Thing>();

  private thing(id: number): Thing {
    if (id < ROOT_ID) throw badDataErr('no such id');
    return this.replica.thing(id);
  }

  private ext(r: Reader): Value {
    const { type, data } = r.ext();
    switch (type) {
      case EXT.mpdata: return new MpData(data);
      case EXT.closure: return readClosure(fromBytes(data));
      case EXT.thing: return this.thing(readId(data));
      case EXT.anonymous: return this.replica.anonymous(asThing(readDefinition(new Reader(data))));
      case EXT.regex: {
        const text = fromBytes(data);
        const end = text.lastIndexOf('/');
        return makeRegex(text.slice(1, end), text.slice(end + 1));
      }
      case EXT.room: {
        const room = this.replica.room(readId(data));
        this.rooms.add(room);
        return room;
      }
      case EXT.task: {
        const id = readId(data);
        return id === 0 || !this.withTasks ? new Task(0) : this.replica.task(id);
      }
      default: throw badDataErr('unknown extension');
    }
  }
}

/** The values of a body, one after another; their keys say nothing. */
function body(r: Reader): () => Reader {
  let left = r.map();
  return () => {
    if (left-- <= 0) throw badDataErr('a part is too short');
    r.str();
    return r;
  };
}

function readFlags(next: () => Reader): number {
  const flag = (bit: number): number => (next().bool() ? bit : 0);
  return flag(TYPE_FLAG.wrapOnly) | flag(TYPE_FLAG.hideId) | flag(TYPE_FLAG.index);
}

/** A structure of a wrap-only or anonymous type. Methods are among its texts: no other definition starts with a bar. */
function readDefinition(r: Reader): Value {
  switch (r.kind()) {
    case KIND.str: {
      const text = r.str();
      return text.startsWith('|') ? readClosure(text) : text;
    }
    case KIND.array: {
      const items: Value[] = [];
      for (let left = r.array(); left > 0; left--) items.push(readDefinition(r));
      return new List(items);
    }
    default: {
      const thing = new Thing(emptyShape());
      for (let left = r.map(); left > 0; left--) rawSetProperty(thing, asName(r.str()), readDefinition(r));
      return thing;
    }
  }
}

function readClosure(text: string): Closure {
  if (!('closure' in parseClosure(text))) throw badDataErr('a closure cannot be read');
  return new Closure(text, text, null, true);
}

function readMoment(r: Reader, timeval: boolean): DateTime {
  const ts = r.int();
  const offset = r.safeInt();
  if (r.kind() === KIND.nil) {
    r.nil();
    return new DateTime(ts, offset, null, timeval);
  }
  const zone = TIME_ZONES[r.safeInt()];
  if (zone === undefined) throw badDataErr('unknown time zone');
  return new DateTime(ts, 0, zone, timeval);
}

function readId(data: Uint8Array): number {
  if (data.length !== 8) throw badDataErr('an id has 8 bytes');
  return Number(new DataView(data.buffer, data.byteOffset, 8).getBigUint64(0));
}

function asThing(value: Value): Thing {
  if (value instanceof Thing) return value;
  throw badDataErr('expecting a thing');
}

function asName(text: string): string {
  if (isName(text)) return text;
  throw badDataErr('a name breaks the rules');
}
