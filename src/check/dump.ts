/**
 * The whole replicated state of an engine as text, the same for two engines exactly when their states are: a
 * replica is held against the node that made the changes. What it holds is found by walking over the objects, so
 * that state which is added later is compared without a word here; what is left out is named below.
 */
import type { Collection } from '../collection/collection.ts';
import type { Engine } from '../engine.ts';
import { Enum } from '../values/enum.ts';
import { IdTable } from '../values/id-table.ts';
import { InstanceSet } from '../values/instance-set.ts';
import { LargeSet } from '../values/large-set.ts';
import { Spec } from '../values/spec.ts';
import { Field, Type } from '../values/type.ts';
import {
  Anonymous, Bytes, Closure, DateTime, ErrorValue, Float, List, Member, Module, MpData, Regex, Room, TAG, Task, Thing, ThingSet, Wrap,
} from '../values/value.ts';
import { User } from '../system/user.ts';

/** Fields that are no replicated state: caches, what runs at the moment, and the way to the objects themselves. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'replica', 'replicas', 'nodeId', 'locks', 'active', 'futures', 'mappings', 'revision', 'compiled', 'code', 'node', 'source', 'tag', 'collector', 'watchers', 'inOrder', 'lastId', 'loan', 'table', 'lastUsed', 'newest', 'requests',
]);

export type Dump = null | boolean | number | string | Dump[] | { [key: string]: Dump };

/** The state, one line for each thing. */
export function dumpText(engine: Engine): string {
  return lines(dump(engine)).join('\n');
}

/** Dumped and split where texts stay readable: at the fields of collections and at things. */
function lines(value: Dump, path = ''): string[] {
  if (typeof value !== 'object' || value === null || path.split('/').length > 4) return [`${path} ${JSON.stringify(value)}`];
  return Object.entries(value).flatMap(([key, part]) => lines(part, `${path}/${key}`));
}

export function dump(engine: Engine): Dump {
  return record(engine.system);
}

/** The fields of an object by name; maps keep their order, which the language shows, but for those by id. */
function record(object: object): Dump {
  const out: { [key: string]: Dump } = {};
  for (const [name, value] of Object.entries(object)) {
    if (!LEFT_OUT.has(name)) out[name] = part(name, value);
  }
  return out;
}

function part(name: string, value: unknown): Dump {
  switch (name) {
    case 'collections': return Object.fromEntries((value as Collection[]).map(collection => [collection.id, record(collection)]));
    case 'users': return (value as User[]).map(record);
    case 'tasks': return (value as Task[]).map(record);
    case 'things': return Object.fromEntries([...(value as IdTable<Thing>).values()].map(thing => [`#${thing.id}`, thingRecord(thing)]));
    case 'rooms': if (value instanceof IdTable) return [...(value as IdTable<Room>).values()].map(room => [room.id, record(room)]); else break;
    case 'types': return Object.fromEntries([...(value as Map<string, Type>)].map(([key, type]) => [key, record(type)]));
    case 'removedTypes': return Object.fromEntries([...(value as Map<string, Type>)].map(([key, type]) => [key, record(type)]));
    case 'enums': return Object.fromEntries([...(value as Map<string, Enum>)].map(([key, found]) => [key, record(found)]));
    case 'members': return (value as Member[]).map(member => [member.name, any(member.value)]);
    case 'fields': return (value as Field[]).map(field => [field.name, field.spec.text, field.relation === null ? null : any(field.relation)]);
    case 'shape': return (value as Type['shape']).keys as string[];
    case 'doomed': return (value as unknown[]).length;
  }
  return any(value);
}

function thingRecord(thing: Thing): Dump {
  const { shape, type, spec, refs } = thing;
  const order = shape.order() ?? shape.keys.map((_, i) => i);
  return [
    refs, any(type), spec?.text ?? null, shape.dict ? 'dict' : '', type === null || type.shape === shape ? 'now' : 'stale',
    ...order.map(i => [shape.keys[i]!, property(thing, shape.keys[i]!, thing.valueAt(i))] as Dump),
  ];
}

