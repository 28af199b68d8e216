/**
 * A node as a member of its cluster: who leads, what the log brings, and what this node may do at the moment.
 *
 * Below the prefix of the cluster the coordinator holds
 *
 *   state/leader      the node that leads; under its lease. The revision that put it is the leader's *term*.
 *   state/node/ID     what a node says of itself, under its lease: it is there as long as the node is
 *   state/stored/ID   the last change on the disk of a node, which stays when the node goes
 *   log/…             the changes, see `entry.ts`
 *
 * **Leading.** A node that has taken the whole log, finds no leader and holds a lease puts `state/leader` on the
 * condition that there is none. It then reads the log once more: with its term the old leader's commits have become
 * impossible, so what it reads is all that there will ever be of earlier terms. It repeats that, removes what was left
 * unfinished, and leads from then on: it alone makes changes, and each commit of them asks for its term (`writer.ts`).
 *
 * **Following.** All others watch the log and repeat it (`tail.ts`). They keep in touch with the leader, too: who finds
 * its process gone removes its key, of that term, and what it said of itself, so that another one leads at once and not
 * when the lease has ended. A leader of which that was thought by mistake is deposed like any other: its next commit is
 * not done.
 *
 * **Losing the lead.** The engine has made changes before they are written. When the lead is lost, what is being written
 * may be there all the same, if only the answer was lost: until that is known the node is in *limbo*, and takes nothing.
 * If all is there it follows. If not, the rest will never be: who waits for it is told so, and the state of this node is
 * worth nothing any more. It ends as `dirty` and begins anew from its disk, where only written changes are. Where the
 * log was trimmed beyond it nobody knows: it ends as `behind`.
 *
 * **Staleness.** Some times a lease each node asks the coordinator for the end of the log (or, leading, for its key).
 * Once it has repeated all up to there, its state is no older than that question. A node whose last such question is
 * longer ago than `staleMs` is not `fresh`, and answers nothing. So a read shows all that was acknowledged `staleMs`
 * before it, on every node and however the network fails; and clients that read through one node never see time go back.
 */
import type { CommittedChange, Engine } from '../engine.ts';
import { assert } from '../errors/assert.ts';
import { cluster as msg } from '../errors/messages/cluster.ts';
import { cancelErr, nodeErr } from '../errors/query-error.ts';
import type { MemberInfo } from '../host.ts';
import { LOG_LEVEL } from '../host.ts';
import type { ChangeLog } from '../store/change-log.ts';
import { pause, type Clock } from './clock.ts';
import { only, startingWith, type Coordinator, type Operation, type Pair, type WatchEvent } from './coordinator.ts';
import { PART_BYTES, ROOM_EVENT, logKey, parseLogKey, termOf, type Origin } from './entry.ts';
import type { Network } from './network.ts';
import { Tail } from './tail.ts';
import { Writer } from './writer.ts';

export interface MemberTiming {
  /** Seconds after which a node that is not heard of is gone. At least 2: etcd makes none shorter. */
  readonly leaseSeconds: number;
  readonly retryMs: number;
  /** See above: how old a read may be. */
  readonly staleMs: number;
  /** Bytes of the log that are kept although all nodes have them: for one that is about to fetch the state of another. */
  readonly keepBytes: number;
  /** Bytes of the log that are kept for nodes that are not there. */
  readonly logBytes: number;
  /** Between two looks at what can be removed from the log. */
  readonly trimMs: number;
}

export const DEFAULT_TIMING: MemberTiming = Object.freeze({
  leaseSeconds: 3, retryMs: 200, staleMs: 5_000, keepBytes: 8 << 20, logBytes: 64 << 20, trimMs: 10_000,
});

/** A lease is refreshed so many times before it would end. */
const REFRESHES = 4;
/** Entries in one answer. */
const PAGE = 32;

/** Why a member is no more: see above; `behind`: the log begins later than what it has; `removed`: by `del_node`. */
export type End = 'dirty' | 'behind' | 'removed' | 'failed' | 'stopped';

/** What a node says of itself, and where it is found. */
export interface Presence extends MemberInfo {
  readonly address: string;
}

