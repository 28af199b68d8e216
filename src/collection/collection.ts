/**
 * The state of one collection: the things reachable from its root, by id, with its types, enums, rooms,
 * procedures and tasks. Replicas hold the same; what changes it stands in `mutate.ts` (with a record of the
 * change) and `apply.ts` (replay), which both end in the operations here.
 *
 * A thing is stored as long as something stored refers to it: `ref` and `release` count. A count that has
 * fallen to zero takes effect at the end of the change ({@link Collection.sweep}), in the same order on every
 * replica, so that a thing that is moved within one query keeps its id.
 */
import { AnsweredRequests } from './answered.ts';
import { assert } from '../errors/assert.ts';
import { IdTable } from '../values/id-table.ts';
import { emptyShape } from '../values/shape.ts';
import { List, Room, Task, Thing, ThingSet, Wrap, type Closure, type Obj, type Value } from '../values/value.ts';
import type { Type } from '../values/type.ts';
import type { Enum } from '../values/enum.ts';
import { Collector } from './collector.ts';
import { NameState, NameTable } from './name-table.ts';
import { end } from './rooms.ts';

/** The id of a collection's root. */
export const ROOT_ID = 1;

/** A named closure of a collection or of `@thingsdb`. */
export interface Procedure {
  name: string;
  closure: Closure;
  /** UNIX seconds. */
  createdAt: number;
}

/** One entry of the history that `commit()` writes. */
export interface Commit {
  /** Id of the change. */
  readonly id: number;
  /** UNIX seconds. */
  readonly createdAt: number;
  /** Name of the user at that time. */
  readonly by: string;
  readonly message: string;
  readonly code: string;
  /** Text of the error that ended the query; null when it went well. */
  readonly error: string | null;
}

/** Who is told of things before they change, so as to see them as they were. */
export interface Watcher {
  /** What a stored thing holds, or what it is, is about to change; with a key only that property. */
  changing(thing: Thing, key?: string): void;
  /** It is about to be stored no longer. */
  dropping(thing: Thing): void;
}

export class Collection {
  readonly id: number;
  name: string;
  /** UNIX seconds. */
  readonly createdAt: number;
  /** Default time zone of its dates. */
  zone: string;
  /** Default depth of results, 0 … 127. */
  deep: number;
  /** The id that the next stored thing, room or task gets. */
  nextId: number;
  readonly root: Thing;
  readonly things: IdTable<Thing>;
  readonly rooms: IdTable<Room>;
  readonly roomsByName: Map<string, Room>;
  /** Of its types, enums and procedures. */
  readonly names: NameState;
  readonly types: Map<string, Type>;
  /** Those that were deleted too: wraps may still refer to them. */
  readonly typesById: Map<number, Type>;
  /** Types that were deleted, by their last name: a new one of that name is the same again. */
  readonly removedTypes: Map<string, Type>;
  nextTypeId: number;
  readonly enums: Map<string, Enum>;
  readonly enumsById: Map<number, Enum>;
  readonly procedures: Map<string, Procedure>;
  /** In order of creation; removing one moves the last into its place. */
  readonly tasks: Task[];
  /** Commits, oldest first; null while no history is kept. */
  history: Commit[] | null;
  /** Things and rooms whose count fell to zero in the running change. */
  private doomed: (Thing | Room)[];
  /** Finds what counts cannot tell: rings. */
  readonly collector: Collector;
  /** Requests that clients may repeat: all scopes share what is known of them. */
  requests: AnsweredRequests;
  /** Snapshots that are being taken. */
  readonly watchers: Set<Watcher>;

  constructor(id: number, name: string, createdAt: number) {
    this.id = id;
    this.name = name;
    this.createdAt = createdAt;
    this.zone = 'UTC';
    this.deep = 1;
    this.nextId = ROOT_ID;
    this.things = new IdTable();
    this.rooms = new IdTable();
    this.roomsByName = new Map();
    this.names = new NameState();
    this.types = new NameTable(this.names);
    this.typesById = new Map();
    this.removedTypes = new Map();
    this.nextTypeId = 0;
    this.enums = new NameTable(this.names);
    this.enumsById = new Map();
    this.procedures = new NameTable(this.names);
    this.tasks = [];
    this.history = null;
    this.doomed = [];
    this.collector = new Collector(this);
    this.requests = new AnsweredRequests();
    this.watchers = new Set();
    this.root = new Thing(emptyShape());
    this.adopt(this.root, this.nextId++);
    this.root.refs = 1;
  }

  /** Makes a thing a stored one. Its values are counted by the caller. */
  adopt(thing: Thing, id: number): void {
    assert(thing.id === 0 && !this.things.has(id), 'a thing is stored once');
    thing.id = id;
    thing.refs = 0;
    this.things.add(id, thing);
    if (thing.type !== null) thing.type.addInstance(thing);
    if (id >= this.nextId) this.nextId = id + 1;
  }

  adoptRoom(room: Room, id: number): void {
    assert(room.id === 0 && !this.rooms.has(id), 'a room is stored once');
    room.id = id;
    room.refs = 0;
    this.rooms.add(id, room);
    if (id >= this.nextId) this.nextId = id + 1;
  }

