/**
 * The values of the language, and how they are kept. This comment is the design of values.
 *
 * `Value = null | boolean | number | bigint | string | Obj`.
 *
 * - A bare `number` is **always an int** within ±(2^53−1); an int64 beyond that is a `bigint`. A float is a
 *   boxed {@link Float}. So every `.length`, index and count is right as it is, and the wire can tell ints
 *   from floats. Only `int.ts` does arithmetic on ints.
 * - A `string` is what ThingsDB calls a str: bytes that are nearly always UTF-8. A byte that is not part of
 *   valid UTF-8 is kept as a lone surrogate U+DC80 … U+DCFF (as Python's "surrogateescape"), so that any
 *   bytes survive; `str.ts` has all that counts or cuts bytes. Two equal strs are `===`.
 * - Everything else is an {@link Obj} with an own `tag`: reading an own field is the fastest way to tell
 *   classes apart where many meet. Fields are all set in the constructor, in order, and never deleted.
 *
 * Frames of variables are never captured (the language is dynamically scoped), so a value never points at
 * a running query.
 *
 * A thing is **stored** when it has an id. Lists and sets are part of the one thing that holds them
 * ({@link List.owner}); assigning one that has an owner already copies it. Things are shared. There may be millions of them, so a
 * thing is one object, with the first of its values in it ({@link Thing}).
 * Raw operations on values live in this folder and know nothing of events or privileges: the evaluator
 * reaches them through `collection/mutate.ts`, replay through `collection/apply.ts`.
 */
import { LargeSet, fitSize, type ChangeableThings, type Things } from './large-set.ts';
import type { Shape } from './shape.ts';
import type { Type } from './type.ts';
import type { Enum } from './enum.ts';
import type { Spec } from './spec.ts';
import type { Closure as ClosureNode } from '../../grammar/ast.ts';

export type Value = null | boolean | number | bigint | string | Obj;

/** Tags are small ints, so that a set of them is a bit mask (see {@link maskOf}). */
export const TAG = {
  nil: 0,
  bool: 1,
  int: 2,
  float: 3,
  str: 4,
  bytes: 5,
  mpdata: 6,
  regex: 7,
  list: 8,
  tuple: 9,
  set: 10,
  thing: 11,
  wrap: 12,
  anonymous: 13,
  closure: 14,
  error: 15,
  datetime: 16,
  timeval: 17,
  room: 18,
  task: 19,
  future: 20,
  module: 21,
  member: 22,
} as const;

export const TAG_COUNT = 23;

/** A value that lives on the heap. */
export abstract class Obj {
  readonly tag: number;
  constructor(tag: number) {
    this.tag = tag;
  }
}

/** A float. Never −0: whoever makes one goes through {@link float}. */
export class Float extends Obj {
  readonly value: number;
  constructor(value: number) {
    super(TAG.float);
    this.value = value;
  }
}

/** Boxes a float; −0 becomes 0, which is the only zero that ThingsDB has. */
export function float(value: number): Float {
  return new Float(value === 0 ? 0 : value);
}

export class Bytes extends Obj {
  readonly data: Uint8Array;
  constructor(data: Uint8Array) {
    super(TAG.bytes);
    this.data = data;
  }
}

/** MessagePack that has not been unpacked: what the `*_info()` functions and modules answer. */
export class MpData extends Obj {
  readonly data: Uint8Array;
  constructor(data: Uint8Array) {
    super(TAG.mpdata);
    this.data = data;
  }
}

/** A regular expression; `compiled` is made by `regex.ts` when it is first needed. */
export class Regex extends Obj {
  readonly pattern: string;
  readonly flags: string;
  compiled: unknown;
  constructor(pattern: string, flags: string) {
    super(TAG.regex);
    this.pattern = pattern;
    this.flags = flags;
    this.compiled = null;
  }
}

/** A list, or (tag tuple) one that cannot be changed: what a list becomes when it is put into a list. */
export class List extends Obj {
  items: Value[];
  /** The thing whose property this list is, stored or not; null for a free list and for a tuple. */
  owner: Thing | null;
  /** The property's name while there is an owner. */
  key: string;
  constructor(items: Value[], tuple = false) {
    super(tuple ? TAG.tuple : TAG.list);
    this.items = items;
    this.owner = null;
    this.key = '';
  }

