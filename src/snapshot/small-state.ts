/**
 * What a snapshot holds at one go, since it is small: users and the like, and of each collection its types,
 * enumerators and procedures. What may be much (things, rooms, tasks, histories) has entries of its own.
 *
 * Writing and reading stand side by side. The order of every map is kept where it may differ from that of the
 * list it belongs to: the language shows it.
 */
import { Collection, type Procedure } from '../collection/collection.ts';
import type { Replica } from '../collection/replica.ts';
import { decodeValue, encodeValue, LIVE, type Resolver } from '../collection/store-codec.ts';
import { decodeParts, decodeText, encodeParts, encodeText } from '../collection/type-codec.ts';
import { assert } from '../errors/assert.ts';
import { collectionOf, scopeNumber, scopeOf, userOf } from '../system/events.ts';
import type { System } from '../system/system.ts';
import { User, type Rule } from '../system/user.ts';
import { Enum } from '../values/enum.ts';
import { Type, type Field } from '../values/type.ts';
import { Task, type Closure } from '../values/value.ts';
import { KIND, type Reader, type Writer } from '../wire/msgpack.ts';
import { decodeAll, encodeAll } from './lists.ts';
import { decodeAudit, decodeToken, encodeAudit, encodeToken } from './tokens.ts';

export function encodeSystem(w: Writer, system: System): void {
  w.int(system.nextId);
  for (const scope of ['thingsdb', 'node'] as const) {
    w.str(system.zones[scope]);
    w.int(system.deeps[scope]);
  }
  encodeAll(w, system.users, user => encodeUser(w, user));
  encodeAll(w, system.usersById.keys(), id => w.int(id));
  encodeAll(w, system.usersByName.values(), user => w.int(user.id));
  encodeAll(w, system.tokens.keys(), id => w.str(id));
  encodeAudit(w, system);
  encodeAll(w, system.access, ([scope, masks]) => {
    w.int(scopeNumber(scope));
    encodeAll(w, masks, ([user, mask]) => {
      w.int(user);
      w.int(mask);
    });
  });
  encodeAll(w, system.nodes, ([id, { address, port, key, uid }]) => {
    w.int(id);
    w.str(address);
    w.int(port);
    w.str(key);
    w.str(uid);
  });
  encodeAll(w, system.modules.values(), module => {
    w.str(module.name);
    w.int(module.createdAt);
    w.str(module.source);
    if (module.conf === null) w.nil();
    else w.bin(module.conf);
    if (module.scope === null) w.nil();
    else w.int(scopeNumber(module.scope));
    w.int(module.revision);
    encodeValue(w, module.program);
  });
  encodeProcedures(w, system.procedures);
  encodeAll(w, system.tasks, task => w.int(task.id));
  w.bool(system.history !== null);
}

/** Collections have been made before. */
export function decodeSystem(r: Reader, system: System): void {
  system.nextId = r.safeInt();
  for (const scope of ['thingsdb', 'node'] as const) {
    system.zones[scope] = r.str();
    system.deeps[scope] = r.safeInt();
  }
  const users = decodeAll(r, () => decodeUser(r, system.replica));
  const byId = new Map(users.map(user => [user.id, user]));
  system.users.push(...users);
  for (const id of decodeAll(r, () => r.safeInt())) system.usersById.set(id, byId.get(id)!);
  for (const id of decodeAll(r, () => r.safeInt())) system.usersByName.set(userOf(system, id).name, userOf(system, id));
  const tokens = new Map(users.flatMap(user => user.tokens).map(token => [token.id, token]));
  for (const id of decodeAll(r, () => r.str())) system.tokens.set(id, tokens.get(id)!);
  decodeAudit(r, system);
  system.access.clear();
  decodeAll(r, () => {
    const masks = new Map<number, number>();
    system.access.set(scopeOf(r.safeInt()), masks);
    decodeAll(r, () => masks.set(r.safeInt(), r.safeInt()));
  });
  system.nodes.clear();
  decodeAll(r, () => system.nodes.set(r.safeInt(), { address: r.str(), port: r.safeInt(), key: r.str(), uid: r.str() }));
  decodeAll(r, () => {
    const [name, createdAt, source] = [r.str(), r.safeInt(), r.str()];
    const conf = r.kind() === KIND.nil ? r.nil() : r.bin();
    const scope = r.kind() === KIND.nil ? r.nil() : scopeOf(r.safeInt());
    system.modules.set(name, { name, createdAt, source, conf, scope, revision: r.safeInt(), program: decodeValue(r, system.replica) });
  });
  decodeProcedures(r, system.procedures, system.replica);
  decodeAll(r, () => system.tasks.push(new Task(r.safeInt())));
  system.history = r.bool() ? [] : null;
}

