/**
 * What events name, for those who only want to read them: things and rooms by id, without touching the
 * collection, which may have gone on since.
 */
import { Enum } from '../values/enum.ts';
import { emptyShape } from '../values/shape.ts';
import { Anonymous, Member, Room, Task, Thing, Wrap } from '../values/value.ts';
import { Type } from '../values/type.ts';
import type { Resolver } from './store-codec.ts';

export const describing: Resolver = {
  thing(id) {
    const thing = new Thing(emptyShape());
    thing.id = id;
    return thing;
  },
  room: id => new Room(id),
  task: id => new Task(id),
  member: (enumId, name) => new Member(new Enum(enumId, '', 0), name, name),
  wrap: (thing, typeId) => new Wrap(thing, new Type(typeId, '', 0)),
  anonymous: definition => new Anonymous(new Type(-1, '<anonymous>', 0), definition),
};
