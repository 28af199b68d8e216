/**
 * Values from outside: the variables of a query and the arguments of a procedure, as MessagePack from
 * clients or as plain JavaScript values from who uses the library.
 *
 * - Maps become things without a type and without an id; lists become lists, and lists in lists tuples.
 * - Keys must be strs, and none of the single characters that mark packed values ({@link isReservedKey}): so
 *   a client cannot send `{"#": 5}` for a thing. It can send extension 5, and the other ones below; what
 *   they need of the collection stands in {@link VarsContext}.
 * - Errors name the variable: `integer overflow (in argument `x`)`.
 */
import { ERR } from '../errors/codes.ts';
import { QueryError, badDataErr, lookupErr, overflowErr, typeErr, valueErr } from '../errors/query-error.ts';
import { emptyShape, isName, type Shape } from '../values/shape.ts';
import { canonical, fromBytes, isUtf8 } from '../values/str.ts';
import { Bytes, DateTime, float, List, MpData, Obj, Room, Task, Thing, type Value } from '../values/value.ts';
import { KIND, Reader } from './msgpack.ts';

/** What values from outside may refer to. Every method may throw a `QueryError`. */
export interface VarsContext {
  /** The stored thing, room or task of that id in the scope of the request; null when there is none. */
  thing(id: number): Thing | null;
  room(id: number): Room | null;
  task(id: number): Task | null;
  /** A regular expression from `/pattern/flags`. */
  regex(text: string): Value;
  closure(text: string): Value;
  /** An anonymous type from its definition. */
  anonymous(definition: Thing): Value;
}

/** MessagePack extensions of ThingsDB. */
export const EXT = { mpdata: 0, regex: 1, closure: 2, room: 3, task: 4, thing: 5, name: 6, anonymous: 7 } as const;

/** How far lists and maps from outside may be nested. */
const NESTING = 1_000;

/**
 * The variables of a query. Anything else than a map is ignored, as ThingsDB does. Of two equal names the
 * last one counts.
 */
export function readVars(reader: Reader, context: VarsContext): Map<string, Value> {
  const vars = new Map<string, Value>();
  if (reader.atEnd || reader.kind() !== KIND.map) return vars;
  for (let left = reader.map(); left > 0; left--) {
    const name = reader.kind() === KIND.str ? reader.str() : '';
    if (!isName(name)) throw badVariableName();
    vars.set(name, inPlace(() => readValue(reader, context), `(in argument \`${name}\`)`));
  }
  return vars;
}

/**
 * The arguments of a procedure, one for each of its parameters: from an array by position, from a map by
 * name. What is missing is nil, what is too much is passed over.
 */
export function readArgs(reader: Reader | null, procedure: string, parameters: readonly string[], context: VarsContext): Value[] {
  const args: Value[] = parameters.map(() => null);
  if (reader === null || reader.atEnd) return args;
  switch (reader.kind()) {
    case KIND.nil:
      return args;
    case KIND.array: {
      const count = Math.min(reader.array(), parameters.length);
      for (let i = 0; i < count; i++) args[i] = inPlace(() => readValue(reader, context), `(argument ${i} for procedure \`${procedure}\`)`);
      return args;
    }
    case KIND.map:
      for (let left = reader.map(); left > 0; left--) {
        if (reader.kind() !== KIND.str) throw valueErr('arguments keys must be of type `str`');
        const name = reader.str();
        const i = parameters.indexOf(name);
        if (i < 0) reader.skip();
        else args[i] = inPlace(() => readValue(reader, context), `(argument \`${name}\` for procedure \`${procedure}\`)`);
      }
      return args;
    default:
      throw badArguments();
  }
}

/** One value. Also what `mpdata.load()` and the answers of modules need. */
export function readValue(reader: Reader, context: VarsContext): Value {
  return read(reader, context, false, 0);
}

