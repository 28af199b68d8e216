/** Reads a snapshot into an engine that has no state yet. */
import { AnsweredClient } from '../collection/answered.ts';
import { Replica } from '../collection/replica.ts';
import { decodeValue, type Resolver } from '../collection/store-codec.ts';
import { decodeSpec, decodeText } from '../collection/type-codec.ts';
import type { Engine } from '../engine.ts';
import { assert } from '../errors/assert.ts';
import { snapshots as msg } from '../errors/messages/store.ts';
import { QueryError } from '../errors/query-error.ts';
import { StoreError } from '../errors/store-error.ts';
import { own, restrictThing } from '../values/raw.ts';
import { emptyDictShape, emptyShape, type Shape } from '../values/shape.ts';
import type { Type } from '../values/type.ts';
import { List, Thing, ThingSet, type Closure, type ErrorValue, type Task, type Value } from '../values/value.ts';
import { Reader } from '../wire/msgpack.ts';
import { blocksOf, readBlocks, type Checksum } from './blocks.ts';
import { ENTRY, ENTRY_END, SNAPSHOT_FORMAT } from './format.ts';
import { decodeCollection, decodeCollectionIds, decodeSystem } from './small-state.ts';

/** How far a load is: things so far, and in all. */
export interface LoadProgress {
  readonly things: number;
  readonly of: number;
}

/**
 * Brings an engine that has just been made to the state of a snapshot, whose bytes come in pieces of any size; gives
 * the id of the change after which that state was. `progress` is told after each block. Throws a {@link StoreError}
 * when it is damaged or not whole; the engine cannot be used then.
 */
export async function loadSnapshot(engine: Engine, pieces: AsyncIterable<Uint8Array>, progress: (so: LoadProgress) => void = () => {}): Promise<number> {
  assert(engine.changeId === 0, 'a snapshot is loaded into a new engine');
  const loader = new Loader(engine);
  for await (const block of readBlocks(pieces, engine.host.crc32)) {
    loader.take(block);
    progress(loader);
  }
  assert(loader.ended, 'all entries were written before the last block');
  return engine.changeId;
}

/** The same of a snapshot that is there as a whole, at one go: nothing else runs meanwhile. */
export function loadWhole(engine: Engine, snapshot: Uint8Array): void {
  const loader = new Loader(engine);
  for (const block of blocksOf(snapshot, engine.host.crc32)) loader.take(block);
  assert(loader.ended, 'all entries were written before the last block');
}

/**
 * Names of the collections in a snapshot by id, of which only the beginning is read, into an engine that has just been
 * made and cannot be used then.
 */
export async function readCollectionNames(pieces: AsyncIterable<Uint8Array>, engine: Engine): Promise<Map<number, string>> {
  const loader = new Loader(engine);
  for await (const block of readBlocks(pieces)) {
    loader.take(block);
    if (loader.knowsSystem) break;
  }
  return loader.names;
}

/** The same of a snapshot that is there as a whole. */
export function collectionNames(snapshot: Uint8Array, engine: Engine): Map<number, string> {
  const loader = new Loader(engine);
  for (const block of blocksOf(snapshot)) {
    loader.take(block);
    if (loader.knowsSystem) break;
  }
  return loader.names;
}

/** Reads a snapshot only to see whether it is whole. Throws a {@link StoreError}, as loading it would. */
export async function verifySnapshot(pieces: AsyncIterable<Uint8Array>, checksum?: Checksum): Promise<void> {
  for await (const _ of readBlocks(pieces, checksum)) { /* it was checked */ }
}

/** A list, set or dictionary that comes in pieces. */
type Open =
  | { readonly kind: 'list'; readonly list: List; readonly thing: Thing | null; readonly at: number }
  | { readonly kind: 'set'; readonly set: ThingSet }
  | { readonly kind: 'dict'; readonly thing: Thing };

class Loader implements LoadProgress {
  things = 0;
  of = 0;
  ended = false;
  /** Whether users and collections have been read, which come first. */
  knowsSystem = false;
  private readonly engine: Engine;
  private readonly replicas = new Map<number, LoadingReplica>();
  /** Null for `@thingsdb`. */
  private place: LoadingReplica | null = null;
  /** What things of a number look like. */
  private readonly looks: Shape[] = [];
  private readonly open: Open[] = [];
  private lastId = 0;
  private changeId = 0;
  private readonly r = new Reader(new Uint8Array(0));
  private number = 0;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Of the collections, by id. */
  get names(): Map<number, string> {
    return new Map(this.engine.system.collections.map(({ id, name }) => [id, name]));
  }

