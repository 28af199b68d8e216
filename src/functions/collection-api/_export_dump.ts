/** Writing a dump: see `_dump.ts` for the format. */
import type { Collection } from '../../collection/collection.ts';
import type { Query } from '../../evaluator/query.ts';
import { EXT } from '../../wire/vars.ts';
import { Writer } from '../../wire/msgpack.ts';
import { declaredAs } from '../../values/definition.ts';
import { localize } from '../../values/datetime.ts';
import type { Enum } from '../../values/enum.ts';
import { eachProperty } from '../../values/shape.ts';
import { compareStr, toBytes } from '../../values/str.ts';
import { TIME_ZONES } from '../../values/time-zones.ts';
import type { Field, Type } from '../../values/type.ts';
import {
  Bytes, Closure, DateTime, ErrorValue, Float, List, Member, MpData, Regex, Room, TAG, Task, Thing, ThingSet, Wrap, tagOf, type Anonymous, type Value,
} from '../../values/value.ts';
import { drive, FORMAT, MARK, PART, restrictionNumber, UNRESTRICTED, type Work } from './_dump.ts';
import { packDefinition } from './_info.ts';

/** ThingsDB refuses dumps of newer versions than itself. */
const VERSION = '1.9.0';

export function exportDump(q: Query, collection: Collection): Uint8Array {
  return new Dump(q, collection).write();
}

class Dump {
  private readonly q: Query;
  private readonly collection: Collection;
  private readonly parts = new Writer();
  private count = 0;
  /** What has been written, and is referred to by its id from then on. */
  private readonly written = new Set<Thing>();

  constructor(q: Query, collection: Collection) {
    this.q = q;
    this.collection = collection;
  }

  write(): Uint8Array {
    const { collection } = this;
    const types = byName(collection.types.values());
    const enums = byName(collection.enums.values());
    for (const found of enums) this.newEnum(found);
    for (const type of types) this.body(PART.newType, [type.id, type.createdAt, type.name, ...flagsOf(type)]);
    for (const type of types) this.setType(type);
    for (const { id, runAt, closure } of collection.tasks) this.body(PART.newTask, [id, runAt, 0, closure, new List([])]);
    this.part(PART.root, w => drive(this.value(w, collection.root)));
    for (const found of enums) this.setEnum(found);
    for (const { id, args } of collection.tasks) this.body(PART.taskArgs, [id, new List([null, ...args])]);
    this.relations(types);
    for (const { name, createdAt, closure } of byName(collection.procedures.values())) this.body(PART.procedure, [name, createdAt, closure]);
    for (const { id, name } of collection.roomsByName.values()) {
      this.part(PART.roomName, w => {
        w.array(2);
        w.int(id);
        w.str(name!);
      });
    }
    const out = new Writer(this.parts.pos + 32);
    out.array(2 + this.count);
    out.int(FORMAT);
    out.str(VERSION);
    out.raw(this.parts.copy());
    return out.copy();
  }

  private part(code: number, pack: (w: Writer) => void): void {
    const { parts } = this;
    parts.array(2);
    parts.int(code);
    pack(parts);
    this.count++;
  }

  /** A body of values; a function packs what is no value of the language. */
  private body(code: number, values: readonly (Value | ((w: Writer) => void))[]): void {
    this.part(code, w => {
      w.map(values.length);
      for (const value of values) {
        w.str('');
        if (typeof value === 'function') value(w);
        else drive(this.value(w, value));
      }
    });
  }

  private newEnum({ id, createdAt, name, members }: Enum): void {
    this.body(PART.newEnum, [id, createdAt, name, members.length, new List(members.map(member => member.name))]);
  }

  private setEnum({ id, members, methods }: Enum): void {
    const packMembers = (w: Writer): void => {
      w.array(members.length);
      for (const { name, value } of members) {
        w.array(2);
        w.str(name);
        drive(this.value(w, value));
      }
    };
    const packMethods = (w: Writer): void => {
      w.array(methods.size);
      for (const [name, closure] of methods) {
        w.array(2);
        w.str(name);
        w.ext(EXT.closure, toBytes(closure.text));
      }
    };
    this.body(PART.setEnum, [id, packMembers, packMethods]);
  }

  private setType(type: Type): void {
    const fields = (w: Writer): void => {
      w.array(type.fields.length + (type.idName === null ? 0 : 1));
      if (type.idName !== null) packPair(w, type.idName, '#');
      for (const { name, spec } of type.fields) packPair(w, name, declaredAs(spec));
    };
    const methods = (w: Writer): void => {
      w.map(type.methods.size);
      for (const [name, closure] of type.methods) {
        w.str(name);
        w.ext(EXT.closure, toBytes(closure.text));
      }
    };
    this.body(PART.setType, [type.id, type.modifiedAt, ...flagsOf(type), fields, methods]);
  }

