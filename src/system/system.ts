/**
 * The state of the scope `@thingsdb`: users, collections, modules, procedures and tasks, and who may do what
 * where. Replicated like a collection; what changes it are the events of `events.ts`.
 */
import { AnsweredRequests } from '../collection/answered.ts';
import type { Collection, Commit, Procedure } from '../collection/collection.ts';
import { NameState, NameTable } from '../collection/name-table.ts';
import { Replica } from '../collection/replica.ts';
import { removeTasksOf } from '../collection/task-events.ts';
import type { Task, Value } from '../values/value.ts';
import { SystemReplica } from './replica.ts';
import type { ScopeName } from './scope.ts';
import { tokenId, type AuditEntry, type Token } from './token.ts';
import type { User } from './user.ts';

/** A scope for privileges: `@thingsdb`, `@node`, or the id of a collection. */
export type AccessScope = number | 'thingsdb' | 'node';

/** What is known of a module on every node; running it is the node's business. */
export interface ModuleInfo {
  name: string;
  /** UNIX seconds. */
  readonly createdAt: number;
  /** A file name, or `github.com/owner/repo[:token][@ref]`. */
  source: string;
  /** Configuration as MessagePack; null when none is set. */
  conf: Uint8Array | null;
  /** Scope that may use it, as an access scope; null for all. */
  scope: AccessScope | null;
  /** Grows each time it is deployed or refreshed; 0 while it was never loaded. */
  revision: number;
  /** The program that was deployed last, bytes or str; null when it is what the file holds anyway. */
  program: Value;
}

/** A node of the cluster, as all know it. */
export interface NodeEntry {
  /** Where the others find its node port; '' for what it says itself, as the first node does. */
  readonly address: string;
  readonly port: number;
  /** What it is invited with: a hash of its secret. */
  readonly key: string;
  /** Tells it from an earlier node of the same id. */
  readonly uid: string;
}

export class System {
  /** In order of creation; removing one moves the last into its place. */
  readonly users: User[];
  readonly usersById: Map<number, User>;
  readonly usersByName: Map<string, User>;
  /** By their ids. */
  readonly tokens: Map<string, Token>;
  /** What became of tokens, oldest first. */
  readonly tokenAudit: AuditEntry[];
  /** In order of creation; removing one moves the last into its place. */
  readonly collections: Collection[];
  readonly collectionsById: Map<number, Collection>;
  readonly collectionsByName: Map<string, Collection>;
  /** Collections as targets of events. */
  readonly replicas: Map<number, Replica>;
  readonly modules: Map<string, ModuleInfo>;
  /** Of its procedures. */
  readonly names: NameState;
  /** Procedures of `@thingsdb`. */
  readonly procedures: Map<string, Procedure>;
  readonly tasks: Task[];
  /** Commits, oldest first; null while no history is kept. */
  history: Commit[] | null;
  /** Masks by scope, then by user id. */
  readonly access: Map<AccessScope, Map<number, number>>;
  /** Requests that clients may repeat. */
  readonly answered: AnsweredRequests;
  /** This state as the target of events. */
  readonly replica: SystemReplica;
  /** The next id of a user or collection. */
  nextId: number;
  /** Default time zones and depths of the scopes that are no collections. */
  readonly zones: { thingsdb: string; node: string };
  readonly deeps: { thingsdb: number; node: number };
  /** The nodes of the cluster by id, itself too. A node of its own is the only one. */
  readonly nodes: Map<number, NodeEntry>;
  /** Node id of this process. */
  nodeId: number;
  /** Id of the last change, of any scope. */
  changeId: number;

  constructor() {
    this.users = [];
    this.usersById = new Map();
    this.usersByName = new Map();
    this.tokens = new Map();
    this.tokenAudit = [];
    this.collections = [];
    this.collectionsById = new Map();
    this.collectionsByName = new Map();
    this.replicas = new Map();
    this.modules = new Map();
    this.names = new NameState();
    this.procedures = new NameTable(this.names);
    this.tasks = [];
    this.history = null;
    this.access = new Map([['thingsdb', new Map()], ['node', new Map()]]);
    this.answered = new AnsweredRequests();
    this.replica = new SystemReplica(this);
    this.nextId = 1;
    this.zones = { thingsdb: 'UTC', node: 'UTC' };
    this.deeps = { thingsdb: 1, node: 127 };
    this.nodes = new Map([[0, { address: '', port: 0, key: '', uid: '' }]]);
    this.nodeId = 0;
    this.changeId = 0;
  }

  accessOf(user: User, scope: AccessScope): number {
    // A user of a state that this one took the place of has nothing but a number in common with the one here.
    return this.usersById.get(user.id) === user ? this.access.get(scope)?.get(user.id) ?? 0 : 0;
  }

  zone(kind: 'collection' | 'thingsdb' | 'node'): string {
    return kind === 'node' ? this.zones.node : this.zones.thingsdb;
  }

  defaultDeep(kind: 'collection' | 'thingsdb' | 'node'): number {
    return kind === 'node' ? this.deeps.node : this.deeps.thingsdb;
  }

  tokenByHash(hash: string): Token | undefined {
    return this.tokens.get(tokenId(hash));
  }

  addUser(user: User): void {
    this.users.push(user);
    this.usersById.set(user.id, user);
    this.usersByName.set(user.name, user);
    if (user.id >= this.nextId) this.nextId = user.id + 1;
  }

  /** Takes a user out, with all that belongs to it: access, tokens and tasks. */
  removeUser(user: User): void {
    removeSwapping(this.users, user);
    this.usersById.delete(user.id);
    this.usersByName.delete(user.name);
    for (const token of user.tokens) this.tokens.delete(token.id);
    for (const masks of this.access.values()) masks.delete(user.id);
    removeTasksOf(this.replica, user.id);
    for (const replica of this.replicas.values()) {
      removeTasksOf(replica, user.id);
      replica.collection.sweep();
    }
  }

  renameUser(user: User, name: string): void {
    this.usersByName.delete(user.name);
    user.name = name;
    this.usersByName.set(name, user);
  }

  renameCollection(collection: Collection, name: string): void {
    this.collectionsByName.delete(collection.name);
    collection.name = name;
    this.collectionsByName.set(name, collection);
  }

  /** What a scope means for privileges; undefined when there is no such collection. */
  accessScope(scope: ScopeName): AccessScope | undefined {
    return scope.kind === 'collection' ? this.collectionsByName.get(scope.name)?.id : scope.kind;
  }

  /** A scope as texts show it. */
  scopeText(scope: AccessScope): string {
    if (typeof scope !== 'number') return `@${scope}`;
    return `@collection:${this.collectionsById.get(scope)?.name ?? '<unknown>'}`;
  }

  addCollection(collection: Collection, replica: Replica): void {
    this.collections.push(collection);
    this.collectionsById.set(collection.id, collection);
    this.collectionsByName.set(collection.name, collection);
    this.replicas.set(collection.id, replica);
    this.access.set(collection.id, new Map());
    if (collection.id >= this.nextId) this.nextId = collection.id + 1;
  }

  removeCollection(collection: Collection): void {
    collection.end();
    removeSwapping(this.collections, collection);
    this.collectionsById.delete(collection.id);
    this.collectionsByName.delete(collection.name);
    this.replicas.delete(collection.id);
    this.access.delete(collection.id);
  }
}

/** Takes an item out of a list; the last one moves into its place, as ThingsDB's own lists do. */
export function removeSwapping<T>(list: T[], item: T): void {
  const i = list.indexOf(item);
  if (i < 0) return;
  const last = list.pop()!;
  if (i < list.length) list[i] = last;
}