  /** What its items must be; null when anything goes. */
  get spec(): Spec | null {
    return this.owner === null ? null : itemSpec(this.owner, this.key);
  }
}

/** A set of things, in order of adding. */
export class ThingSet extends Obj {
  things: Things;
  owner: Thing | null;
  key: string;
  /** True while `things` belongs to somebody else, who gave it for reading ({@link Type.lend}). */
  private lent: boolean;
  constructor(things: Things, lent = false) {
    super(TAG.set);
    this.things = things;
    this.owner = null;
    this.key = '';
    this.lent = lent;
  }

  /** The things, to be changed. */
  own(): ChangeableThings {
    if (this.lent) {
      this.things = new Set(this.things);
      this.lent = false;
    }
    const things = this.things as ChangeableThings;
    return this.owner !== null && this.owner.id !== 0 ? (this.things = fitSize(things)) : things;
  }

  /** Has nothing any more. */
  empty(): void {
    this.things = new Set();
    this.lent = false;
  }

  /** It became part of what is stored: its things keep the ids that they have. */
  stored(): void {
    if (this.things instanceof LargeSet) this.things.keepIds();
    else this.things = fitSize(this.things as ChangeableThings);
  }

  /** It is no part of what is stored any more, and so perhaps its things are not. */
  freed(): void {
    if (this.things instanceof LargeSet) this.things.forgetIds();
  }

  /** What its things must be; null when anything goes. */
  get spec(): Spec | null {
    return this.owner === null ? null : itemSpec(this.owner, this.key);
  }
}

/** The restriction of a list or set follows from the field that it stands in: there is nothing to keep in step. */
function itemSpec(owner: Thing, key: string): Spec | null {
  return owner.type === null ? null : owner.type.field(key)?.spec.item ?? null;
}

/** Position of the value in whose place those after it stand too. */
const REST = 3;

/**
 * A thing: names and values. The names are its shape (shared by things that look alike), from which follows how many
 * values it has, and of which type it is. The shape of a typed thing is that of its type.
 *
 * Most things are small, and an array beside each would take 56 bytes and more: up to four values are fields of the thing.
 * So all things look alike to JavaScript's engine, and reading a value by its position is a choice between four fields.
 */
export class Thing extends Obj {
  /** Id in its collection; 0 while it is not stored. */
  id: number;
  shape: Shape;
  /** The first values, to be read by {@link valueAt}; null where there are fewer. */
  private v0: Value;
  private v1: Value;
  private v2: Value;
  /** The fourth value; when there are more, an array of it and those. */
  private rest: Value | Value[];
  /** How many stored values (and the root, tasks, enum members) refer to it; meaningful while it has an id. */
  refs: number;
  constructor(shape: Shape, values: readonly Value[] = NO_VALUES) {
    super(TAG.thing);
    this.id = 0;
    this.shape = shape;
    this.v0 = null;
    this.v1 = null;
    this.v2 = null;
    this.rest = null;
    this.refs = 0;
    if (values.length > 0) this.setValues(values);
  }

  /** Null for a plain thing. */
  get type(): Type | null {
    return this.shape.type;
  }

  /** What `restrict` demands of every value of a plain thing; null when anything goes. */
  get spec(): Spec | null {
    return this.shape.spec;
  }

  /** How many properties it has. */
  get count(): number {
    return this.shape.keys.length;
  }

  /** The value of the property at a position in its shape. */
  valueAt(at: number): Value {
    switch (at) {
      case 0: return this.v0;
      case 1: return this.v1;
      case 2: return this.v2;
      default: return Array.isArray(this.rest) ? this.rest[at - REST]! : this.rest;
    }
  }

  /** Puts a value at a position in its shape, or at the one behind the last, for which it gets a name next. */
  setValueAt(at: number, value: Value): void {
    switch (at) {
      case 0: this.v0 = value; break;
      case 1: this.v1 = value; break;
      case 2: this.v2 = value; break;
      default:
        if (Array.isArray(this.rest)) this.rest[at - REST] = value;
        else this.rest = at === REST ? value : [this.rest, value];
    }
  }

  /** Adds a property behind the others: one that it does not have, and that its shape can take. */
  append(key: string, value: Value): void {
    this.setValueAt(this.count, value);
    this.shape = this.shape.with(key);
  }

