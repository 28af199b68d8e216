/**
 * The events of `@thingsdb`: users, access, collections. Their codes have a space of their own, apart from
 * those of collections. Codes are for ever: a log that was written keeps its meaning.
 */
import { assert } from '../errors/assert.ts';
import { Collection } from '../collection/collection.ts';
import { eventKind } from '../collection/event.ts';
import { Replica } from '../collection/replica.ts';
import { PRIVILEGE } from './access.ts';
import type { SystemReplica } from './replica.ts';
import type { AccessScope, System } from './system.ts';
import { User } from './user.ts';

/** A scope in an event: 0 is `@thingsdb`, -1 `@node`, else a collection's id. */
export function scopeNumber(scope: AccessScope): number {
  return scope === 'thingsdb' ? 0 : scope === 'node' ? -1 : scope;
}

export function scopeOf(number: number): AccessScope {
  return number === 0 ? 'thingsdb' : number === -1 ? 'node' : number;
}

export const newUser = eventKind(1, 'new_user', { id: 'int', name: 'str', createdAt: 'int' }, (to: SystemReplica, { id, name, createdAt }) => {
  to.system.addUser(new User(id, name, createdAt));
});

export const setPassword = eventKind(2, 'set_password', { user: 'int', hash: 'str?' }, (to: SystemReplica, { user, hash }) => {
  userOf(to.system, user).passwordHash = hash;
});

/** Sets the whole mask of a user on a scope; 0 with `remove` takes the entry away. */
export const setAccess = eventKind(3, 'set_access', { scope: 'int', user: 'int', mask: 'int', remove: 'bool' },
  (to: SystemReplica, { scope, user, mask, remove }) => {
    const masks = to.system.access.get(scopeOf(scope));
    assert(masks !== undefined, 'the scope of an access event exists');
    if (remove) masks.delete(user);
    else masks.set(user, mask);
  });

/** A new collection belongs to the user who made it. */
export const newCollection = eventKind(4, 'new_collection', { id: 'int', name: 'str', createdAt: 'int', zone: 'str', deep: 'int', user: 'int' },
  (to: SystemReplica, { id, name, createdAt, zone, deep, user }) => {
    const collection = new Collection(id, name, createdAt);
    collection.zone = zone;
    collection.deep = deep;
    to.system.addCollection(collection, new Replica(collection));
    to.system.access.get(id)!.set(user, PRIVILEGE.FULL);
  });

export const delCollection = eventKind(5, 'del_collection', { id: 'int' }, (to: SystemReplica, { id }) => {
  const collection = to.system.collectionsById.get(id);
  assert(collection !== undefined, 'a collection that is removed exists');
  to.system.removeCollection(collection);
});

export function userOf(system: System, id: number): User {
  const user = system.usersById.get(id);
  assert(user !== undefined, 'the user that an event names exists');
  return user;
}

export const SYSTEM_EVENTS = [newUser, setPassword, setAccess, newCollection, delCollection] as const;