  /** To be called before anything of a stored thing changes, or with a key before that property does, or what the list or set there holds. */
  changing(thing: Thing, key?: string): void {
    if (this.watchers.size > 0) for (const watcher of this.watchers) watcher.changing(thing, key);
  }

  /** Counts what `value` refers to directly; `fresh` is called for each thing or room without an id. */
  ref(value: Value, fresh: (found: Thing | Room) => void): void {
    if (typeof value !== 'object' || value === null) return;
    if (value instanceof Thing || value instanceof Room) {
      if (value.id === 0) fresh(value);
      value.refs++;
      if (value instanceof Thing) this.collector.reach(value);
    } else if (value instanceof List) {
      for (const item of value.items) this.ref(item, fresh);
    } else if (value instanceof ThingSet) {
      for (const thing of value.things) this.ref(thing, fresh);
      value.stored();
    } else if (value instanceof Wrap) {
      this.ref(value.thing, fresh);
    }
  }

  /** Takes back what {@link ref} counted. */
  release(value: Value): void {
    if (typeof value !== 'object' || value === null) return;
    if (value instanceof Thing || value instanceof Room) {
      assert(value.refs > 0, 'references are counted');
      if (--value.refs === 0) this.doomed.push(value);
      else if (value instanceof Thing) this.collector.detached++;
    } else if (value instanceof List) {
      for (const item of value.items) this.release(item);
    } else if (value instanceof ThingSet) {
      value.freed();
      for (const thing of value.things) this.release(thing);
    } else if (value instanceof Wrap) {
      this.release(value.thing);
    }
  }

  /** Notes a thing or room that was stored although, in the end, nothing refers to it. */
  doom(value: Thing | Room): void {
    this.doomed.push(value);
  }

  /** The same of those that were stored at once, if nothing refers to them yet; the array is the collection's from now on. */
  doomAll(found: (Thing | Room)[]): void {
    if (this.doomed.length === 0 && found.every(value => value.refs === 0)) this.doomed = found;
    else for (const value of found) if (value.refs === 0) this.doomed.push(value);
  }

  /** True while something may have to be dropped. */
  get hasDoomed(): boolean {
    return this.doomed.length > 0;
  }

  /**
   * Within a change: things that nothing refers to, and that the query does not hold, are stored no longer; gives
   * their ids. Rooms stay until the end of the change, since their end is an event for those who joined.
   */
  drop(held: ReadonlySet<Obj>): number[] {
    const { doomed } = this;
    const ids: number[] = [];
    const kept: (Thing | Room)[] = [];
    // Grows while it runs: what a dropped thing held may be dropped too.
    for (let i = 0; i < doomed.length; i++) {
      const value = doomed[i]!;
      if (value.refs > 0 || value.id === 0) continue;
      if (value instanceof Room || held.has(value)) kept.push(value);
      else {
        ids.push(value.id);
        this.dropThing(value);
      }
    }
    this.doomed = kept;
    return ids;
  }

  /** Repeats what {@link drop} did. */
  dropByIds(ids: readonly number[]): void {
    for (const id of ids) {
      const thing = this.things.get(id);
      if (thing !== undefined && thing.refs === 0) this.dropThing(thing);
    }
  }

  /** Drops things that nothing but they themselves refers to. */
  dropUnreachable(ids: readonly number[]): void {
    const { detached } = this.collector;
    for (const id of ids) {
      const thing = this.things.get(id);
      assert(thing !== undefined, 'garbage is stored until it is collected');
      this.dropThing(thing);
    }
    this.collector.collected += ids.length;
    // Of what they refer to the rest is reached otherwise: this makes no work for another round.
    this.collector.detached = detached;
  }

  /**
   * At the end of a change: what nothing refers to any more is stored no longer. Those who joined a room are told.
   */
  sweep(): void {
    // Grows while it runs: what a dropped thing held may be dropped too.
    for (let i = 0; i < this.doomed.length; i++) {
      const value = this.doomed[i]!;
      if (value.refs > 0 || value.id === 0) continue;
      if (value instanceof Room) {
        // One that had ended before, but was held by a query since, is not here any more.
        if (this.rooms.has(value.id)) this.rooms.delete(value.id);
        if (value.name !== null) this.roomsByName.delete(value.name);
        end(this, value);
      } else this.dropThing(value);
    }
    if (this.doomed.length > 0) this.doomed = [];
  }

  /** The collection is no more. */
  end(): void {
    for (const room of this.rooms.values()) end(this, room);
  }

  private dropThing(thing: Thing): void {
    if (this.watchers.size > 0) for (const watcher of this.watchers) watcher.dropping(thing);
    if (thing.type !== null) thing.type.removeInstance(thing);
    this.things.delete(thing.id);
    thing.id = 0;
    for (let at = 0; at < thing.count; at++) this.release(thing.valueAt(at));
  }

  procedure(name: string): Procedure | null {
    return this.procedures.get(name) ?? null;
  }
}