export interface MemberOptions {
  readonly engine: Engine;
  /** Tells this node from an earlier one of the same id. */
  readonly uid: string;
  /** The change that the log began after. */
  readonly base: number;
  readonly local: ChangeLog;
  readonly coordinator: Coordinator;
  /** Before all keys of the cluster. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly timing?: Partial<MemberTiming>;
  /** See {@link Network}. */
  readonly watchNode: Network['watch'];
  presence(): Omit<Presence, 'committed' | 'stored'>;
  /** Called once. Nothing is applied, made or written after it. */
  ended(why: End): void;
}

interface Leader {
  readonly node: number;
  /** The lease that its key is put under: tells a node from what it was before a restart. */
  readonly lease: string;
  readonly term: number;
}

interface Kept {
  readonly key: string;
  readonly bytes: number;
}

export class Member {
  readonly id: number;
  readonly engine: Engine;
  /** Whether this node makes the changes. */
  leads = false;
  leader: Leader | null = null;
  /** The nodes that are there, itself too. */
  readonly present = new Map<number, Presence>();
  /** Called when another node leads, or none. */
  leaderChanged: () => void = () => {};
  /** Told of each change that a request of this node brought about, when it is written. */
  ownChange: (request: number) => void = () => {};
  /** Told of each event of a room that another node brought, at its place among the changes. */
  roomEvent: (packed: Uint8Array) => void = () => {};
  private readonly options: MemberOptions;
  private readonly timing: MemberTiming;
  private readonly clock: Clock;
  private readonly coordinator: Coordinator;
  private readonly local: ChangeLog;
  private readonly prefix: string;
  private readonly leaderKey: string;
  private readonly tail: Tail;
  private writer: Writer | null = null;
  private readonly storedBy = new Map<number, { readonly uid: string; readonly stored: number }>();
  /** Entries of the log, in order. */
  private kept: Kept[] = [];
  private lease: string | null = null;
  private leaseEnd = 0;
  private announced = '';
  private watching: (() => void) | null = null;
  /** When the oldest question was asked that is not outdated; see `fresh`. */
  private freshAt = -Infinity;
  private asked: { readonly at: number; readonly key: string } | null = null;
  private trimmedAt = 0;
  private compactTo = 0;
  private stopping = false;
  /** How often it was begun to read all that there is. */
  private syncs = 0;
  private busy = false;
  /** The lead is lost, and it is not known yet whether all that was made here is written. */
  private limbo = false;
  private over = false;
  private cancelTick: () => void = () => {};
  private unwatchLeader: () => void = () => {};

  constructor(options: MemberOptions) {
    this.options = options;
    this.engine = options.engine;
    this.id = options.engine.system.nodeId;
    this.timing = { ...DEFAULT_TIMING, ...options.timing };
    this.clock = options.clock;
    this.coordinator = options.coordinator;
    this.local = options.local;
    this.prefix = options.prefix;
    this.leaderKey = `${options.prefix}state/leader`;
    this.tail = new Tail(this.engine, this.clock, {
      event: packed => this.roomEvent(packed),
      origin: (_change, { node, request }) => void (node === this.id && this.ownChange(request)),
      failed: error => {
        this.engine.host.log(LOG_LEVEL.critical, error.message);
        this.end('failed');
      },
    });
  }

  start(): void {
    void this.sync();
    void this.tick();
  }

  /** Whether what this node shows is no older than the bound. */
  get fresh(): boolean {
    return !this.over && this.clock.now() - this.freshAt <= this.timing.staleMs;
  }

  /** Whether the engine repeats a change at the moment, as against making one. */
  get repeating(): boolean {
    return this.tail.repeating;
  }

  /** Of the last change that was made here; null when all are written. Broken when some never will be. */
  get pending(): Promise<void> | null {
    return this.broken ?? this.writer?.pending ?? null;
  }
  private broken: Promise<never> | null = null;

  /** Id of the last change of this node that is written. */
  get committed(): number {
    return this.pending === null ? this.engine.changeId : this.writtenId;
  }
  private writtenId = 0;

  /** Takes a change that the engine has made. */
  propose(change: CommittedChange): Promise<void> {
    assert(this.writer !== null, 'only the node that leads makes changes');
    const origin = this.engine.tag as Origin | null;
    const written = this.writer.append(change, origin);
    if (origin?.node === this.id) written.then(() => this.ownChange(origin.request), () => {});
    return written;
  }