  take(block: Uint8Array): void {
    try {
      this.read(block);
    } catch (e) {
      throw e instanceof StoreError ? e : new StoreError(msg.noSense(this.number, e instanceof QueryError || e instanceof Error ? e.message : String(e)));
    }
    this.number++;
  }

  private read(block: Uint8Array): void {
    const r = this.r.over(block, 0, block.length);
    while (!r.atEnd) {
      const code = r.safeInt();
      if (code >= ENTRY_END) this.readThing(r, this.looks[code - ENTRY_END]!);
      else this.readEntry(r, code);
    }
  }

  private readEntry(r: Reader, code: number): void {
    const { system } = this.engine;
    switch (code) {
      case ENTRY.head: {
        const format = r.safeInt();
        if (format !== SNAPSHOT_FORMAT) throw new StoreError(msg.format(format, SNAPSHOT_FORMAT));
        this.changeId = r.safeInt();
        this.of = r.safeInt();
        return;
      }
      case ENTRY.collection: {
        const replica = decodeCollection(r, collection => new LoadingReplica(collection)) as LoadingReplica;
        replica.collection.requests = system.answered;
        this.replicas.set(replica.collection.id, replica);
        return;
      }
      case ENTRY.system:
        decodeCollectionIds(r, system, new Map([...this.replicas].map(([id, { collection }]) => [id, new Replica(collection)])));
        this.knowsSystem = true;
        return decodeSystem(r, system);
      case ENTRY.in: {
        const id = r.safeInt();
        this.place = id === 0 ? null : this.replicas.get(id)!;
        this.lastId = 0;
        return;
      }
      case ENTRY.shape: {
        const start = r.bool() ? emptyDictShape() : emptyShape();
        this.looks.push(readKeys(r, start));
        return;
      }
      case ENTRY.typed: {
        this.looks.push(this.here.typeById(r.safeInt()).shape);
        return;
      }
      case ENTRY.own: return this.readOwn(r);
      case ENTRY.restrict: {
        const thing = this.here.thing(r.safeInt());
        restrictThing(thing, decodeSpec(r, this.here));
        return;
      }
      case ENTRY.value: {
        const [thing, at] = [this.here.thing(r.safeInt()), r.safeInt()];
        thing.setValueAt(at, decodeValue(r, this.here));
        return;
      }
      case ENTRY.list:
        this.open.push({ kind: 'list', thing: this.here.thing(r.safeInt()), at: r.safeInt(), list: new List([]) });
        return;
      case ENTRY.set: {
        const set = new ThingSet(new Set());
        // At once, so that it knows that its things are stored.
        put(this.here.thing(r.safeInt()), r.safeInt(), set);
        this.open.push({ kind: 'set', set });
        return;
      }
      case ENTRY.dict:
        this.open.push({ kind: 'dict', thing: this.here.thing(r.safeInt()) });
        return;
      case ENTRY.tuple: {
        const list = new List([], true);
        (this.open.at(-1) as Open & { kind: 'list' }).list.items.push(list);
        this.open.push({ kind: 'list', thing: null, at: 0, list });
        return;
      }
      case ENTRY.items: return this.readItems(r, this.open.at(-1)!);
      case ENTRY.close: return this.close(this.open.pop()!);
      case ENTRY.rooms:
        for (let n = r.array(); n > 0; n--) {
          const room = this.here.room(r.safeInt());
          room.name = r.str();
          this.here.collection.roomsByName.set(room.name, room);
        }
        return;
      case ENTRY.task: return this.readTask(r);
      case ENTRY.commits:
        (this.place?.collection ?? system).history!.push({
          id: r.safeInt(), createdAt: r.safeInt(), by: r.str(), message: r.str(), code: r.str(), error: decodeText(r),
        });
        return;
      case ENTRY.answered:
        system.answered.count = r.safeInt();
        system.answered.forgotten = r.safeInt();
        return;
      case ENTRY.client:
        return system.answered.put(readClient(r));
      case ENTRY.outcomes:
        for (let n = r.array(); n > 0; n--) system.answered.keep(r.safeInt(), r.bin());
        return;
      case ENTRY.instances: {
        const type = this.here.typeById(r.safeInt());
        const things = this.here.instances.get(type) ?? [];
        this.here.instances.set(type, things);
        for (let n = r.array(); n > 0; n--) things.push(this.here.thing(r.safeInt()));
        return;
      }
      case ENTRY.end:
        return this.end(r.safeInt());
      default:
        assert(false, `no entry has code ${code}`);
    }
  }

