/**
 * Takes a snapshot: the whole state of an engine exactly after one change, as a stream of blocks, while queries go on.
 *
 * What is small is written at once. Things follow by ascending id, a few at a time; one that is about to change, or
 * to be dropped, before its turn has come is written then, as it still is. Things that came later have higher ids
 * than all that were there, and are left out. So each is written once, as it was, and nothing is kept in memory but
 * blocks that nobody has taken yet, and the ids of what was written early.
 *
 * A long list, set or dictionary is not written at one go, and may change meanwhile: a flat copy is. The lists and sets
 * that a long dictionary holds, which may be as many, are copied when they are about to change.
 */
import type { AnsweredClient, AnsweredRequests } from '../collection/answered.ts';
import type { Collection, Commit, Watcher } from '../collection/collection.ts';
import { IdSet } from '../collection/id-set.ts';
import { encodeValue, type Naming } from '../collection/store-codec.ts';
import { encodeSpec, encodeText } from '../collection/type-codec.ts';
import type { Engine } from '../engine.ts';
import { getProperty } from '../values/raw.ts';
import { toArray } from '../values/large-set.ts';
import type { Shape } from '../values/shape.ts';
import type { Type } from '../values/type.ts';
import { Bytes, List, Member, MpData, Task, ThingSet, type Room, type Thing, type Value } from '../values/value.ts';
import type { Writer } from '../wire/msgpack.ts';
import { BlockWriter } from './blocks.ts';
import { ENTRY, ENTRY_END, SNAPSHOT_FORMAT } from './format.ts';
import { encodeCollection, encodeCollectionIds, encodeSystem } from './small-state.ts';

export interface SnapshotOptions {
  /** Bytes of a block, about. It takes a millisecond or less to make one of the default, 64 KiB. */
  readonly blockBytes: number;
  /** Items beyond which a container is written in pieces. Default 1000. */
  readonly longItems: number;
  /** Bytes or characters beyond which a value has an entry of its own: one entry is packed in one buffer. Default 64 Ki. */
  readonly longBytes: number;
}

const DEFAULTS: SnapshotOptions = { blockBytes: 1 << 16, longItems: 1_000, longBytes: 1 << 16 };

/** Items of an entry of a container that is written in pieces. */
const PIECE_ITEMS = 256;

/** Begins a snapshot. To be called between queries; whoever does not read it to its end must end it. */
export function takeSnapshot(engine: Engine, options: Partial<SnapshotOptions> = {}): Snapshot {
  return new Snapshot(engine, { ...DEFAULTS, ...options });
}

export class Snapshot {
  /** The change after which the state was this. */
  readonly changeId: number;
  private readonly options: SnapshotOptions;
  private readonly parts: Part[];
  private readonly blocks: BlockWriter;
  private readonly out: Writer;
  private readonly names: Names;
  /** Long values whose things were written without them. */
  private readonly long: Long[];
  /** Numbers of types and shapes that were defined. */
  private readonly looks: Map<Shape | Type, number>;
  /** The collection that entries belong to at the moment; 0 for `@thingsdb`. */
  private place: number;
  private lastId: number;
  private written: number;
  private readonly work: Iterator<void>;
  private ended: boolean;

  constructor(engine: Engine, options: SnapshotOptions) {
    const { system } = engine;
    this.options = options;
    this.changeId = system.changeId;
    this.blocks = new BlockWriter(options.blockBytes, engine.host.crc32);
    this.out = this.blocks.out;
    this.names = new Names();
    this.long = [];
    this.looks = new Map();
    this.place = 0;
    this.lastId = 0;
    this.written = 0;
    this.ended = false;
    const plans = [new Plans(0, system)];
    const answered = new AnsweredCopy(system.answered);
    for (const collection of system.collections) plans.push(new Plans(collection.id, collection));
    this.names.note(system.tasks);
    this.parts = system.collections.map(collection => {
      this.names.note(collection.tasks, collection);
      return new Part(collection, (part, thing) => this.writeThing(part, thing), this.names);
    });
    this.writeSmallState(engine);
    this.work = this.writeRest(plans, answered);
  }

