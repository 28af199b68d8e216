/**
 * A collection as the target of events: on the node that makes a change, on a replica and at start alike.
 */
import { assert } from '../errors/assert.ts';
import { emptyShape } from '../values/shape.ts';
import { ownValues } from '../values/raw.ts';
import { anonymousType } from '../values/definition.ts';
import type { Enum } from '../values/enum.ts';
import type { Spec } from '../values/spec.ts';
import { parseSpec } from '../values/spec-parse.ts';
import { ANONYMOUS, type Type } from '../values/type.ts';
import { Anonymous, Room, Task, Thing, type Member, type Value, Wrap } from '../values/value.ts';
import type { AnsweredRequests } from './answered.ts';
import type { Collection, Procedure } from './collection.ts';
import type { Resolver } from './store-codec.ts';

export class Replica implements Resolver {
  readonly collection: Collection;

  constructor(collection: Collection) {
    this.collection = collection;
  }

  get procedures(): Map<string, Procedure> {
    return this.collection.procedures;
  }

  get planner(): Collection {
    return this.collection;
  }

  keep(value: Value): void {
    this.collection.ref(value, this.neverFresh);
  }

  release(value: Value): void {
    this.collection.release(value);
  }

  /** An event may name a thing before the event that brings its content: it is made empty, then filled. */
  thing(id: number): Thing {
    let thing = this.collection.things.get(id);
    if (thing === undefined) {
      thing = new Thing(emptyShape());
      this.collection.adopt(thing, id);
    }
    return thing;
  }

  room(id: number): Room {
    let room = this.collection.rooms.get(id);
    if (room === undefined) {
      room = new Room();
      this.collection.adoptRoom(room, id);
    }
    return room;
  }

  task(id: number): Task {
    return this.collection.tasks.find(task => task.id === id) ?? new Task(0);
  }

  member(enumId: number, name: string): Member {
    const member = this.collection.enumsById.get(enumId)?.byName.get(name);
    assert(member !== undefined, 'the member that a value names exists');
    return member;
  }

  wrap(thing: Thing, typeId: number): Wrap {
    return new Wrap(thing, this.typeById(typeId));
  }

  anonymous(definition: Thing): Anonymous {
    const type = anonymousType(this.collection, ANONYMOUS, definition);
    return new Anonymous(type, type.definition!);
  }

  typeById(id: number): Type {
    const type = this.collection.typesById.get(id);
    assert(type !== undefined, 'the type that a value names exists');
    return type;
  }

  enumById(id: number): Enum | null {
    return this.collection.enumsById.get(id) ?? null;
  }

  /** A restriction of a thing. */
  spec(text: string): Spec {
    return parseSpec(text, this.collection);
  }

  type(id: number): Type {
    const type = this.typeById(id);
    assert(!type.deleted, 'the type that an event names exists');
    return type;
  }

  enum(id: number): Enum {
    const found = this.enumById(id);
    assert(found !== null, 'the enumerator that an event names exists');
    return found;
  }

  /** Gives a new thing its content. */
  fill(thing: Thing, typeId: number, restrict: string | null, dict: boolean, keys: readonly string[], values: readonly Value[]): void {
    if (typeId >= 0) {
      const type = this.typeById(typeId);
      thing.shape = type.shape;
      type.addInstance(thing);
    } else {
      let shape = emptyShape().restrictedBy(restrict === null ? null : this.spec(restrict));
      if (dict) {
        shape = shape.own();
        shape.makeDict();
      }
      for (const key of keys) shape = shape.with(key);
      thing.shape = shape;
    }
    thing.setValues(values);
    ownValues(thing);
  }

  get answered(): AnsweredRequests {
    return this.collection.requests;
  }

  get historian(): Collection {
    return this.collection;
  }

  /** An event that is applied, or one whose new things have been recorded before it, finds none without an id. */
  readonly neverFresh = (): void => {
    assert(false, 'new things are recorded before the event that refers to them');
  };
}
