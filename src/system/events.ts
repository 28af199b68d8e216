/**
 * The events of `@thingsdb`: users, tokens, access, collections, modules, and its own procedures and history.
 * Their codes have a space of their own, apart from those of collections. Codes are for ever: a log that was
 * written keeps its meaning.
 */
import { assert } from '../errors/assert.ts';
import { requestAnswered } from '../collection/answered.ts';
import { Collection, type Commit } from '../collection/collection.ts';
import { eventKind } from '../collection/event.ts';
import { PROCEDURE_EVENTS } from '../collection/procedure-events.ts';
import { Replica } from '../collection/replica.ts';
import { TASK_EVENTS } from '../collection/task-events.ts';
import { Bytes, Regex, type Value } from '../values/value.ts';
import { PRIVILEGE } from './access.ts';
import type { SystemReplica } from './replica.ts';
import { removeSwapping, type AccessScope, type ModuleInfo, type System } from './system.ts';
import { Token, audit, type Named } from './token.ts';
import { User, sameRule, type Rule } from './user.ts';

/** A scope in an event: 0 is `@thingsdb`, -1 `@node`, else a collection's id. */
export function scopeNumber(scope: AccessScope): number {
  return scope === 'thingsdb' ? 0 : scope === 'node' ? -1 : scope;
}

export function scopeOf(number: number): AccessScope {
  return number === 0 ? 'thingsdb' : number === -1 ? 'node' : number;
}

// ---- users -------------------------------------------------------------------------------------------

export const newUser = eventKind(1, 'new_user', { id: 'int', name: 'str', createdAt: 'int' }, (to: SystemReplica, { id, name, createdAt }) => {
  to.system.addUser(new User(id, name, createdAt));
});