  /** The next block; null at the end. */
  next(): Uint8Array | null {
    const { ready } = this.blocks;
    while (ready.length === 0 && !this.ended && this.work.next().done !== true) { /* goes on */ }
    const block = ready.shift() ?? null;
    if (block === null) this.end();
    return block;
  }

  /** Gives it up. Does nothing at the end. */
  end(): void {
    this.ended = true;
    this.blocks.ready.length = 0;
    for (const part of this.parts) part.end();
  }

  private writeSmallState({ system }: Engine): void {
    const { out } = this;
    out.int(ENTRY.head);
    out.int(SNAPSHOT_FORMAT);
    out.int(this.changeId);
    out.int(system.collections.reduce((n, { things }) => n + things.size, 0));
    for (const collection of system.collections) {
      out.int(ENTRY.collection);
      encodeCollection(out, collection);
    }
    out.int(ENTRY.system);
    encodeCollectionIds(out, system);
    encodeSystem(out, system);
    this.blocks.entryEnds();
  }

  /** Goes on to the next yield whenever a block is ready, so that each step is short. */
  private *writeRest(plans: readonly Plans[], answered: AnsweredCopy): Generator<void> {
    yield* this.writeAnswered(answered);
    for (const plan of plans) yield* this.writePlans(plan);
    for (const part of this.parts) {
      yield* this.writeThings(part);
      part.end();
    }
    this.out.int(ENTRY.end);
    this.out.int(this.written);
    this.blocks.end();
  }

  private *writeAnswered({ count, forgotten, clients }: AnsweredCopy): Generator<void> {
    const { out } = this;
    this.begin(0, ENTRY.answered);
    out.int(count);
    out.int(forgotten);
    for (const { head, numbers, outcomes } of clients) {
      this.begin(0, ENTRY.client);
      encodeClient(out, head);
      for (let at = 0; at < numbers.length;) {
        this.begin(0, ENTRY.outcomes);
        at = this.writePiece(numbers, at, i => {
          out.int(numbers[i]!);
          out.bin(outcomes[i]!);
        });
        yield* this.entryEnds();
      }
    }
  }

  private *writePlans({ place, rooms, roomNames, tasks, commits, instances }: Plans): Generator<void> {
    const { out } = this;
    for (const task of tasks) {
      this.begin(place, ENTRY.task);
      encodeTask(out, task, this.names);
      yield* this.entryEnds();
    }
    for (let at = 0; at < rooms.length; at += PIECE_ITEMS) {
      this.begin(place, ENTRY.rooms);
      const piece = rooms.slice(at, at + PIECE_ITEMS);
      out.array(piece.length);
      piece.forEach((room, i) => {
        out.int(room.id);
        out.str(roomNames[at + i]!);
      });
      yield* this.entryEnds();
    }
    for (const commit of commits()) {
      this.begin(place, ENTRY.commits);
      encodeCommit(out, commit);
      yield* this.entryEnds();
    }
    for (const [type, things] of instances) {
      for (let at = 0; at < things.length; at += PIECE_ITEMS) {
        this.begin(place, ENTRY.instances);
        out.int(type.id);
        const piece = things.slice(at, at + PIECE_ITEMS);
        out.array(piece.length);
        for (const thing of piece) out.int(this.names.thing(thing));
        yield* this.entryEnds();
      }
    }
  }

  private *writeThings(part: Part): Generator<void> {
    const { things } = part.collection;
    yield* this.writeLong();
    for (let thing = things.after(0); thing !== null && thing.id < part.horizon; thing = things.after(part.cursor)) {
      part.cursor = thing.id;
      if (!part.early.has(thing.id)) this.writeThing(part, thing);
      yield* this.writeLong();
      if (this.blocks.ready.length > 0) yield;
    }
    // Of what changed at the very last.
    yield* this.writeLong();
  }