  /** Resolves when this node has come to a change that is written, with all of its own before it. */
  async reached(id: number): Promise<void> {
    // In limbo the engine is ahead of what is known.
    await this.pending?.catch(() => {});
    await this.tail.reached(id);
  }

  /** Sends an event of a room to the other nodes, at its place among the changes. */
  tell(packed: Uint8Array): void {
    assert(this.writer !== null, 'only the node that leads tells of events');
    void this.writer.append({ id: this.engine.changeId, scope: ROOM_EVENT, events: packed }, null);
  }

  /** Lets another node lead; resolves when all that was made here is written. */
  async handOver(): Promise<void> {
    this.stopping = true;
    await this.giveUpLead();
  }

  private async giveUpLead(): Promise<void> {
    const { leader } = this;
    if (!this.leads || leader === null) return;
    this.setLeads(false);
    await this.pending?.catch(() => {});
    await this.coordinator.commit([{ key: this.leaderKey, created: leader.term }], [{ remove: this.leaderKey }]).catch(() => {});
  }

  /** Ends it in good order: others see at once that it is gone. */
  async stop(): Promise<void> {
    await this.handOver();
    if (this.over) return;
    this.end('stopped');
    await this.coordinator.commit([], [{ remove: this.nodeKey(this.id) }]).catch(() => {});
  }

  /** Ends it as it stands, as its process does when it is killed. */
  end(why: End): void {
    if (this.over) return;
    this.over = true;
    this.setLeads(false);
    if (this.pending !== null) {
      this.broken = Promise.reject(cancelErr(msg.unknown()));
      this.broken.catch(() => {});
    }
    this.cancelTick();
    this.unwatchLeader();
    this.watching?.();
    // Dirty it ends when it is known that what waits was not written, and never will be.
    this.writer?.stop(why === 'dirty' ? nodeErr(msg.leadLost()) : cancelErr(msg.unknown()));
    this.tail.stop(cancelErr(msg.unknown()));
    this.options.ended(why);
  }

  // ---- what the coordinator tells ----------------------------------------------------------------------

  /** Reads all that there is, then watches; again whenever the watch is lost. */
  private async sync(): Promise<void> {
    const turn = ++this.syncs;
    // A later one takes over.
    const outdated = (): boolean => this.over || turn !== this.syncs;
    this.watching?.();
    this.watching = null;
    while (!outdated()) {
      try {
        const { pairs, revision } = await this.coordinator.read(startingWith(`${this.prefix}state/`));
        if (outdated()) return;
        this.present.clear();
        this.storedBy.clear();
        const leader = pairs.find(({ key }) => key === this.leaderKey);
        for (const pair of pairs) if (pair !== leader) this.stateChanged(pair);
        if (!this.present.has(this.id)) this.announced = '';
        this.setLeader(leader ?? null);
        const whole = await this.readLog();
        if (outdated()) return;
        if (!whole || this.tail.last < this.options.base) return this.end('behind');
        this.watching = this.coordinator.watch(startingWith(this.prefix), revision + 1, {
          changed: events => this.changed(events),
          lost: () => void pause(this.clock, this.timing.retryMs).then(() => void (outdated() || this.sync())),
        });
        this.campaign();
        return;
      } catch {
        await pause(this.clock, this.timing.retryMs);
      }
    }
  }

  /** The first change of the entry of a key. */
  private firstOf(key: string): number {
    return parseLogKey(key.slice(this.prefix.length)).first;
  }

  /** Takes the log from where this node is. False: it begins later. */
  private async readLog(): Promise<boolean> {
    const log = startingWith(`${this.prefix}log/`);
    const { pairs: [begin] } = await this.coordinator.read({ from: log.from, to: this.prefix + logKey({ first: this.tail.last + 1, number: 0, part: 1 }), limit: 1, descending: true, keysOnly: true });
    let from = begin === undefined ? log.from : this.prefix + logKey({ ...parseLogKey(begin.key.slice(this.prefix.length)), part: 0 });
    this.kept = [];
    for (;;) {
      const { pairs } = await this.coordinator.read({ from, to: log.to, limit: PAGE });
      if (this.over) return true;
      for (const pair of pairs) if (!this.logChanged(pair)) return false;
      if (pairs.length < PAGE) return true;
      from = only(pairs.at(-1)!.key).to;
    }
  }

