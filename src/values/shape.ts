/**
 * The names of a thing's properties, apart from their values, so that a million things that look alike share
 * one table of names and a property is found by comparing one pointer (inline caches in the evaluator).
 *
 * A shape also says what else such things have in common: their type, or what `restrict` demands of their values.
 *
 * Three kinds:
 * - shared: immutable, reached from {@link emptyShape} by adding names; things with the same names added in
 *   the same order (and restricted alike) have the same shape. For small things without odd names.
 * - a type's: owned by a {@link Type}, changed only by changing the type together with all its instances.
 * - own: a table of one thing. For many names, after a removal, and for dictionaries.
 *
 * ThingsDB keeps insertion order; removing or renaming moves the last property into the hole. The first key
 * that is no valid name turns the thing into a dictionary, for good: from then on keys are in byte order.
 */
import { LargeKeyIndex, MAP_KEYS_MAX, type KeyIndex } from './key-index.ts';
import { compareStr } from './str.ts';
import type { Enum } from './enum.ts';
import type { Spec } from './spec.ts';
import type { Type } from './type.ts';
import type { Thing, Value } from './value.ts';

/** Names beyond which a thing gets a table of its own: longer chains of shared shapes are rarely shared. */
const SHARED_KEYS_MAX = 32;
/** Shared shapes alive at one time from one root; a new root is started beyond it, so that hostile names cannot fill memory. */
const SHARED_SHAPES_MAX = 20_000;

export class Shape {
  /** In storage order: `valueAt(i)` of a thing belongs to `keys[i]`. */
  readonly keys: string[];
  private index: KeyIndex;
  /** True when other things may have this same shape: it must not be changed. */
  readonly shared: boolean;
  /** True for a dictionary: its keys are listed in byte order. */
  dict: boolean;
  /** The type of which such things are instances; null for plain ones. */
  readonly type: Type | null;
  /** What `restrict` demands of every value; null when anything goes. */
  spec: Spec | null;
  private next: Map<string, Shape> | null;
  /** Positions in the order of their keys: all, or those that were there when it was last asked for. */
  private sorted: number[] | null;
  /** What `wire/` made of the names (opaque here), when it first needed that; only of a shared shape, whose names never change. */
  packed: unknown;

  constructor(keys: string[], shared: boolean, dict: boolean, type: Type | null = null, spec: Spec | null = null) {
    this.keys = keys;
    const index = new Map<string, number>();
    for (let i = 0; i < keys.length; i++) index.set(keys[i]!, i);
    this.index = index;
    this.shared = shared;
    this.dict = dict;
    this.type = type;
    this.spec = spec;
    this.next = null;
    this.sorted = null;
    this.packed = null;
  }

  /** Position of a name, and of its value in a thing; -1 when there is no such property. */
  find(key: string): number {
    const i = this.index.get(key);
    return i === undefined ? -1 : i;
  }

  /** Positions in the order in which the properties are listed. Null means: 0, 1, 2, … */
  order(): readonly number[] | null {
    if (!this.dict) return null;
    const { keys } = this;
    const sorted = (this.sorted ??= []);
    if (sorted.length < keys.length) {
      // With new ones at the end of those that are in order JavaScript's sort only merges them in.
      for (let i = sorted.length; i < keys.length; i++) sorted.push(i);
      sorted.sort((a, b) => compareStr(keys[a]!, keys[b]!));
    }
    return sorted;
  }

  /** The shape that has `key` added at the end; `this` itself, changed, when it is not shared. */
  with(key: string): Shape {
    if (!this.shared) {
      this.index.set(key, this.keys.length);
      this.keys.push(key);
      if (this.index instanceof Map && this.index.size > MAP_KEYS_MAX) this.index = new LargeKeyIndex(this.index);
      return this;
    }
    let shape = this.next?.get(key);
    if (shape === undefined) {
      if (this.keys.length >= SHARED_KEYS_MAX) return new Shape([...this.keys, key], false, this.dict, this.type, this.spec);
      shape = new Shape([...this.keys, key], true, this.dict, this.type, this.spec);
      (this.next ??= new Map()).set(key, shape);
      countShape();
    }
    return shape;
  }

  /** A table of its own with the same names, for a thing that is about to change it. */
  own(): Shape {
    return this.shared ? new Shape([...this.keys], false, this.dict, this.type, this.spec) : this;
  }

  /** The shape of a plain thing that has the same names and is restricted so; null for not at all. */
  restrictedBy(spec: Spec | null): Shape {
    if (this.shared) return this.keys.reduce((shape, key) => shape.with(key), roots.of(this.dict, spec));
    this.spec = spec;
    return this;
  }

  /** The shape of a plain thing that has lost all its properties. */
  cleared(): Shape {
    return roots.of(this.dict, this.spec);
  }

  /** Only on a shape of its own: takes name `i` out, moving the last one into its place. */
  removeAt(i: number): void {
    const keys = this.keys;
    this.index.delete(keys[i]!);
    const last = keys.pop()!;
    if (i < keys.length) {
      keys[i] = last;
      this.index.set(last, i);
    }
    this.sorted = null;
  }

  makeDict(): void {
    this.dict = true;
    this.sorted = null;
  }
}

/** The shapes without names, from which all shared ones are reached. */
class Roots {
  private readonly plain = new Shape([], true, false);
  private readonly dict = new Shape([], true, true);
  /** Those of restricted things, by what the restriction names and the rest of its text. */
  private readonly restricted = new WeakMap<Type | Enum | Roots, Map<string, Shape>>();

  of(dict: boolean, spec: Spec | null): Shape {
    if (spec === null) return dict ? this.dict : this.plain;
    const named = spec.target ?? this;
    let byText = this.restricted.get(named);
    if (byText === undefined) this.restricted.set(named, byText = new Map());
    const text = `${dict ? 'dict' : ''} ${spec.head}${spec.tail}`;
    let shape = byText.get(text);
    if (shape === undefined) {
      byText.set(text, shape = new Shape([], true, dict, null, spec));
      countShape();
    }
    return shape;
  }
}

// A cache, not state: which shapes are shared changes no answer, only speed.
let roots = new Roots();
let alive = 0;

function countShape(): void {
  if (++alive > SHARED_SHAPES_MAX) {
    roots = new Roots();
    alive = 0;
  }
}

/** How many shapes are shared at present. */
export function sharedShapes(): number {
  return alive;
}

/** The shape of a thing without properties. */
export function emptyShape(): Shape {
  return roots.of(false, null);
}

/** The shape of a thing without properties whose keys will be listed in byte order from the first on. */
export function emptyDictShape(): Shape {
  return roots.of(true, null);
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether `text` follows the naming rules: a letter or `_`, then letters, digits and `_`; at most 255 bytes. */
export function isName(text: string): boolean {
  return text.length <= 255 && NAME.test(text);
}

/** Calls `visit` for each property in the order in which ThingsDB lists them. */
export function eachProperty(thing: Thing, visit: (key: string, value: Value) => void): void {
  const { shape } = thing;
  const order = shape.order();
  if (order === null) {
    for (let i = 0; i < shape.keys.length; i++) visit(shape.keys[i]!, thing.valueAt(i));
  } else {
    for (const i of order) visit(shape.keys[i]!, thing.valueAt(i));
  }
}