  private writeThing(part: Part, thing: Thing): void {
    const { out } = this;
    const { id, shape, spec, count } = thing;
    const { shared } = shape;
    const number = shared ? this.lookNumber(part.place, shape) : 0;
    this.begin(part.place, shared ? ENTRY_END + number : ENTRY.own);
    out.int(id - this.lastId);
    this.lastId = id;
    const whole = shared || count <= this.options.longItems;
    if (!shared) {
      out.bool(shape.dict);
      out.array(whole ? count : 0);
      if (whole) for (const key of shape.keys) out.str(key);
    }
    if (whole) for (let at = 0; at < count; at++) this.writeProperty(part.place, id, at, thing.valueAt(at));
    else {
      const dict: LongDict = { part, thing, id, keys: shape.keys.slice(), values: thing.toValues(), copies: new Map() };
      part.dicts.set(thing, dict);
      this.long.push(dict);
    }
    if (spec !== null) {
      this.begin(part.place, ENTRY.restrict);
      out.int(id);
      encodeSpec(out, spec, this.names);
    }
    this.written++;
    this.blocks.entryEnds();
  }

  private lookNumber(place: number, shape: Shape): number {
    const { type } = shape;
    const look = type ?? shape;
    let number = this.looks.get(look);
    if (number !== undefined) return number;
    const { out } = this;
    if (type !== null) {
      this.begin(place, ENTRY.typed);
      out.int(type.id);
    } else {
      this.begin(place, ENTRY.shape);
      out.bool(shape.dict);
      out.array(shape.keys.length);
      for (const key of shape.keys) out.str(key);
    }
    this.looks.set(look, number = this.looks.size);
    return number;
  }

  /** A long value is nil for the time being. */
  private writeProperty(place: number, id: number, at: number, value: Value): void {
    if (!this.isLong(value)) encodeValue(this.out, value, this.names);
    else {
      this.out.nil();
      // To copy a set as a set would take ten times as long.
      this.long.push(value instanceof ThingSet ? { place, id, at, things: toArray(value.things) } : { place, id, at, value: flatCopy(value) });
    }
  }

  private *writeLong(): Generator<void> {
    for (let long = this.long.shift(); long !== undefined; long = this.long.shift()) {
      if ('keys' in long) yield* this.writeDict(long);
      else if ('things' in long) yield* this.writeSet(long);
      else if (long.value instanceof List) yield* this.writeList(long, long.value);
      else {
        this.begin(long.place, ENTRY.value);
        this.out.int(long.id);
        this.out.int(long.at);
        encodeValue(this.out, long.value, this.names);
        yield* this.entryEnds();
      }
    }
  }