/** The ids of collections in the order of each list and map that has them. */
export function encodeCollectionIds(w: Writer, system: System): void {
  const orders = [system.collections, system.collectionsById.values(), system.collectionsByName.values()];
  for (const order of orders) encodeAll(w, order, collection => w.int(collection.id));
  encodeAll(w, system.replicas.keys(), id => w.int(id));
}

/** `replicas` are the collections that were read, by id. */
export function decodeCollectionIds(r: Reader, system: System, replicas: ReadonlyMap<number, Replica>): void {
  const replica = (id: number): Replica => {
    const found = replicas.get(id);
    assert(found !== undefined, 'a collection that has an id was written');
    return found;
  };
  for (const id of decodeAll(r, () => r.safeInt())) system.collections.push(replica(id).collection);
  for (const id of decodeAll(r, () => r.safeInt())) system.collectionsById.set(id, replica(id).collection);
  for (const id of decodeAll(r, () => r.safeInt())) system.collectionsByName.set(collectionOf(system, id).name, collectionOf(system, id));
  for (const id of decodeAll(r, () => r.safeInt())) system.replicas.set(id, replica(id));
}

function encodeUser(w: Writer, user: User): void {
  w.int(user.id);
  w.str(user.name);
  w.int(user.createdAt);
  encodeText(w, user.passwordHash);
  encodeAll(w, user.tokens, token => encodeToken(w, token));
  for (const rules of [user.whitelists.rooms, user.whitelists.procedures]) {
    if (rules === null) w.nil();
    else encodeAll(w, rules, rule => encodeValue(w, rule));
  }
}

function decodeUser(r: Reader, from: Resolver): User {
  const user = new User(r.safeInt(), r.str(), r.safeInt());
  user.passwordHash = decodeText(r);
  decodeAll(r, () => user.tokens.push(decodeToken(r, user)));
  const rules = (): Rule[] | null => (r.kind() === KIND.nil ? r.nil() : decodeAll(r, () => decodeValue(r, from) as Rule));
  user.whitelists.rooms = rules();
  user.whitelists.procedures = rules();
  return user;
}

export function encodeCollection(w: Writer, collection: Collection): void {
  w.int(collection.id);
  w.str(collection.name);
  w.int(collection.createdAt);
  w.str(collection.zone);
  w.int(collection.deep);
  w.int(collection.nextId);
  w.int(collection.nextTypeId);
  encodeTypes(w, collection);
  encodeProcedures(w, collection.procedures);
  encodeAll(w, collection.tasks, task => w.int(task.id));
  w.bool(collection.history !== null);
}

/** `make` gives a collection's target of events, which stored values are read with. */
export function decodeCollection(r: Reader, make: (collection: Collection) => Replica): Replica {
  const collection = new Collection(r.safeInt(), r.str(), r.safeInt());
  const replica = make(collection);
  collection.zone = r.str();
  collection.deep = r.safeInt();
  collection.nextId = r.safeInt();
  collection.nextTypeId = r.safeInt();
  decodeTypes(r, replica);
  decodeProcedures(r, collection.procedures, replica);
  decodeAll(r, () => collection.tasks.push(new Task(r.safeInt())));
  collection.history = r.bool() ? [] : null;
  return replica;
}