function read(reader: Reader, context: VarsContext, inList: boolean, depth: number): Value {
  if (depth > NESTING) throw badDataErr('nested too deep');
  switch (reader.kind()) {
    case KIND.nil:
      return reader.nil();
    case KIND.bool:
      return reader.bool();
    case KIND.int:
      return reader.int();
    case KIND.float:
      return float(reader.float());
    case KIND.str:
      return reader.str();
    case KIND.bin:
      return new Bytes(reader.bin());
    case KIND.array: {
      const items: Value[] = [];
      for (let left = reader.array(); left > 0; left--) items.push(read(reader, context, true, depth + 1));
      return new List(items, inList);
    }
    case KIND.map: {
      const thing = new Thing(emptyShape());
      for (let left = reader.map(); left > 0; left--) {
        if (reader.kind() !== KIND.str) throw typeErr('property names must be of type `str`');
        const key = reader.str();
        checkKey(key);
        setProperty(thing, key, read(reader, context, false, depth + 1));
      }
      return thing;
    }
    case KIND.ext:
      return readExt(reader, context);
    case KIND.invalid:
      throw badDataErr('unable to unpack; invalid data');
  }
}

function readExt(reader: Reader, context: VarsContext): Value {
  const { type, data } = reader.ext();
  switch (type) {
    case EXT.mpdata:
      checkPacked(data);
      return new MpData(data);
    case EXT.regex:
      return context.regex(text(data));
    case EXT.closure:
      return context.closure(text(data));
    case EXT.name:
      return text(data);
    case EXT.room:
      return context.room(id(data, 'a room type')) ?? new Room();
    case EXT.task:
      return context.task(id(data, 'a task type')) ?? new Task(0);
    case EXT.thing: {
      const found = id(data, 'a thing id');
      const thing = context.thing(found);
      if (thing === null) throw lookupErr(`cannot unpack find \`thing\` with id ${found}`);
      return thing;
    }
    case EXT.anonymous: {
      const definition = readValue(new Reader(data), context);
      if (!(definition instanceof Thing)) throw badDataErr('expecting the definition of an anonymous type to be a map');
      return context.anonymous(definition);
    }
    default:
      throw badDataErr(`msgpack extension type ${type} is not supported by ThingsDB`);
  }
}

/** Mpdata is put into answers as it is, so it must be one whole value, or it would break the packages after it. */
function checkPacked(data: Uint8Array): void {
  const reader = new Reader(data);
  reader.skip();
  if (!reader.atEnd) throw badDataErr('unable to unpack; extra data after mpdata');
}

function text(data: Uint8Array): string {
  return fromBytes(data);
}

/** An id: eight bytes, big endian, as MessagePack has its ints. */
function id(data: Uint8Array, what: string): number {
  if (data.length !== 8) throw badDataErr(`expecting ${what} of size 8 but got ${data.length}`);
  const value = new DataView(data.buffer, data.byteOffset, 8).getBigUint64(0);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : 0;
}

/** Variables from plain JavaScript values. `undefined` leaves one out. */
export function plainVars(vars: Readonly<Record<string, unknown>>, context: VarsContext): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const [name, value] of Object.entries(vars)) {
    if (value === undefined) continue;
    if (!isName(name)) throw badVariableName();
    values.set(name, inPlace(() => plainValue(value, context), `(in argument \`${name}\`)`));
  }
  return values;
}

/** Arguments of a procedure from plain JavaScript values. */
export function plainArgs(args: unknown, procedure: string, parameters: readonly string[], context: VarsContext): Value[] {
  if (args === null || args === undefined) return parameters.map(() => null);
  if (Array.isArray(args))
    return parameters.map((_, i) => (i < args.length ? inPlace(() => plainValue(args[i], context), `(argument ${i} for procedure \`${procedure}\`)`) : null));
  if (typeof args !== 'object') throw badArguments();
  const named = args as Record<string, unknown>;
  return parameters.map((name) =>
    Object.hasOwn(named, name) ? inPlace(() => plainValue(named[name], context), `(argument \`${name}\` for procedure \`${procedure}\`)`) : null,
  );
}

/**
 * A value from a plain one. A number without fraction is an int, any other a float; for a float that has none,
 * pass `float(1)`. A bigint is an int of 64 bits, a `Date` a datetime in UTC, a `Map` or an object a thing.
 */