  private *writeList({ place, id, at }: LongProperty, list: List): Generator<void> {
    const { out } = this;
    this.begin(place, ENTRY.list);
    out.int(id);
    out.int(at);
    yield* this.entryEnds();
    // What tuples hold never changes.
    const open: { readonly items: readonly Value[]; at: number }[] = [{ items: list.items, at: 0 }];
    for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
      const { items } = last;
      const next = items[last.at];
      if (last.at === items.length) {
        this.begin(place, ENTRY.close);
        open.pop();
      } else if (next instanceof List && this.isLong(next)) {
        this.begin(place, ENTRY.tuple);
        last.at++;
        open.push({ items: next.items, at: 0 });
      } else {
        this.begin(place, ENTRY.items);
        last.at = this.writePiece(items, last.at, i => encodeValue(out, items[i]!, this.names));
      }
      yield* this.entryEnds();
    }
  }

  private *writeSet({ place, id, at: position, things }: LongSet): Generator<void> {
    const { out } = this;
    this.begin(place, ENTRY.set);
    out.int(id);
    out.int(position);
    for (let at = 0; at < things.length;) {
      this.begin(place, ENTRY.items);
      at = this.writePiece(things, at, i => out.int(this.names.thing(things[i]!)));
      yield* this.entryEnds();
    }
    this.begin(place, ENTRY.close);
    yield* this.entryEnds();
  }

  private *writeDict({ part, thing, id, keys, values, copies }: LongDict): Generator<void> {
    const { out } = this;
    const { place } = part;
    this.begin(place, ENTRY.dict);
    out.int(id);
    for (let at = 0; at < values.length;) {
      this.begin(place, ENTRY.items);
      at = this.writePiece(values, at, i => {
        out.str(keys[i]!);
        const value = values[i]!;
        this.writeProperty(place, id, i, copies.get(value) ?? value);
      });
      yield* this.entryEnds();
    }
    part.dicts.delete(thing);
    this.begin(place, ENTRY.close);
    yield* this.entryEnds();
  }

  /** Writes some items by their positions, from one on; gives the position of the next. */
  private writePiece(items: readonly Value[], from: number, write: (i: number) => void): number {
    const { out } = this;
    const count = out.reserve(5);
    const start = out.pos;
    const end = Math.min(items.length, from + PIECE_ITEMS);
    let at = from;
    do write(at++);
    while (at < end && out.pos - start < this.options.longBytes && !this.isLong(items[at]!));
    out.bytes[count] = 0xdd;
    out.view.setUint32(count + 1, at - from);
    return at;
  }

  private isLong(value: Value): boolean {
    const { longBytes, longItems } = this.options;
    if (typeof value === 'string') return value.length > longBytes;
    if (typeof value !== 'object' || value === null) return false;
    if (value instanceof Bytes || value instanceof MpData) return value.data.length > longBytes;
    if (value instanceof ThingSet) return value.things.size > longItems;
    return value instanceof List && this.itemsLeft(value, longItems) < 0;
  }

  /** What is left of a number when the items of a list, and of tuples in it, are taken away; stops below 0. */
  private itemsLeft({ items }: List, from: number): number {
    let left = from - items.length;
    for (let i = 0; i < items.length && left >= 0; i++) {
      const item = items[i]!;
      if (item instanceof List) left = this.itemsLeft(item, left);
      else if (this.isLong(item)) return -1;
    }
    return left;
  }

  /** Begins an entry of a collection, or of `@thingsdb`. */
  private begin(place: number, entry: number): void {
    const { out } = this;
    if (place !== this.place) {
      out.int(ENTRY.in);
      out.int(place);
      this.place = place;
      this.lastId = 0;
    }
    out.int(entry);
  }

  private *entryEnds(): Generator<void> {
    this.blocks.entryEnds();
    if (this.blocks.ready.length > 0) yield;
  }
}

/** A collection that is being written, thing by thing. */
class Part implements Watcher {
  readonly collection: Collection;
  readonly place: number;
  /** Things from this id on came later. */
  readonly horizon: number;
  /** All up to this id are written, and those written {@link early}. */
  cursor = 0;
  readonly early = new IdSet();
  /** Long dictionaries that have not been written to their end. */
  readonly dicts = new Map<Thing, LongDict>();
  private readonly write: (part: Part, thing: Thing) => void;
  private readonly names: Names;

  constructor(collection: Collection, write: (part: Part, thing: Thing) => void, names: Names) {
    this.collection = collection;
    this.place = collection.id;
    this.horizon = collection.nextId;
    this.write = write;
    this.names = names;
    collection.watchers.add(this);
  }

  changing(thing: Thing, key?: string): void {
    const { id } = thing;
    if (id > this.cursor && id < this.horizon && this.early.add(id)) this.write(this, thing);
    const dict = this.dicts.size === 0 ? undefined : this.dicts.get(thing);
    if (dict === undefined) return;
    if (key === undefined) for (const value of dict.values) keepCopy(dict, value);
    else keepCopy(dict, getProperty(thing, key) ?? null);
  }

  dropping(thing: Thing): void {
    this.changing(thing);
    if (thing.id < this.horizon) this.names.dropped(thing);
  }

  end(): void {
    this.collection.watchers.delete(this);
  }
}

/** What things, tasks and members were called when the snapshot began. */
class Names implements Naming {
  private readonly things = new Map<Thing, number>();
  private readonly tasks = new Map<Task, number>();
  private readonly members = new Map<Member, string>();

  note(tasks: readonly Task[], collection: Collection | null = null): void {
    for (const task of tasks) this.tasks.set(task, task.id);
    for (const { members } of collection?.enumsById.values() ?? []) {
      for (const member of members) this.members.set(member, member.name);
    }
  }

  dropped(thing: Thing): void {
    if (!this.things.has(thing)) this.things.set(thing, thing.id);
  }

  thing(thing: Thing): number {
    return this.things.size === 0 ? thing.id : this.things.get(thing) ?? thing.id;
  }

