/**
 * A set of things that stays quick to change however large it becomes. JavaScript's own set moves all that it has each
 * time that it has doubled, which takes 100 ms at half a million; here nothing ever moves more than some thousand.
 *
 * The things stand in a table in order of adding, at eight bytes each, and an index leads from a thing to its position,
 * at fifteen: extendible hashing by id, over small tables. So it must be told before its things lose their ids
 * ({@link LargeSet.forgetIds}); those that had none when they were added are found by themselves.
 */
import { assert } from '../errors/assert.ts';
import { HashDirectory, mix, type Bucket } from './hash-directory.ts';
import { IdTable } from './id-table.ts';
import type { Thing } from './value.ts';

/** The things of a set, or the instances of a type, to be read: JavaScript's own set while they are few, or a {@link LargeSet}. */
export interface Things extends Iterable<Thing> {
  readonly size: number;
  has(thing: Thing): boolean;
  values(): IterableIterator<Thing>;
  forEach(visit: (thing: Thing) => void): void;
}

export interface ChangeableThings extends Things {
  add(thing: Thing): unknown;
  /** False when it was not there. */
  delete(thing: Thing): boolean;
}

/** Things beyond which a set is a large one. Below, JavaScript's own is quicker, and moves all of it in 7 ms. */
export const LARGE_SET_MIN = 1 << 16;

/** The same things, as a large set when they are many and as a small one when few are left. */
export function fitSize(things: ChangeableThings): ChangeableThings {
  if (things instanceof LargeSet) return things.size < LARGE_SET_MIN / 4 ? new Set(things) : things;
  return things.size < LARGE_SET_MIN ? things : new LargeSet([...things]);
}

/** All of them, in an array. */
export function toArray(things: Things): Thing[] {
  return things instanceof LargeSet ? things.toArray() : [...things];
}

/** Positions that one set can give out: they are kept in 32 bits, where 0 is a free place. */
const POSITIONS = 2 ** 32 - 1;

export class LargeSet implements ChangeableThings {
  /** By position. */
  private order: IdTable<Thing>;
  /** Null once ids may have changed. */
  private index: Index | null;
  /** Positions of those that the index does not have. */
  private others: Map<Thing, number>;
  /** The next position. */
  private next: number;
  private readonly positions: number;

  /** The things are different ones. */
  constructor(things: readonly Thing[] = [], positions = POSITIONS) {
    this.order = new IdTable();
    this.index = new Index(this.order, things.length);
    this.others = new Map();
    this.next = 0;
    this.positions = positions;
    for (const thing of things) this.place(thing);
  }

  /** Of things whose ids may change. */
  static ofAny(things: readonly Thing[]): LargeSet {
    const set = new LargeSet();
    set.forgetIds();
    for (const thing of things) set.order.add(set.next++, thing);
    return set;
  }

  get size(): number {
    return this.order.size;
  }

  has(thing: Thing): boolean {
    return this.find(thing) >= 0;
  }

  add(thing: Thing): void {
    if (this.find(thing) >= 0) return;
    if (this.next === this.positions) this.renumber();
    this.place(thing);
  }

  delete(thing: Thing): boolean {
    const position = this.find(thing);
    if (position < 0) return false;
    if (!this.others.delete(thing)) this.index!.delete(thing.id, position);
    this.order.delete(position);
    return true;
  }

  /** In order of adding; things may come and go meanwhile. */
  values(): IterableIterator<Thing> {
    return this.order.values();
  }

  [Symbol.iterator](): Iterator<Thing> {
    return this.order.values();
  }

  forEach(visit: (thing: Thing) => void): void {
    for (const thing of this) visit(thing);
  }

  /** In order of adding; none may come or go meanwhile. */
  portions(): Iterable<readonly Thing[]> {
    return this.order.portions();
  }

  toArray(): Thing[] {
    return this.order.toArray();
  }

  /** From now on its things may lose their ids, or get others. */
  forgetIds(): void {
    this.index = null;
  }

  /** From now on they keep them again. */
  keepIds(): void {
    if (this.index !== null) return;
    this.index = new Index(this.order, 0);
    this.renumber();
  }

  /** Position of a thing; -1 when it is not here. */
  private find(thing: Thing): number {
    // The first time after the ids were forgotten; mostly nobody asks any more.
    if (this.index === null && this.others.size < this.size) this.renumber();
    const { index, others } = this;
    const position = others.size === 0 ? undefined : others.get(thing);
    if (position !== undefined) return position;
    return index === null || thing.id === 0 ? -1 : index.find(thing);
  }

  private place(thing: Thing): void {
    const position = this.next++;
    this.order.add(position, thing);
    if (this.index !== null && thing.id !== 0) this.index.add(thing.id, position);
    else this.others.set(thing, position);
  }