  /** Takes out the value at a position in its shape, which then loses the name; the last one moves into its place. */
  removeValueAt(at: number): void {
    const last = this.count - 1;
    if (at < last) this.setValueAt(at, this.valueAt(last));
    if (last <= REST) this.setValueAt(last, null);
    else {
      const rest = this.rest as Value[];
      rest.pop();
      if (rest.length === 1) this.rest = rest[0]!;
    }
  }

  /** Gives it other values; those of its shape, or of the one that it gets next. */
  setValues(values: readonly Value[]): void {
    const { length } = values;
    this.v0 = length > 0 ? values[0]! : null;
    this.v1 = length > 1 ? values[1]! : null;
    this.v2 = length > 2 ? values[2]! : null;
    this.rest = length <= REST ? null : length === REST + 1 ? values[REST]! : values.slice(REST);
  }

  /** Gives the first four values to one that has none; null where there are fewer. */
  fill(a: Value, b: Value, c: Value, d: Value): void {
    this.v0 = a;
    this.v1 = b;
    this.v2 = c;
    this.rest = d;
  }

  /** All its values, by position. */
  toValues(): Value[] {
    const { rest } = this;
    const values = [this.v0, this.v1, this.v2];
    // Large dictionaries are copied in one go.
    return Array.isArray(rest) ? values.concat(rest) : [...values, rest].slice(0, this.count);
  }

  /** Gives back the room for more that an array has which grew value by value. */
  compact(): void {
    if (Array.isArray(this.rest)) this.rest = this.rest.slice();
  }
}

const NO_VALUES: readonly Value[] = [];

/** A thing seen through a type: `thing.wrap('T')`, or through an anonymous type: `thing.wrap(&{…})`. */
export class Wrap extends Obj {
  readonly thing: Thing;
  readonly type: Type;
  constructor(thing: Thing, type: Type) {
    super(TAG.wrap);
    this.thing = thing;
    this.type = type;
  }
}

/** An anonymous type as a value: `&{…}`, `ano({…})`. Its type has no name and no id. */
export class Anonymous extends Obj {
  readonly type: Type;
  /** The definition as packed for clients and storage: the properties as written. */
  readonly definition: Thing;
  constructor(type: Type, definition: Thing) {
    super(TAG.anonymous);
    this.type = type;
    this.definition = definition;
  }
}

/**
 * A closure: text and tree. It captures nothing: free names are looked up through the callers.
 * `code` is what the evaluator made of it (opaque here), on the first call.
 */
export class Closure extends Obj {
  /** As written, or (once stored) the compact text. */
  text: string;
  /** Null until it is needed, for a closure that was loaded from its text. */
  node: ClosureNode | null;
  /** The text that the offsets of `node` refer to; the node starts at `node.pos`. */
  source: string;
  /** True once it was put into a list, a thing or a property: its text is compact from then on. */
  bound: boolean;
  code: unknown;
  /** How many calls of it run at this moment; the language allows 24. */
  active: number;
  constructor(text: string, source: string, node: ClosureNode | null, bound: boolean) {
    super(TAG.closure);
    this.text = text;
    this.node = node;
    this.source = source;
    this.bound = bound;
    this.code = null;
    this.active = 0;
  }
}

/** An error as a value: what `try` gives, and `err()`. */
export class ErrorValue extends Obj {
  readonly code: number;
  readonly message: string;
  constructor(code: number, message: string) {
    super(TAG.error);
    this.code = code;
    this.message = message;
  }
}

/** A moment with a zone or an offset (datetime), or the same with tag timeval, which clients see as an int. */
export class DateTime extends Obj {
  /** Seconds since 1970-01-01T00:00:00Z; the full range of an int64. */
  readonly ts: number | bigint;
  /** Minutes east of UTC; for display only while `zone` is null. */
  readonly offset: number;
  /** Name of the time zone; null for a plain offset. */
  readonly zone: string | null;
  constructor(ts: number | bigint, offset: number, zone: string | null, timeval: boolean) {
    super(timeval ? TAG.timeval : TAG.datetime);
    this.ts = ts;
    this.offset = offset;
    this.zone = zone;
  }
}