  task(task: Task): number {
    return this.tasks.get(task) ?? 0;
  }

  member(member: Member): string {
    return this.members.get(member) ?? member.name;
  }
}

/** Flat copies of what else may be much in a scope. */
class Plans {
  readonly place: number;
  readonly rooms: readonly Room[];
  readonly roomNames: readonly string[];
  readonly tasks: readonly Task[];
  /** The history: entries are only added to it, or it is replaced as a whole. */
  readonly commits: () => Iterable<Commit>;
  /** Those types whose instances do not go by ascending id. */
  readonly instances: readonly (readonly [Type, readonly Thing[]])[];

  constructor(place: number, scope: { tasks: readonly Task[]; history: readonly Commit[] | null } & Partial<Pick<Collection, 'roomsByName' | 'typesById'>>) {
    const { history, roomsByName = new Map<string, Room>(), typesById = new Map<number, Type>() } = scope;
    this.place = place;
    this.rooms = [...roomsByName.values()];
    this.roomNames = [...roomsByName.keys()];
    this.tasks = scope.tasks.map(copyTask);
    const count = history?.length ?? 0;
    this.commits = function* () {
      for (let i = 0; i < count; i++) yield history![i]!;
    };
    this.instances = [...typesById.values()].filter(type => !type.inOrder).map(type => [type, toArray(type.instances)] as const);
  }
}

/** A copy of what is known of requests that clients may repeat; what became of a request never changes. */
class AnsweredCopy {
  readonly count: number;
  readonly forgotten: number;
  readonly clients: readonly { readonly head: AnsweredHead; readonly numbers: readonly number[]; readonly outcomes: readonly Uint8Array[] }[];

  constructor({ count, forgotten, clients }: AnsweredRequests) {
    this.count = count;
    this.forgotten = forgotten;
    this.clients = Array.from(clients.values(), ({ outcomes, user, name, since, last, at, floor }) =>
      ({ head: { user, name, since, last, at, floor }, numbers: [...outcomes.keys()], outcomes: [...outcomes.values()] }));
  }
}

type AnsweredHead = Pick<AnsweredClient, 'user' | 'name' | 'since' | 'last' | 'at' | 'floor'>;

/** A value of a property that is written apart from its thing. */
interface LongProperty {
  readonly place: number;
  readonly id: number;
  /** Position of the property. */
  readonly at: number;
  readonly value: Value;
}

interface LongSet {
  readonly place: number;
  readonly id: number;
  readonly at: number;
  readonly things: readonly Thing[];
}

/** A thing that has many properties. */
interface LongDict {
  readonly part: Part;
  readonly thing: Thing;
  readonly id: number;
  readonly keys: readonly string[];
  readonly values: readonly Value[];
  /** Lists and sets among the values that have changed since, as they were. */
  readonly copies: Map<Value, Value>;
}

function keepCopy({ copies }: LongDict, value: Value): void {
  if ((value instanceof List || value instanceof ThingSet) && !copies.has(value)) copies.set(value, flatCopy(value));
}

type Long = LongProperty | LongSet | LongDict;

/** A list or set as it is now; other values never change. */
function flatCopy(value: Value): Value {
  if (value instanceof List) return new List(value.items.slice());
  return value instanceof ThingSet ? new ThingSet(new Set(value.things)) : value;
}

function copyTask(task: Task): Task {
  return Object.assign(new Task(task.id), task);
}

function encodeTask(w: Writer, task: Task, naming: Naming): void {
  w.int(task.id);
  w.int(task.runAt);
  w.int(task.owner);
  encodeValue(w, task.closure, naming);
  encodeValue(w, task.result, naming);
  w.array(task.args.length);
  for (const arg of task.args) encodeValue(w, arg, naming);
}

function encodeClient(w: Writer, { user, name, since, last, at, floor }: AnsweredHead): void {
  w.int(user);
  w.str(name);
  for (const n of [since, last, at, floor]) w.int(n);
}

function encodeCommit(w: Writer, commit: Commit): void {
  w.int(commit.id);
  w.int(commit.createdAt);
  w.str(commit.by);
  w.str(commit.message);
  w.str(commit.code);
  encodeText(w, commit.error);
}