export const setPassword = eventKind(2, 'set_password', { user: 'int', hash: 'secret?' }, (to: SystemReplica, { user, hash }) => {
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

export const delUser = eventKind(6, 'del_user', { user: 'int' }, (to: SystemReplica, { user }) => {
  to.system.removeUser(userOf(to.system, user));
});

export const renUser = eventKind(7, 'rename_user', { user: 'int', to: 'str' }, ({ system }: SystemReplica, { user, to }) => {
  system.renameUser(userOf(system, user), to);
});

export const newToken = eventKind(8, 'new_token', { user: 'int', hash: 'str', expiresAt: 'int', description: 'str', createdAt: 'int' },
  ({ system }: SystemReplica, { user, ...token }) => {
    const owner = userOf(system, user);
    const added = new Token(token.hash, owner, token.expiresAt, token.description, token.createdAt);
    owner.tokens.push(added);
    system.tokens.set(added.id, added);
  });

/** What is known of a token besides: recorded with the event that makes it. Scopes and masks, scopes and names go in pairs. */
export const describeToken = eventKind(17, 'describe_token',
  {
    hash: 'str', name: 'str', by: 'str', readOnly: 'bool', limited: 'bool', privileges: 'int',
    scopes: 'ints', masks: 'ints', procedureScopes: 'ints', procedures: 'strs', roomScopes: 'ints', rooms: 'strs',
  },
  ({ system }: SystemReplica, { hash, name, by, readOnly, limited, privileges, scopes, masks, procedureScopes, procedures, roomScopes, rooms }) => {
    const token = tokenOf(system, hash);
    const named = (at: readonly number[], names: readonly string[]): Named[] => names.map((name, i) => ({ scope: scopeOf(at[i]!), name }));
    token.name = name;
    token.createdBy = by;
    token.restrictions = {
      readOnly, limited, privileges,
      scopes: scopes.map((scope, i) => ({ scope: scopeOf(scope), mask: masks[i]! })),
      procedures: named(procedureScopes, procedures),
      rooms: named(roomScopes, rooms),
    };
    audit(system, 'made', token, by, token.createdAt);
  });

/** When tokens were used last: now and then, not with every use. */
export const useTokens = eventKind(18, 'use_tokens', { hashes: 'strs', at: 'ints' }, ({ system }: SystemReplica, { hashes, at }) => {
  hashes.forEach((hash, i) => {
    const token = tokenOf(system, hash);
    token.lastUsed = Math.max(token.lastUsed, at[i]!);
    token.recordedUse = at[i]!;
    audit(system, 'used', token, token.user.name, at[i]!);
  });
});

/** Who takes tokens away; recorded before the event that does. */
export const auditRemoval = eventKind(19, 'audit_removal', { hashes: 'strs', by: 'str', at: 'int' }, ({ system }: SystemReplica, { hashes, by, at }) => {
  for (const hash of hashes) audit(system, 'removed', tokenOf(system, hash), by, at);
});

/** Takes tokens away, by their hashes. */
export const delTokens = eventKind(9, 'del_tokens', { hashes: 'strs' }, ({ system }: SystemReplica, { hashes }) => {
  for (const hash of hashes) {
    const token = tokenOf(system, hash);
    system.tokens.delete(token.id);
    removeSwapping(token.user.tokens, token);
  }
});

/** Without a rule the list as such: adding makes it, removing drops it with all its rules. */
export const addRule = eventKind(10, 'whitelist_add', { user: 'int', list: 'str', rule: 'value' }, ({ system }: SystemReplica, { user, list, rule }) => {
  const whitelists = userOf(system, user).whitelists;
  const rules = whitelists[listName(list)] ??= [];
  if (rule !== null) rules.push(asRule(rule));
});

export const delRule = eventKind(11, 'whitelist_del', { user: 'int', list: 'str', rule: 'value' }, ({ system }: SystemReplica, { user, list, rule }) => {
  const { whitelists } = userOf(system, user);
  if (rule === null) {
    whitelists[listName(list)] = null;
    return;
  }
  const rules = whitelists[listName(list)];
  assert(rules !== null, 'a list from which a rule is removed exists');
  removeSwapping(rules, rules.find(known => sameRule(known, asRule(rule))) as Rule);
});

function listName(text: string): 'rooms' | 'procedures' {
  assert(text === 'rooms' || text === 'procedures', 'there are two whitelists');
  return text;
}

function asRule(value: Value): Rule {
  assert(typeof value === 'string' || value instanceof Regex, 'a rule is a name or a pattern');
  return value;
}

function tokenOf(system: System, hash: string): Token {
  const token = system.tokenByHash(hash);
  assert(token !== undefined, 'the token that an event names exists');
  return token;
}

export function userOf(system: System, id: number): User {
  const user = system.usersById.get(id);
  assert(user !== undefined, 'the user that an event names exists');
  return user;
}

// ---- collections and scopes --------------------------------------------------------------------------

/** A new collection belongs to the user who made it. */
export const newCollection = eventKind(4, 'new_collection', { id: 'int', name: 'str', createdAt: 'int', zone: 'str', deep: 'int', user: 'int' },
  (to: SystemReplica, { id, name, createdAt, zone, deep, user }) => {
    const collection = new Collection(id, name, createdAt);
    collection.zone = zone;
    collection.deep = deep;
    collection.requests = to.system.answered;
    to.system.addCollection(collection, new Replica(collection));
    to.system.access.get(id)!.set(user, PRIVILEGE.FULL);
  });

export const delCollection = eventKind(5, 'del_collection', { id: 'int' }, ({ system }: SystemReplica, { id }) => {
  system.removeCollection(collectionOf(system, id));
});

export const renCollection = eventKind(12, 'rename_collection', { id: 'int', to: 'str' }, ({ system }: SystemReplica, { id, to }) => {
  system.renameCollection(collectionOf(system, id), to);
});

export const setDeep = eventKind(13, 'set_default_deep', { scope: 'int', deep: 'int' }, ({ system }: SystemReplica, { scope, deep }) => {
  const where = scopeOf(scope);
  if (typeof where === 'number') collectionOf(system, where).deep = deep;
  else system.deeps[where] = deep;
});

export const setZone = eventKind(14, 'set_time_zone', { scope: 'int', zone: 'str' }, ({ system }: SystemReplica, { scope, zone }) => {
  const where = scopeOf(scope);
  if (typeof where === 'number') collectionOf(system, where).zone = zone;
  else system.zones[where] = zone;
});

/** Switching the history off forgets it. */
export const setHistory = eventKind(15, 'set_history', { scope: 'int', on: 'bool' }, ({ system }: SystemReplica, { scope, on }) => {
  const owner = historyOwner(system, scope);
  if (!on) owner.history = null;
  else owner.history ??= [];
});

/** Takes records out of a history, by their ids. */
export const delHistory = eventKind(16, 'del_history', { scope: 'int', ids: 'ints' }, ({ system }: SystemReplica, { scope, ids }) => {
  const owner = historyOwner(system, scope);
  const gone = new Set(ids);
  owner.history = owner.history?.filter(commit => !gone.has(commit.id)) ?? null;
});

function historyOwner(system: System, scope: number): { history: Commit[] | null } {
  return scope === 0 ? system : collectionOf(system, scope);
}

export function collectionOf(system: System, id: number): Collection {
  const collection = system.collectionsById.get(id);
  assert(collection !== undefined, 'the collection that an event names exists');
  return collection;
}

// ---- modules -----------------------------------------------------------------------------------------

export const newModule = eventKind(30, 'new_module', { name: 'str', source: 'str', conf: 'value', createdAt: 'int' },
  ({ system }: SystemReplica, { name, source, conf, createdAt }) => {
    system.modules.set(name, { name, createdAt, source, conf: packed(conf), scope: null, revision: 0, program: null });
  });

export const delModule = eventKind(31, 'del_module', { name: 'str' }, ({ system }: SystemReplica, { name }) => {
  system.modules.delete(name);
});

export const renModule = eventKind(32, 'rename_module', { name: 'str', to: 'str' }, ({ system }: SystemReplica, { name, to }) => {
  const module = moduleOf(system, name);
  system.modules.delete(name);
  module.name = to;
  system.modules.set(to, module);
});

export const setModuleConf = eventKind(33, 'set_module_conf', { name: 'str', conf: 'value' }, ({ system }: SystemReplica, { name, conf }) => {
  moduleOf(system, name).conf = packed(conf);
});

/** `all` takes the restriction to one scope away. */
export const setModuleScope = eventKind(34, 'set_module_scope', { name: 'str', all: 'bool', scope: 'int' },
  ({ system }: SystemReplica, { name, all, scope }) => {
    moduleOf(system, name).scope = all ? null : scopeOf(scope);
  });

/** The program is bytes, a str (Python, or another source), or nil to load what is there again. */
export const deployModule = eventKind(35, 'deploy_module', { name: 'str', program: 'value', source: 'str' },
  ({ system }: SystemReplica, { name, program, source }) => {
    const module = moduleOf(system, name);
    module.source = source;
    module.revision++;
    if (program !== null) module.program = program;
  });

function packed(conf: Value): Uint8Array | null {
  assert(conf === null || conf instanceof Bytes, 'the configuration of a module is packed');
  return conf === null ? null : conf.data;
}

function moduleOf(system: System, name: string): ModuleInfo {
  const module = system.modules.get(name);
  assert(module !== undefined, 'the module that an event names exists');
  return module;
}

// ---- nodes -------------------------------------------------------------------------------------------

export const newNode = eventKind(40, 'new_node', { id: 'int', address: 'str', port: 'int', key: 'secret', uid: 'str' },
  ({ system }: SystemReplica, { id, ...entry }) => {
    system.nodes.set(id, entry);
  });

export const delNode = eventKind(41, 'del_node', { id: 'int' }, ({ system }: SystemReplica, { id }) => {
  system.nodes.delete(id);
});

export const SYSTEM_EVENTS = [
  newUser, setPassword, setAccess, delUser, renUser, newToken, describeToken, useTokens, auditRemoval, delTokens, addRule, delRule,
  newCollection, delCollection, renCollection, setDeep, setZone, setHistory, delHistory,
  newModule, delModule, renModule, setModuleConf, setModuleScope, deployModule, newNode, delNode,
  ...PROCEDURE_EVENTS, ...TASK_EVENTS, requestAnswered,
] as const;