export function plainValue(value: unknown, context: VarsContext): Value {
  return fromPlain(value, context, false, 0);
}

function fromPlain(value: unknown, context: VarsContext, inList: boolean, depth: number): Value {
  if (depth > NESTING) throw badDataErr('nested too deep');
  switch (typeof value) {
    case 'undefined':
      return null;
    case 'boolean':
      return value;
    case 'number':
      return Number.isSafeInteger(value) ? (value === 0 ? 0 : value) : float(value);
    case 'bigint':
      if (value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
      if (value < -(2n ** 63n) || value >= 2n ** 63n) throw overflowErr('integer overflow');
      return value;
    case 'string':
      return plainStr(value);
    case 'object':
      return value === null ? null : fromObject(value, context, inList, depth);
    default:
      throw typeErr(`a JavaScript ${typeof value} has no such value`);
  }
}

function fromObject(value: object, context: VarsContext, inList: boolean, depth: number): Value {
  if (value instanceof Obj) return value;
  if (Array.isArray(value)) return new List(value.map((item) => fromPlain(item, context, true, depth + 1)), inList);
  if (value instanceof Uint8Array) return new Bytes(value.slice());
  if (value instanceof ArrayBuffer) return new Bytes(new Uint8Array(value.slice(0)));
  if (value instanceof Date) {
    const seconds = Math.floor(value.getTime() / 1000);
    if (Number.isNaN(seconds)) throw valueErr('invalid date');
    return new DateTime(seconds, 0, 'UTC', false);
  }
  if (value instanceof RegExp) return context.regex(`/${value.source}/${value.flags}`);
  const thing = new Thing(emptyShape());
  for (const [key, item] of value instanceof Map ? value : Object.entries(value)) {
    if (typeof key !== 'string') throw typeErr('property names must be of type `str`');
    if (item === undefined) continue;
    const name = plainStr(key);
    checkKey(name);
    setProperty(thing, name, fromPlain(item, context, false, depth + 1));
  }
  return thing;
}

/** A JavaScript string may hold halves of characters; those that do not stand for a byte are no str. */
function plainStr(text: string): string {
  if (!/[\ud800-\udfff]/.test(text)) return text;
  return canonical(text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udc7f\udd00-\udfff]/g, '\ufffd'));
}

/** Single characters from blank to slash mark packed values in ThingsDB and are no names of properties. */
export function isReservedKey(key: string): boolean {
  if (key.length !== 1) return false;
  const unit = key.charCodeAt(0);
  return unit >= 0x20 && unit <= 0x2f;
}

function checkKey(key: string): void {
  if (isReservedKey(key)) throw valueErr(`property \`${key}\` is reserved`, 'overview/properties');
  if (!isUtf8(key)) throw valueErr('properties must have valid UTF-8 encoding');
}

/** Sets a property of a thing that is being made, without events: nobody knows it yet. */
function setProperty(thing: Thing, key: string, value: Value): void {
  if (value instanceof List && value.owner === null) {
    value.owner = thing;
    value.key = key;
  }
  const i = thing.shape.find(key);
  if (i >= 0) {
    thing.setValueAt(i, value);
    return;
  }
  thing.setValueAt(thing.count, value);
  thing.shape = withKey(thing.shape, key);
}

function withKey(shape: Shape, key: string): Shape {
  if (shape.dict || isName(key)) return shape.with(key);
  // The first key that is no name makes a dictionary of the thing.
  const own = shape.own();
  own.makeDict();
  return own.with(key);
}

/** Adds to an error where in the request it arose. */
function inPlace<T>(read: () => T, place: string): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const placed = new QueryError(error.code, `${error.message} ${place}`, error.docs, error.hint);
    placed.tail = ` ${place}`;
    throw placed;
  }
}

function badVariableName(): QueryError {
  return valueErr('each argument name in a `query` request must follow the naming rules', 'overview/names');
}

function badArguments(): QueryError {
  return new QueryError(
    ERR.badData,
    'run expects arguments to be of type map or array; no arguments (or nil) is also accepted as a valid request',
  );
}