  private relations(types: readonly Type[]): void {
    const seen = new Set<Field>();
    for (const type of types) {
      for (const field of type.fields) {
        const other = field.relation;
        if (other === null || seen.has(field)) continue;
        seen.add(other);
        this.body(PART.relation, [type.modifiedAt, type.id, field.name, other.type.id, other.name]);
      }
    }
  }

  private *value(w: Writer, value: Value): Work<void> {
    this.q.step();
    switch (tagOf(value)) {
      case TAG.nil: return w.nil();
      case TAG.bool: return w.bool(value as boolean);
      case TAG.int: return w.int(value as number | bigint);
      case TAG.float: return w.float((value as Float).value);
      case TAG.str: return w.str(value as string);
      case TAG.bytes: return w.bin((value as Bytes).data);
      case TAG.mpdata: return w.ext(EXT.mpdata, (value as MpData).data);
      case TAG.regex: return w.ext(EXT.regex, toBytes(`/${(value as Regex).pattern}/${(value as Regex).flags}`));
      case TAG.closure: return w.ext(EXT.closure, toBytes((value as Closure).text));
      case TAG.room: return w.ext(EXT.room, idBytes((value as Room).id));
      case TAG.task: return w.ext(EXT.task, idBytes((value as Task).id));
      case TAG.anonymous: return w.ext(EXT.anonymous, definitionBytes((value as Anonymous).definition));
      case TAG.error: return this.marked(w, MARK.error, [(value as ErrorValue).message, (value as ErrorValue).code]);
      case TAG.member: return this.marked(w, MARK.member, [(value as Member).enum.id, (value as Member).enum.members.indexOf(value as Member)]);
      case TAG.datetime:
      case TAG.timeval: return this.moment(w, value as DateTime);
      case TAG.list:
      case TAG.tuple: return yield* this.list(w, (value as List).items);
      case TAG.set:
        mark(w, MARK.set);
        return yield* this.list(w, [...(value as ThingSet).things]);
      case TAG.wrap: return yield* this.wrap(w, value as Wrap);
      case TAG.thing: return yield* this.thing(w, value as Thing);
      // Modules are nil to whoever asks for them, and futures are not stored.
      default: return w.nil();
    }
  }

  private *list(w: Writer, items: readonly Value[]): Work<void> {
    w.array(items.length);
    for (const item of items) yield this.value(w, item);
  }

  private *thing(w: Writer, thing: Thing): Work<void> {
    if (this.written.has(thing)) return w.ext(EXT.thing, idBytes(thing.id));
    this.written.add(thing);
    const { type } = thing;
    mark(w, type === null ? MARK.thing : MARK.instance);
    w.array(3);
    w.int(type === null ? restrictionNumber(thing.spec) ?? UNRESTRICTED : type.id);
    w.int(thing.id);
    if (type !== null) return yield* this.list(w, thing.toValues());
    const entries: [string, Value][] = [];
    eachProperty(thing, (key, value) => entries.push([key, value]));
    w.map(entries.length);
    for (const [key, value] of entries) {
      w.str(key);
      yield this.value(w, value);
    }
  }

  private *wrap(w: Writer, { thing, type }: Wrap): Work<void> {
    mark(w, type.definition === null ? MARK.wrap : MARK.anonymousWrap);
    w.array(2);
    if (type.definition === null) w.int(type.id);
    else w.bin(definitionBytes(type.definition));
    yield this.value(w, thing);
  }

  private moment(w: Writer, dt: DateTime): void {
    mark(w, dt.tag === TAG.datetime ? MARK.datetime : MARK.timeval);
    w.array(3);
    w.int(dt.ts);
    w.int(Math.trunc(localize(dt).gmtOffset / 60));
    if (dt.zone === null) w.nil();
    else w.int(TIME_ZONES.indexOf(dt.zone));
  }

  private marked(w: Writer, key: string, values: readonly (string | number)[]): void {
    mark(w, key);
    w.array(values.length);
    for (const value of values) typeof value === 'string' ? w.str(value) : w.int(value);
  }
}

function mark(w: Writer, key: string): void {
  w.map(1);
  w.str(key);
}

function byName<T extends { readonly name: string }>(items: Iterable<T>): T[] {
  return [...items].sort((a, b) => compareStr(a.name, b.name));
}

const flagsOf = (type: Type): boolean[] => [type.wrapOnly, type.hideId, type.autoIndex];

function idBytes(id: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(id));
  return bytes;
}

function definitionBytes(definition: Value): Uint8Array {
  const w = new Writer(64);
  packDefinition(w, definition);
  return w.copy();
}

/** A definition is a text, or a structure that is packed once more. */
function packPair(w: Writer, name: string, definition: Value): void {
  w.array(2);
  w.str(name);
  if (typeof definition === 'string') w.str(definition);
  else w.bin(definitionBytes(definition));
}