/** A list or set says whose it is. */
function property(thing: Thing, key: string, value: unknown): Dump {
  if (!(value instanceof List || value instanceof ThingSet)) return any(value);
  const owned = value.owner === thing && value.key === key;
  return owned ? any(value) : { 'not owned': any(value) };
}

/** A value, or what refers to an object that is dumped elsewhere. */
function any(value: unknown): Dump {
  switch (typeof value) {
    case 'boolean':
    case 'string':
    case 'number': return value;
    case 'bigint': return { big: String(value) };
    case 'object': return value === null ? null : object(value);
    default: return { [typeof value]: true };
  }
}

function object(value: object): Dump {
  if (Array.isArray(value)) return value.map(any);
  if (value instanceof Map) return [...value].map(([key, item]) => [any(key), any(item)]);
  if (value instanceof Set || value instanceof LargeSet || value instanceof InstanceSet) return { set: [...value].map(any) };
  if (value instanceof Uint8Array) return { bytes: [...value].join() };
  if (value instanceof Thing) return value.id === 0 ? { unstored: thingRecord(value) } : `#${value.id}`;
  if (value instanceof List) return { [value.tag === TAG.tuple ? 'tuple' : 'list']: value.items.map(any) };
  if (value instanceof ThingSet) return { things: [...value.things].map(any) };
  if (value instanceof Room) return `room:${value.id}`;
  if (value instanceof Task) return `task:${value.id}`;
  if (value instanceof Type) return `type:${value.id}:${value.name}`;
  if (value instanceof Enum) return `enum:${value.id}:${value.name}`;
  if (value instanceof Field) return `field:${value.type.name}.${value.name}`;
  if (value instanceof Member) return `member:${value.enum.name}.${value.name}`;
  if (value instanceof User) return `user:${value.id}:${value.name}`;
  if (value instanceof Closure) return { closure: value.text, bound: value.bound };
  if (value instanceof Spec) return { spec: value.text };
  if (value instanceof Float) return { float: String(value.value) };
  if (value instanceof Bytes || value instanceof MpData) return { [value.constructor.name]: [...value.data].join() };
  if (value instanceof Regex) return { regex: `/${value.pattern}/${value.flags}` };
  if (value instanceof Wrap) return { wrap: any(value.thing), type: any(value.type) };
  if (value instanceof Anonymous) return { anonymous: any(value.definition) };
  if (value instanceof DateTime || value instanceof ErrorValue || value instanceof Module) return { [value.constructor.name]: record(value) };
  if ('collections' in value) return 'system';
  if ('things' in value) return `collection:${(value as Collection).id}`;
  return record(value);
}

/** What is wrong with the reference counts of a collection: each is compared with a count made anew. */
export function wrongCounts(collection: Collection): string[] {
  const counted = new Map<Thing | Room, number>([[collection.root, 1]]);
  const wrong: string[] = [];
  const count = (value: unknown): void => {
    if (value instanceof Thing || value instanceof Room) {
      counted.set(value, (counted.get(value) ?? 0) + 1);
      const stored = value instanceof Thing ? collection.things.get(value.id) : collection.rooms.get(value.id);
      if (stored !== value) wrong.push(`${nameOf(value)} is referred to but not stored`);
    } else if (value instanceof List) value.items.forEach(count);
    else if (value instanceof ThingSet) value.things.forEach(count);
    else if (value instanceof Wrap) count(value.thing);
  };
  for (const thing of collection.things.values()) thing.toValues().forEach(count);
  for (const task of collection.tasks) task.args.forEach(count);
  for (const found of collection.enums.values()) for (const member of found.members) count(member.value);
  for (const value of [...collection.things.values(), ...collection.rooms.values()]) {
    const n = counted.get(value) ?? 0;
    if (value.refs !== n) wrong.push(`${nameOf(value)} has ${value.refs} references but ${n} were counted`);
    if (n === 0) wrong.push(`${nameOf(value)} is stored but nothing refers to it`);
  }
  return wrong;
}

const nameOf = (value: Thing | Room): string => (value instanceof Thing ? `thing:${value.id}` : `room:${value.id}`);