/** Types name each other, enumerators and their members: so first what can be named, then what names it. */
function encodeTypes(w: Writer, { types, typesById, removedTypes, enums, enumsById }: Collection): void {
  encodeAll(w, typesById.values(), type => {
    w.int(type.id);
    w.str(type.name);
    w.int(type.createdAt);
    w.int(type.modifiedAt);
    w.bool(type.deleted);
  });
  for (const byName of [types, removedTypes]) {
    encodeAll(w, byName, ([name, type]) => {
      w.str(name);
      w.int(type.id);
    });
  }
  encodeAll(w, enumsById.values(), found => encodeEnum(w, found));
  encodeAll(w, enums.values(), found => w.int(found.id));
  for (const type of typesById.values()) encodeParts(w, type, LIVE);
  const related = [...typesById.values()].flatMap(type => type.fields.filter(field => field.relation !== null));
  encodeAll(w, related, field => {
    for (const { type, name } of [field, field.relation!]) {
      w.int(type.id);
      w.str(name);
    }
  });
}

function decodeTypes(r: Reader, replica: Replica): void {
  const { types, typesById, removedTypes, enums } = replica.collection;
  decodeAll(r, () => {
    const type = new Type(r.safeInt(), r.str(), r.safeInt(), null, replica.collection.things);
    type.modifiedAt = r.safeInt();
    type.deleted = r.bool();
    typesById.set(type.id, type);
  });
  for (const byName of [types, removedTypes]) decodeAll(r, () => byName.set(r.str(), replica.typeById(r.safeInt())));
  decodeAll(r, () => decodeEnum(r, replica));
  for (const id of decodeAll(r, () => r.safeInt())) enums.set(replica.enum(id).name, replica.enum(id));
  for (const type of typesById.values()) decodeParts(r, type, replica);
  const field = (): Field => {
    const found = replica.typeById(r.safeInt()).field(r.str());
    assert(found !== null, 'a field that has a relation was written');
    return found;
  };
  decodeAll(r, () => {
    const from = field();
    from.relation = field();
  });
}

function encodeEnum(w: Writer, found: Enum): void {
  w.int(found.id);
  w.str(found.name);
  w.int(found.createdAt);
  w.int(found.modifiedAt);
  w.int(found.kind);
  encodeAll(w, found.members, member => {
    w.str(member.name);
    encodeValue(w, member.value);
  });
  encodeAll(w, found.byName.keys(), name => w.str(name));
  encodeAll(w, found.methods, ([name, closure]) => {
    w.str(name);
    encodeValue(w, closure);
  });
}

function decodeEnum(r: Reader, replica: Replica): void {
  const { collection } = replica;
  const made = new Enum(r.safeInt(), r.str(), r.safeInt());
  collection.enumsById.set(made.id, made);
  made.modifiedAt = r.safeInt();
  const kind = r.safeInt();
  decodeAll(r, () => {
    const name = r.str();
    const value = decodeValue(r, replica);
    collection.ref(value, replica.neverFresh);
    made.add(name, value);
  });
  made.kind = kind;
  const members = new Map(made.byName);
  made.byName.clear();
  for (const name of decodeAll(r, () => r.str())) made.byName.set(name, members.get(name)!);
  decodeAll(r, () => made.methods.set(r.str(), decodeValue(r, replica) as Closure));
}

function encodeProcedures(w: Writer, procedures: ReadonlyMap<string, Procedure>): void {
  encodeAll(w, procedures.values(), ({ name, closure, createdAt }) => {
    w.str(name);
    encodeValue(w, closure);
    w.int(createdAt);
  });
}

function decodeProcedures(r: Reader, procedures: Map<string, Procedure>, from: Resolver): void {
  decodeAll(r, () => {
    const name = r.str();
    procedures.set(name, { name, closure: decodeValue(r, from) as Closure, createdAt: r.safeInt() });
  });
}