  private changed(events: readonly WatchEvent[]): void {
    const gone = new Set<string>();
    for (const event of events) {
      if (this.over) return;
      const key = event.key.slice(this.prefix.length);
      if (event.key === this.leaderKey) this.setLeader(event.value === null ? null : { ...event, value: event.value });
      else if (key.startsWith('state/')) this.stateChanged(event);
      else if (event.value === null) gone.add(event.key);
      else if (!this.logChanged({ ...event, value: event.value })) void this.sync();
    }
    if (gone.size > 0) this.kept = this.kept.filter(({ key }) => !gone.has(key));
  }

  private stateChanged({ key, value }: WatchEvent): void {
    const [kind, id] = key.slice(`${this.prefix}state/`.length).split('/');
    const map: Map<number, unknown> = kind === 'node' ? this.present : this.storedBy;
    // It was taken for gone by mistake.
    if (value === null && key === this.nodeKey(this.id)) this.announced = '';
    if (value === null) map.delete(Number(id));
    else map.set(Number(id), fromJson(value));
  }

  /** False: changes before it are missing. */
  private logChanged({ key, value }: Pair): boolean {
    const inner = key.slice(this.prefix.length);
    if ((this.kept.at(-1)?.key ?? '') < key) this.kept.push({ key, bytes: value.length });
    const term = termOf(value);
    // Who leads was read before this: another one may have come between.
    if (this.writer !== null && !this.limbo && term > this.leader!.term) this.deposed();
    // What this node has made itself it need not repeat.
    if (this.limbo || (this.writer !== null && term === this.leader?.term)) return true;
    try {
      if (!this.tail.take(inner, value)) return false;
    } catch (e) {
      this.engine.host.log(LOG_LEVEL.critical, (e as Error).message);
      this.end('failed');
      return true;
    }
    this.lookFresh();
    return true;
  }

  // ---- who leads ---------------------------------------------------------------------------------------

  private setLeader(pair: Pair | null): void {
    const before = this.leader;
    this.leader = pair === null ? null : { ...fromJson(pair.value) as Omit<Leader, 'term'>, term: pair.created };
    if (this.writer !== null && !this.limbo && this.leader?.term !== before?.term) this.deposed();
    if (this.over) return;
    if (this.leader === null) this.campaign();
    else if (this.leader.lease === this.lease && this.leader.term !== before?.term) void this.takeOver(this.leader.term);
    if (this.leader?.term !== before?.term) this.watchLeader();
    this.leaderChanged();
  }

  private watchLeader(): void {
    this.unwatchLeader();
    if (this.leader === null) return;
    const { node, lease, term } = this.leader;
    if (node !== this.id) this.unwatchLeader = this.options.watchNode(node, () => void this.removeLeader(term, [this.leaderKey, this.nodeKey(node)]));
    // One of an earlier life.
    else if (lease !== this.lease) void this.removeLeader(term, [this.leaderKey]);
  }

  /** Makes way for another one, where the leader is no more. */
  private async removeLeader(term: number, keys: readonly string[]): Promise<void> {
    while (!this.over && this.leader?.term === term) {
      try {
        await this.coordinator.commit([{ key: this.leaderKey, created: term }], keys.map(remove => ({ remove })));
        return;
      } catch {
        await pause(this.clock, this.timing.retryMs);
      }
    }
  }

  /** Runs for the lead if it may. */
  private campaign(): void {
    const { lease, engine, leaderKey } = this;
    if (this.leader !== null || lease === null || this.writer !== null || this.stopping || this.busy || this.watching === null || engine.storeFailure !== '') return;
    if (!this.isMember()) return;
    this.busy = true;
    const value = toJson({ node: this.id, lease });
    this.coordinator.commit([{ key: leaderKey, created: 0 }], [{ put: leaderKey, value, lease }])
      // The watch tells who won.
      .catch(() => {})
      .finally(() => (this.busy = false));
  }