/** A room that clients join; it has an id once it is stored. */
export class Room extends Obj {
  id: number;
  name: string | null;
  refs: number;
  /** Who has joined on this node; null while nobody has. Not part of the state. */
  listeners: Set<RoomListener> | null;
  constructor(id = 0) {
    super(TAG.room);
    this.id = id;
    this.name = null;
    this.refs = 0;
    this.listeners = null;
  }
}

/** One who has joined a room. What it is told is packed once for all, as clients get it: nobody may change the bytes. */
export interface RoomListener {
  /** `{scope, id, event, args}` */
  emitted(body: Uint8Array): void;
  /** The room is no more: `{scope, id}`. */
  deleted(body: Uint8Array, room: Room): void;
}

/** A scheduled call. `id` 0 is the empty task `task:nil`, without a closure, or a task that is no more, which still has its. */
export class Task extends Obj {
  id: number;
  /** Seconds since 1970; 0 while nothing is planned. */
  runAt: number;
  closure: Closure | null;
  args: Value[];
  /** User id of the owner; 0 for an empty task. */
  owner: number;
  /** Result of the last run: null before any run, an error with code 0 after success. */
  result: ErrorValue | null;
  /** How many running calls forbid a change. */
  locks: number;
  constructor(id: number) {
    super(TAG.task);
    this.id = id;
    this.runAt = 0;
    this.closure = null;
    this.args = [];
    this.owner = 0;
    this.result = null;
    this.locks = 0;
  }
}

/** Work that goes on after the query: its result takes its place when it is the query's answer. */
export class Future extends Obj {
  /** Null for `future(nil, …)` and closures; a module otherwise. */
  readonly module: Module | null;
  /** True for `future(closure)`: the closure gets the arguments alone, else nil or the module's answer comes before them. */
  readonly direct: boolean;
  /** What a module is asked: a thing, or properties for one; null without one. */
  readonly request: Thing | Map<string, Value> | null;
  readonly args: readonly Value[];
  then: Closure | null;
  else: Closure | null;
  /** What its closures are counted by, see `evaluator/futures.ts`. */
  readonly counted: unknown[];
  result: Value;
  /** Depth of the result and of a module's request. */
  deep: number;
  /** True for a module whose answer is unpacked. */
  load: boolean;
  constructor(args: readonly Value[], direct: boolean, module: Module | null = null, request: Thing | Map<string, Value> | null = null) {
    super(TAG.future);
    this.module = module;
    this.direct = direct;
    this.request = request;
    this.args = args;
    this.then = null;
    this.else = null;
    this.counted = [];
    this.result = null;
    this.deep = 1;
    this.load = false;
  }
}

/** A module as a value: it only has a name, the rest belongs to the node. */
export class Module extends Obj {
  readonly name: string;
  constructor(name: string) {
    super(TAG.module);
    this.name = name;
  }
}

/** A member of an enumerator. Members are shared: the enum holds the one object of each. */
export class Member extends Obj {
  readonly enum: Enum;
  name: string;
  value: Value;
  constructor(of: Enum, name: string, value: Value) {
    super(TAG.member);
    this.enum = of;
    this.name = name;
    this.value = value;
  }
}

export function tagOf(value: Value): number {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return TAG.int;
    case 'string':
      return TAG.str;
    case 'boolean':
      return TAG.bool;
    default:
      return value === null ? TAG.nil : value.tag;
  }
}

/** What `type(value)` answers: `int`, `thing`, the name of a type or enum, `<T>` for a wrap. */
export function typeName(value: Value): string {
  const tag = tagOf(value);
  switch (tag) {
    case TAG.thing: {
      const type = (value as Thing).type;
      return type === null ? 'thing' : type.name;
    }
    case TAG.wrap: {
      const type = (value as Wrap).type;
      return `<${type.name}>`;
    }
    case TAG.member:
      return (value as Member).enum.name;
    default:
      return TAG_NAMES[tag]!;
  }
}

/** Name of each tag, by tag. */
export const TAG_NAMES: readonly string[] = [
  'nil', 'bool', 'int', 'float', 'str', 'bytes', 'mpdata', 'regex', 'list', 'tuple', 'set', 'thing', 'wrap', '<anonymous>',
  'closure', 'error', 'datetime', 'timeval', 'room', 'task', 'future', 'module', 'enum',
];

export const isInt = (value: Value): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';
export const isFloat = (value: Value): value is Float => value instanceof Float;
export const isThing = (value: Value): value is Thing => value instanceof Thing;