  /** Gives all things positions anew, without gaps. */
  private renumber(): void {
    const things = this.toArray();
    this.order = new IdTable();
    if (this.index !== null) this.index = new Index(this.order, things.length);
    this.others = new Map();
    this.next = 0;
    for (const thing of things) this.place(thing);
  }
}

/** Bits of a hash that tables are chosen by, at most. */
const DEPTH_MAX = 21;
/** Places of a table, chosen by the bits of a hash that tables are not chosen by; and how many of them are taken at most. */
const PLACES = 2 ** (32 - DEPTH_MAX);
const FULL = PLACES * 3 / 4;

/** Positions by hash. Each stands at the place that the highest bits of its hash say, or behind it. */
class Positions implements Bucket {
  /** By place the hash, then the position and one more; 0 is a free place. */
  readonly places: Uint32Array;
  readonly depth: number;
  count: number;
  constructor(depth: number) {
    this.places = new Uint32Array(2 * PLACES);
    this.depth = depth;
    this.count = 0;
  }

  add(hash: number, position: number): void {
    const { places } = this;
    let at = placeOf(hash);
    while (places[at + 1] !== 0) at = after(at);
    places[at] = hash;
    places[at + 1] = position + 1;
    this.count++;
  }

  delete(hash: number, position: number): void {
    const { places } = this;
    let free = placeOf(hash);
    while (places[free + 1] !== position + 1) free = after(free);
    // What stands behind moves up, unless it would come to stand before its place.
    for (let at = after(free); places[at + 1] !== 0; at = after(at)) {
      if (distance(placeOf(places[at]!), at) < distance(free, at)) continue;
      places[free] = places[at]!;
      places[free + 1] = places[at + 1]!;
      free = at;
    }
    places[free + 1] = 0;
    this.count--;
  }

  /** Gives all positions to the tables that `choose` names by their hashes. */
  moveTo(choose: (hash: number) => Positions): void {
    const { places } = this;
    for (let at = 0; at < places.length; at += 2) {
      if (places[at + 1] !== 0) choose(places[at]!).add(places[at]!, places[at + 1]! - 1);
    }
  }
}

/** From ids to positions. */
class Index {
  private readonly order: IdTable<Thing>;
  private readonly tables: HashDirectory<Positions>;

  /** With room for so many. */
  constructor(order: IdTable<Thing>, count: number) {
    this.order = order;
    this.tables = new HashDirectory(depth => new Positions(depth), Math.log2(count / FULL) + 1);
  }

  /** Position of a thing that has an id; -1 when it is not here. */
  find(thing: Thing): number {
    const hash = hashOf(thing.id);
    const { places } = this.tables.of(hash);
    for (let at = placeOf(hash); places[at + 1] !== 0; at = after(at)) {
      // Ids above 32 bits may have the same hash.
      if (places[at] === hash && this.order.get(places[at + 1]! - 1) === thing) return places[at + 1]! - 1;
    }
    return -1;
  }

  add(id: number, position: number): void {
    const hash = hashOf(id);
    while (this.tables.of(hash).count === FULL) this.split(hash);
    this.tables.of(hash).add(hash, position);
  }

  /** That id has this position. */
  delete(id: number, position: number): void {
    const hash = hashOf(id);
    const table = this.tables.of(hash);
    table.delete(hash, position);
    if (table.count < FULL / 4) this.merge(hash, table);
  }

  /** Makes two tables of the one for that hash. */
  private split(hash: number): void {
    const table = this.tables.of(hash);
    const { depth } = table;
    assert(depth < DEPTH_MAX, 'ids differ in their hashes');
    const bit = 1 << depth;
    const low = new Positions(depth + 1);
    const high = new Positions(depth + 1);
    table.moveTo(moved => (moved & bit) === 0 ? low : high);
    this.tables.put(hash & ~bit, low);
    this.tables.put(hash | bit, high);
  }

  /** Makes one table of two, when neither has much left. */
  private merge(hash: number, table: Positions): void {
    const other = this.tables.buddy(hash);
    if (other === null || table.count + other.count > FULL / 2) return;
    const both = new Positions(table.depth - 1);
    table.moveTo(() => both);
    other.moveTo(() => both);
    this.tables.put(hash, both);
  }
}

/** Different for different ids below 2 ** 32. */
const hashOf = (id: number): number => mix(id ^ (id / 2 ** 32));
const placeOf = (hash: number): number => (hash >>> DEPTH_MAX) * 2;
const after = (place: number): number => (place + 2) % (2 * PLACES);
const distance = (from: number, to: number): number => (to - from + 2 * PLACES) % (2 * PLACES);