  private async takeOver(term: number): Promise<void> {
    const still = (): boolean => !this.over && this.leader?.term === term && this.lease === this.leader.lease;
    while (still() && !this.stopping) {
      try {
        if (!await this.readLog()) return this.end('behind');
        await this.tail.reached(this.tail.last);
        const log = startingWith(`${this.prefix}log/`);
        const { done } = await this.coordinator.commit([{ key: this.leaderKey, created: term }], [{ remove: this.prefix + logKey(this.tail.nextKey), to: log.to }]);
        if (!done) return;
        await this.listOlder(log.from);
        if (!still() || this.stopping) return;
        this.begin(term);
        return;
      } catch {
        await pause(this.clock, this.timing.retryMs);
      }
    }
  }

  /** The entries before those that this node had to read: the leader removes them when all have them. */
  private async listOlder(from: string): Promise<void> {
    const to = this.kept[0]?.key ?? from;
    if (to <= from) return;
    const { pairs } = await this.coordinator.read({ from, to, keysOnly: true });
    // How long they are is not asked; few are longer.
    this.kept = [...pairs.map(({ key }) => ({ key, bytes: PART_BYTES / 2 })), ...this.kept];
  }

  private begin(term: number): void {
    const { coordinator, clock, prefix, leaderKey } = this;
    this.writtenId = this.engine.changeId;
    this.writer = new Writer({
      coordinator, clock, prefix, leaderKey, term, retryMs: this.timing.retryMs, firstKey: this.tail.nextKey,
      written: (key, items) => {
        this.writtenId = items.at(-1)!.id;
        this.tail.wrote(key);
        if (this.limbo && this.writer?.pending === null) this.follow();
        for (const item of items) if (item.scope !== ROOM_EVENT) void this.local.append(item);
      },
      deposed: why => this.end(why === 'absent' ? 'dirty' : 'behind'),
    });
    this.setLeads(true);
  }

  /** Another one leads, or may. What is being written may yet be there: the writer finds out. */
  private deposed(): void {
    this.setLeads(false);
    this.limbo = true;
    if (this.writer?.pending === null) this.follow();
  }

  /** All that was made here is written: what came after it is not known. */
  private follow(): void {
    this.writer = null;
    this.limbo = false;
    void this.sync();
  }

  private setLeads(leads: boolean): void {
    if (this.leads === leads) return;
    this.leads = leads;
    this.engine.host.log(LOG_LEVEL.info, leads ? 'this node leads' : 'this node follows');
  }

  /** Whether the cluster still has this node. What is not known yet is not held against it. */
  private isMember(): boolean {
    const entry = this.engine.system.nodes.get(this.id);
    if (entry?.uid === this.options.uid) return true;
    if (this.tail.drained) this.end('removed');
    return false;
  }

  // ---- what goes on all the time -----------------------------------------------------------------------

  private async tick(): Promise<void> {
    if (this.over) return;
    const { clock, timing } = this;
    const period = (timing.leaseSeconds * 1000) / REFRESHES;
    const at = clock.now();
    this.cancelTick = clock.after(period, () => void this.tick());
    // A node whose disk fails leaves the lead to others.
    if (this.leads && this.engine.storeFailure !== '') void this.giveUpLead();
    // It may lead still, but cannot know: another one may be about to.
    if (this.leads && at > this.leaseEnd) this.setLeads(false);
    if (this.ticking) return;
    this.ticking = true;
    try {
      await this.keepLease(at);
      await this.askEnd(at);
      await this.announce();
      if (this.leads) await this.trim();
      this.campaign();
    } catch {
      // The next tick tries again. What must not be done without the coordinator ends by itself.
    }
    this.ticking = false;
  }
  private ticking = false;

  private async keepLease(at: number): Promise<void> {
    if (this.lease !== null && !await this.coordinator.refresh(this.lease)) {
      this.lease = null;
      this.announced = '';
      if (this.writer !== null && !this.limbo) this.deposed();
    }
    if (this.over) return;
    this.lease ??= await this.coordinator.grant(this.timing.leaseSeconds);
    this.leaseEnd = at + this.timing.leaseSeconds * 1000;
    if (this.writer !== null && !this.limbo && !this.stopping) this.setLeads(true);
  }