  private get here(): LoadingReplica {
    assert(this.place !== null, 'things belong to a collection');
    return this.place;
  }

  private readThing(r: Reader, shape: Shape): void {
    const thing = this.nextThing(r);
    const replica = this.here;
    const { collection } = replica;
    const { keys } = shape;
    thing.shape = shape;
    for (let i = 0; i < keys.length; i++) {
      const value = decodeValue(r, replica);
      thing.setValueAt(i, value);
      if (typeof value !== 'object' || value === null) continue;
      own(value, thing, keys[i]!);
      collection.ref(value, replica.neverFresh);
    }
    thing.compact();
  }

  private readOwn(r: Reader): void {
    const thing = this.nextThing(r);
    const dict = r.bool();
    thing.shape = emptyShape().own();
    if (dict) thing.shape.makeDict();
    readKeys(r, thing.shape);
    for (let at = 0; at < thing.count; at++) this.give(thing, at, decodeValue(r, this.here));
    thing.compact();
  }

  private nextThing(r: Reader): Thing {
    const id = this.lastId += r.safeInt();
    this.things++;
    return this.here.thing(id);
  }

  private give(thing: Thing, at: number, value: Value): void {
    const { here } = this;
    put(thing, at, value);
    here.collection.ref(value, here.neverFresh);
  }

  private readItems(r: Reader, open: Open): void {
    const { here } = this;
    const { collection } = here;
    for (let n = r.array(); n > 0; n--) {
      if (open.kind === 'dict') {
        const key = r.str();
        open.thing.shape = open.thing.shape.with(key);
        this.give(open.thing, open.thing.count - 1, decodeValue(r, here));
      } else if (open.kind === 'set') {
        const thing = here.thing(r.safeInt());
        open.set.own().add(thing);
        collection.ref(thing, here.neverFresh);
      } else {
        const item = decodeValue(r, here, true);
        open.list.items.push(item);
        collection.ref(item, here.neverFresh);
      }
    }
  }

  private close(open: Open): void {
    if (open.kind !== 'list' || open.thing === null) return;
    put(open.thing, open.at, open.list);
  }

  private readTask(r: Reader): void {
    const from: Resolver = this.place ?? this.engine.system.replica;
    const task = from.task(r.safeInt());
    task.runAt = r.safeInt();
    task.owner = r.safeInt();
    task.closure = decodeValue(r, from) as Closure | null;
    task.result = decodeValue(r, from) as ErrorValue | null;
    for (let n = r.array(); n > 0; n--) {
      const arg = decodeValue(r, from, true);
      task.args.push(arg);
      this.place?.keep(arg);
    }
  }

  private end(count: number): void {
    assert(count === this.things && this.open.length === 0, 'all things that were written have been read');
    for (const replica of this.replicas.values()) replica.finish();
    this.engine.system.changeId = this.changeId;
    this.ended = true;
  }
}

/** A collection that is being read. */
class LoadingReplica extends Replica {
  /** Instances of those types of which they do not go by ascending id. */
  readonly instances = new Map<Type, Thing[]>();
  private readonly tasks = new Map<number, Task>();

  override task(id: number): Task {
    if (this.tasks.size < this.collection.tasks.length) for (const task of this.collection.tasks) this.tasks.set(task.id, task);
    return this.tasks.get(id) ?? super.task(id);
  }

  finish(): void {
    const { collection, instances } = this;
    for (const thing of collection.things.values()) {
      if (thing.type !== null && !instances.has(thing.type)) thing.type.addInstance(thing);
    }
    for (const [type, things] of instances) for (const thing of things) type.addInstance(thing);
  }
}

function readClient(r: Reader): AnsweredClient {
  const client = new AnsweredClient(r.safeInt(), r.str(), r.safeInt());
  client.last = r.safeInt();
  client.at = r.safeInt();
  client.floor = r.safeInt();
  return client;
}

function readKeys(r: Reader, start: Shape): Shape {
  let shape = start;
  for (let n = r.array(); n > 0; n--) shape = shape.with(r.str());
  return shape;
}

function put(thing: Thing, at: number, value: Value): void {
  thing.setValueAt(at, value);
  own(value, thing, thing.shape.keys[at]!);
}
