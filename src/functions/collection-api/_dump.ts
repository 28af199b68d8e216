/**
 * ThingsDB's format of a dump, which `export({dump: true})` writes and `import` reads.
 *
 * MessagePack: an array of a number for the format, a version, then parts. A part is an array of its code and its
 * body; most bodies are maps whose keys are all empty, so only the order of the values counts. Values are those of
 * MessagePack, and maps with a single key of one character, and extensions, for what MessagePack does not have.
 * A thing is written where it is met first, later ones are references by id.
 */
import { KIND_BY_NAME, KIND, type Spec } from '../../values/spec.ts';
import type { Collection } from '../../collection/collection.ts';
import { Enum } from '../../values/enum.ts';

export const FORMAT = 1500;

/** Codes of the parts, in the order in which they are written. */
export const PART = {
  /** id, created at, name, number of members, names */
  newEnum: 75,
  /** id, created at, name, wrap-only, hide id, index */
  newType: 35,
  /** id, modified at, wrap-only, hide id, index, fields, methods */
  setType: 51,
  /** id, run at, owner (0), closure, arguments (empty) */
  newTask: 59,
  /** The root: a value, no map. */
  root: 77,
  /** id, members with their values, methods */
  setEnum: 76,
  /** id, arguments; the first one is nil */
  taskArgs: 63,
  /** modified at, type, field, other type, other field */
  relation: 25,
  /** name, created at, closure */
  procedure: 32,
  /** id and name in an array, no map */
  roomName: 79,
} as const;

/** Keys of maps that stand for values. */
export const MARK = { thing: ',', instance: '.', set: '$', member: '%', datetime: "'", timeval: '"', error: '!', wrap: '&', anonymousWrap: ' ' } as const;

/** Restrictions of things are numbers: these for the kinds, others for types and enums. */
const KINDS = [
  'any', 'thing', 'raw', 'str', 'utf8', 'bytes', 'int', 'uint', 'pint', 'nint', 'float', 'number', 'bool', '[]', '{}', 'datetime', 'timeval',
  'regex', 'closure', 'error', 'room', 'task', 'email', 'url', 'tel', 'enum',
];
const FIRST_KIND = 0x4000;
const FIRST_ENUM = 0x6000;
const NILLABLE = 0x8000;
export const UNRESTRICTED = FIRST_KIND;

/** Null for what the format has no number for. */
export function restrictionNumber(spec: Spec | null): number | null {
  if (spec === null || spec.isVoid) return UNRESTRICTED;
  const nillable = spec.nillable ? NILLABLE : 0;
  const { target, kind } = spec;
  if (target !== null) return nillable + (target instanceof Enum ? FIRST_ENUM + target.id : target.id);
  if (spec.item !== null) return null;
  const at = kind === KIND.list ? KINDS.indexOf('[]') : kind === KIND.set ? KINDS.indexOf('{}') : KINDS.findIndex(name => KIND_BY_NAME.get(name) === kind);
  return at < 0 ? null : nillable + FIRST_KIND + at;
}

/** The definition that a number stands for; null for none, undefined when there is no such number. */
export function restrictionText(number: number, collection: Collection): string | null | undefined {
  if (number === UNRESTRICTED) return null;
  const id = number % NILLABLE;
  const name = id >= FIRST_ENUM ? collection.enumsById.get(id - FIRST_ENUM)?.name
    : id >= FIRST_KIND ? KINDS[id - FIRST_KIND]
    : collection.typesById.get(id)?.name;
  return name === undefined ? undefined : name + (number >= NILLABLE ? '?' : '');
}

/** A step of work on nested values: it gives what it waits for, and gets that one's result. */
export type Work<T> = Generator<Work<unknown>, T, unknown>;

/** Runs nested work without recursion: a chain of things may be as long as memory. */
export function drive<T>(work: Work<T>): T {
  const stack: Work<unknown>[] = [work];
  let result: unknown;
  for (;;) {
    const { done, value } = stack[stack.length - 1]!.next(result);
    if (done !== true) {
      stack.push(value);
      result = undefined;
      continue;
    }
    stack.pop();
    result = value;
    if (stack.length === 0) return result as T;
  }
}