  /** Asks what the state of this node is to be held against. */
  private async askEnd(at: number): Promise<void> {
    const { leader, writer } = this;
    if (this.limbo) return;
    // A watch that brings nothing although there is something is dead.
    if (this.asked !== null && this.tail.drained && at - this.asked.at > this.timing.staleMs / 2) {
      this.asked = null;
      void this.sync();
    }
    if (writer !== null) {
      const { pairs } = await this.coordinator.read({ ...only(this.leaderKey), keysOnly: true });
      if (this.writer !== writer || this.limbo) return;
      if (pairs[0]?.created !== leader?.term) this.deposed();
      else this.freshAt = at;
      return;
    }
    const { pairs } = await this.coordinator.read({ ...startingWith(`${this.prefix}log/`), limit: 1, descending: true, keysOnly: true });
    if (this.watching === null) return;
    const key = pairs[0]?.key.slice(this.prefix.length) ?? '';
    // The end goes back when what a leader left unfinished is removed.
    if (this.asked === null || key < this.asked.key) this.asked = { at, key };
    this.lookFresh();
  }

  /** Whether all has been repeated that was there when it was asked. */
  private lookFresh(): void {
    const { asked, tail } = this;
    if (asked === null || !tail.has(asked.key)) return;
    this.asked = null;
    const known = (): void => void (this.freshAt = Math.max(this.freshAt, asked.at));
    if (tail.drained) known();
    else tail.reached(tail.last).then(known, () => {});
  }

  private nodeKey(id: number): string {
    return `${this.prefix}state/node/${id}`;
  }

  /** Says what is new about this node. */
  private async announce(): Promise<void> {
    const { lease, engine, options, committed } = this;
    if (lease === null || this.watching === null || !this.isMember()) return;
    const stored = Math.min(engine.host.node.storedChangeId, committed);
    const presence: Presence = { ...options.presence(), committed, stored };
    const text = JSON.stringify(presence);
    if (text === this.announced) return;
    const { uid } = options;
    await this.coordinator.commit([], [
      { put: this.nodeKey(this.id), value: toJson(presence), lease },
      { put: `${this.prefix}state/stored/${this.id}`, value: toJson({ uid, stored }) },
    ]);
    this.announced = text;
  }

  /** Whether a node has ever come after it was invited. */
  hasJoined(id: number, uid: string): boolean {
    return this.storedBy.get(id)?.uid === uid;
  }

  /** Removes from the log what all nodes have on their disks, and more when it is too long. */
  private async trim(): Promise<void> {
    const { clock, engine, leader, kept, timing } = this;
    if (clock.now() - this.trimmedAt < timing.trimMs) return;
    this.trimmedAt = clock.now();
    const gone: Operation[] = [];
    const stored: number[] = [];
    for (const [id, { uid, stored: last }] of this.storedBy) {
      if (engine.system.nodes.get(id)?.uid === uid) stored.push(last);
      else gone.push({ remove: `${this.prefix}state/stored/${id}` });
    }
    const to = trimTo(kept.map(({ key, bytes }) => ({ first: this.firstOf(key), bytes })), stored, timing);
    if (to > 0) gone.push({ remove: `${this.prefix}log/`, to: kept[to]!.key });
    if (gone.length === 0) return;
    const { revision } = await this.coordinator.commit([{ key: this.leaderKey, created: leader!.term }], gone);
    // Who watches is hardly ever later than one trimming.
    if (this.compactTo > 0) await this.coordinator.compact(this.compactTo);
    this.compactTo = revision;
  }
}

/**
 * How many parts of the log may go, the last entry never. While there are more than `keepBytes`: those that all nodes
 * have stored; while there are more than `logBytes`: also those that two nodes have, or the only one.
 */
export function trimTo(parts: readonly { readonly first: number; readonly bytes: number }[], stored: readonly number[],
  { keepBytes, logBytes }: Pick<MemberTiming, 'keepBytes' | 'logBytes'>): number {
  if (stored.length === 0) return 0;
  const sorted = [...stored].sort((a, b) => b - a);
  const all = sorted.at(-1)!;
  const safe = sorted[Math.min(1, sorted.length - 1)]!;
  let left = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  let to = 0;
  for (; to < parts.length - 1; to++) {
    const last = parts[to + 1]!.first - 1;
    if (left <= keepBytes || last > (left > logBytes ? safe : all)) break;
    left -= parts[to]!.bytes;
  }
  // An entry goes with all its parts, or stays.
  while (to > 0 && parts[to]!.first === parts[to - 1]!.first) to--;
  return to;
}

export function toJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

export function fromJson(value: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(value));
}
