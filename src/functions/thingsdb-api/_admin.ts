/** What the functions of `@thingsdb` share: recording what they do, and finding what they name. */
import type { Collection } from '../../collection/collection.ts';
import type { EventKind } from '../../collection/event.ts';
import { assert } from '../../errors/assert.ts';
import { lookupErr, typeErr, valueErr } from '../../errors/query-error.ts';
import { collections as collectionMsg, scopeArgument, users as userMsg } from '../../errors/messages/admin.ts';
import { scope as scopeMsg } from '../../errors/messages/scope.ts';
import type { Query } from '../../evaluator/query.ts';
import { parseScope, scopeText, type ScopeName } from '../../system/scope.ts';
import type { AccessScope } from '../../system/system.ts';
import type { SystemReplica } from '../../system/replica.ts';
import { isRestricted } from '../../system/token.ts';
import type { User } from '../../system/user.ts';
import { isName } from '../../values/shape.ts';
import { isInt, MpData, typeName, type Value } from '../../values/value.ts';
import { Writer } from '../../wire/msgpack.ts';

/** Does what an event says to the state of `@thingsdb`, and records it. */
export function change<F extends EventKind['fields']>(q: Query, kind: EventKind<SystemReplica, F>, args: Parameters<EventKind<SystemReplica, F>['run']>[1]): void {
  assert(q.change !== null && q.kind === 'thingsdb', 'the name of such a function makes the query a change');
  q.change.do(kind, q.system.replica, args);
}

/** An answer of the `*_info` functions: packed, to be read with `load()`. */
export function info(pack: (w: Writer) => void): MpData {
  const w = new Writer(256);
  pack(w);
  return new MpData(w.copy());
}

/** The present moment in whole seconds. */
export const seconds = (q: Query): number => Math.floor(q.host.now());

export function userNamed(q: Query, name: string): User {
  const user = q.system.usersByName.get(name);
  if (user === undefined) throw lookupErr(userMsg.notFound(name));
  return user;
}

/**
 * One's own account needs no GRANT. With a restricted token it does: a password, or a token without restrictions, would
 * give back what the token takes away.
 */
export function requireGrantUnlessOwn(q: Query, user: User): void {
  if (user !== q.user || isRestricted(q.login)) q.require('GRANT');
}

export function assertUserName(name: string): void {
  // The text says 128, the server takes 127.
  if (name.length < 1 || name.length > 127) throw valueErr(userMsg.nameLength());
  if (!/^[!-~]+$/.test(name)) throw valueErr(userMsg.nameCharacters());
}

/** The collection that an argument names, by name or id. */
export function collectionNamed(q: Query, value: Value): Collection {
  const found = findCollection(q, value);
  if (found !== null) return found;
  throw lookupErr(isInt(value) ? collectionMsg.idNotFound(value) : scopeMsg.collectionNotFound(value as string));
}

export function findCollection(q: Query, value: Value): Collection | null {
  if (typeof value === 'string') return q.system.collectionsByName.get(value) ?? null;
  if (!isInt(value)) throw typeErr(collectionMsg.type(typeName(value)));
  return q.system.collectionsById.get(Number(value)) ?? null;
}

export function assertNewCollectionName(q: Query, name: string): void {
  if (!isName(name)) throw valueErr(collectionMsg.naming(), 'overview/names');
  if (q.system.collectionsByName.has(name)) throw lookupErr(collectionMsg.exists(name));
}

/** The scope that an argument names. */
export function scopeNamed(q: Query, value: Value): { scope: AccessScope; name: ScopeName } {
  if (typeof value !== 'string') throw typeErr(scopeArgument.type(typeName(value)));
  const name = parseScope(value);
  const scope = q.system.accessScope(name);
  if (scope === undefined) throw lookupErr(scopeMsg.collectionNotFound((name as { name: string }).name));
  return { scope, name };
}

/** For functions that also take a bare collection: its name or id. */
export function scopeOrCollection(q: Query, value: Value): { scope: AccessScope; name: ScopeName } {
  const collection = typeof value === 'string' || isInt(value) ? findCollection(q, value) : null;
  if (collection !== null) return { scope: collection.id, name: { kind: 'collection', name: collection.name } };
  return scopeNamed(q, value);
}

export function requireOn(q: Query, { scope, name }: { scope: AccessScope; name: ScopeName }, mask: number): void {
  q.requireOn(scope, mask, name.kind === 'node' ? '@node' : scopeText(name));
}

/** Of a mask of privileges ThingsDB keeps 16 bits. */
export const maskBits = (mask: number | bigint): number => Number(BigInt.asUintN(16, BigInt(mask)));
