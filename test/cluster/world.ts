/**
 * A cluster in one thread: nodes, network, disks, coordinator and time all hang on one seed, so every run repeats.
 *
 * Nothing happens but by an event at a moment of the world's own time. What a paused node should do waits until it
 * goes on, as with SIGSTOP; what a crashed one should do never happens, and what its disk had not synced is gone.
 */
import { ClusterBackend } from '../../src/cluster/backend.ts';
import { pause, type Clock } from '../../src/cluster/clock.ts';
import type { CommitResult, Condition, Coordinator, Operation, Range, ReadResult, WatchEvent, Watcher } from '../../src/cluster/coordinator.ts';
import { receiveFrom } from '../../src/cluster/forward.ts';
import { Lives } from '../../src/cluster/lives.ts';
import { ClusterLog } from '../../src/cluster/log.ts';
import { MemoryCoordinator } from '../../src/cluster/memory-coordinator.ts';
import type { Network, NetworkListener } from '../../src/cluster/network.ts';
import { Engine, type CommittedChange } from '../../src/engine.ts';
import type { Cluster, Host } from '../../src/host.ts';
import { loadSnapshot } from '../../src/snapshot/load.ts';
import type { ChangeLog, LogContents, LoggedChange } from '../../src/store/change-log.ts';
import { PlainNode } from '../../src/system/node.ts';
import { random } from '../collection/random-queries.ts';

export type Below = (n: number) => number;

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Short, so that much happens in little time. */
export const TIMING = { leaseSeconds: 2, staleMs: 3_000, trimMs: 500, keepBytes: 1_000, logBytes: 4_000 } as const;

/** How long who asks waits for an answer that was lost. */
const TIMEOUT = 1_000;

export class World {
  readonly below: Below;
  now = 0;
  readonly coordinator = new MemoryCoordinator(() => this.now);
  readonly nodes: SimNode[] = [];
  /** Of a thousand messages so many are lost, and so many milliseconds they take at most. */
  loss = 0;
  delay = 5;
  /** Called with each life's engine before it takes part. */
  born: (node: SimNode, engine: Engine) => void = () => {};
  private readonly events: Event[] = [];
  private order = 0;

  constructor(seed: number) {
    this.below = random(seed);
    // The first numbers of near seeds are alike.
    for (let i = 0; i < 10; i++) this.below(2);
    const expire = (): void => {
      this.coordinator.expire();
      this.after(100, expire);
    };
    expire();
  }

  after(milliseconds: number, run: () => void): void {
    const event = { at: this.now + milliseconds, order: this.order++, run };
    // A binary heap: the first event is at the top.
    const { events } = this;
    let i = events.push(event) - 1;
    while (i > 0 && before(event, events[(i - 1) >> 1]!)) {
      events[i] = events[(i - 1) >> 1]!;
      i = (i - 1) >> 1;
    }
    events[i] = event;
  }

  private pop(): Event {
    const { events } = this;
    const top = events[0]!;
    const last = events.pop()!;
    if (events.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= events.length) break;
      if (child + 1 < events.length && before(events[child + 1]!, events[child]!)) child++;
      if (!before(events[child]!, last)) break;
      events[i] = events[child]!;
      i = child;
    }
    events[i] = last;
    return top;
  }

  /** Lets time pass until something holds, or for so long. Whether it holds. */
  async run(milliseconds: number, until: () => boolean = () => false): Promise<boolean> {
    const end = this.now + milliseconds;
    while (!until()) {
      if (this.events.length === 0 || this.events[0]!.at > end) {
        this.now = end;
        return until();
      }
      const event = this.pop();
      this.now = event.at;
      event.run();
      // All that follows from it at once: promises, to the last one.
      await new Promise(setImmediate);
    }
    return true;
  }

  lost(): boolean {
    return this.below(1000) < this.loss;
  }

  latency(): number {
    return 1 + this.below(this.delay);
  }
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** A machine: what stays when its process ends, and the process while it runs. */
export class SimNode {
  readonly world: World;
  readonly id: number;
  readonly uid: string;
  /** A snapshot of the state after so many changes, and the changes that follow. */
  snapshot: { readonly id: number; readonly bytes: Uint8Array } | null = null;
  disk: CommittedChange[];
  process: SimProcess | null = null;
  paused = false;
  /** How often it has fetched the state of another node. */
  fetched = 0;
  /** Cut off from the coordinator, and from which nodes. */
  cutOff = false;
  readonly cutFrom = new Set<number>();
  /** Who keeps in touch with its process. */
  private readonly watchers = new Set<{ readonly by: SimProcess; gone(): void }>();
  private backlog: (() => void)[] = [];

  constructor(world: World, id: number, uid: string, disk: readonly CommittedChange[]) {
    this.world = world;
    this.id = id;
    this.uid = uid;
    this.disk = [...disk];
  }

  /** The last change on its disk. */
  get stored(): number {
    return (this.snapshot?.id ?? 0) + this.disk.length;
  }

  start(): void {
    this.process = new SimProcess(this);
  }

  crash(): void {
    this.refuse();
    this.process = null;
    this.backlog = [];
    this.paused = false;
  }

  /** Its port refuses: who keeps in touch takes its process for gone, whether it is or not. */
  refuse(): void {
    for (const { by, gone } of this.watchers) {
      if (by.node.reaches(this)) this.world.after(this.world.latency(), () => by.node.in(by, gone));
    }
    this.watchers.clear();
  }

  watch(by: SimProcess, gone: () => void): () => void {
    const watcher = { by, gone };
    if (this.process !== null && by.node.reaches(this)) this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  resume(): void {
    this.paused = false;
    for (const run of this.backlog.splice(0)) this.world.after(0, run);
  }

  /** Runs something in a process, if it still runs, when it is not paused. */
  in(process: SimProcess, run: () => void): void {
    if (this.process !== process) return;
    if (this.paused) this.backlog.push(() => this.in(process, run));
    else run();
  }

  reaches(other: SimNode): boolean {
    return !this.cutFrom.has(other.id) && !other.cutFrom.has(this.id);
  }
}

async function* inPieces(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

class SimHostNode extends PlainNode {
  private readonly process: SimProcess;

  constructor(process: SimProcess) {
    super(() => process.seconds(), () => process.node.world.now);
    this.process = process;
  }

  override get cluster(): Cluster {
    return this.process.backend;
  }

  override get status(): string {
    return this.process.backend.status;
  }
}

export class SimProcess {
  readonly node: SimNode;
  readonly backend = new ClusterBackend();
  readonly lives: Lives;
  readonly network: SimNetwork;
  /** Why it ended, when it did by itself. */
  ended = '';

  constructor(node: SimNode) {
    this.node = node;
    this.network = new SimNetwork(this);
    const clock: Clock = {
      now: () => node.world.now,
      after: (milliseconds, run) => {
        let cancelled = false;
        node.world.after(milliseconds, () => node.in(this, () => void (cancelled || run())));
        return () => (cancelled = true);
      },
    };
    this.lives = new Lives({
      backend: this.backend, coordinator: new SimLink(this), network: this.network, clock, prefix: 'p/', uid: node.uid, base: 0, timing: TIMING,
      presence: () => ({ zone: 0, name: `n${node.id}`, port: 0, address: '' }),
      open: async () => {
        const engine = new Engine({ host: this.host(), audit: { textSize: 30 } });
        engine.system.nodeId = node.id;
        if (node.snapshot !== null) await loadSnapshot(engine, inPieces(node.snapshot.bytes));
        for (const change of node.disk) engine.apply(change);
        engine.host.node.storedChangeId = engine.changeId;
        const log = new ClusterLog(new SimLog(this, engine));
        node.world.born(node, engine);
        const stop = engine.onChange(change => void log.append(change));
        return {
          engine, log,
          close: async () => {
            stop();
            await log.close();
          },
        };
      },
      catchUp: async () => {
        while (node.process === this) {
          try {
            const { changeId: id, pieces } = await receiveFrom(this.network, (node.id + 1 + node.world.below(2)) % node.world.nodes.length);
            const parts: Uint8Array[] = [];
            for await (const piece of pieces) parts.push(piece);
            node.snapshot = { id, bytes: Buffer.concat(parts) };
            node.disk = [];
            node.fetched++;
            return;
          } catch {
            await pause(clock, 100);
          }
        }
      },
      dropClients: () => {},
    });
    this.lives.run().then(why => (this.ended = why), (e: unknown) => (this.ended = String((e as Error).stack)));
  }

  seconds(): number {
    return 1_767_225_600 + this.node.world.now / 1000;
  }

  private host(): Host {
    const { world } = this.node;
    let key = 0;
    return {
      now: () => this.seconds(),
      monotonic: () => world.now,
      later: run => world.after(0, () => this.node.in(this, run)),
      random: () => world.below(1 << 20) / (1 << 20),
      node: new SimHostNode(this),
      secrets: {
        hashPassword: async text => text, checkPassword: async () => true, initialPassword: 'pass', newKey: () => `key${this.node.id}-${key++}`,
        isSound: () => true, hashKey: text => text, sameHash: (a, b) => a === b,
      },
      log: () => {},
    };
  }
}

/** The disk's log: what was appended is synced some milliseconds later, in order. */
class SimLog implements ChangeLog {
  private readonly process: SimProcess;
  private readonly engine: Engine;
  private readonly waiting: CommittedChange[] = [];
  pending: Promise<void> | null = null;

  constructor(process: SimProcess, engine: Engine) {
    this.process = process;
    this.engine = engine;
  }

  async open(): Promise<LogContents> {
    throw new Error('it is read directly');
  }

  async *read(): AsyncIterable<readonly LoggedChange[]> {}

  append(change: CommittedChange): Promise<void> {
    const { node } = this.process;
    this.waiting.push(change);
    if (this.waiting.length === 1) node.world.after(node.world.latency(), () => node.in(this.process, () => this.sync()));
    return Promise.resolve();
  }

  private sync(): void {
    const { node } = this.process;
    for (const synced of this.waiting.splice(0)) {
      if (synced.id !== node.stored + 1) throw new Error(`change ${synced.id} follows change ${node.stored} on disk`);
      node.disk.push(synced);
    }
    this.engine.host.node.storedChangeId = node.stored;
  }

  async trim(): Promise<void> {}

  async close(): Promise<void> {
    this.sync();
  }
}

/** A process's way to the coordinator: takes time, loses questions and answers, or is cut. */
class SimLink implements Coordinator {
  private readonly process: SimProcess;

  constructor(process: SimProcess) {
    this.process = process;
  }

  read(range: Range): Promise<ReadResult> {
    return this.ask(of => of.read(range));
  }

  commit(when: readonly Condition[], then: readonly Operation[]): Promise<CommitResult> {
    return this.ask(of => of.commit(when, then));
  }

  grant(seconds: number): Promise<string> {
    return this.ask(of => of.grant(seconds));
  }

  refresh(lease: string): Promise<boolean> {
    return this.ask(of => of.refresh(lease));
  }

  compact(revision: number): Promise<void> {
    return this.ask(of => of.compact(revision));
  }

  watch(range: Range, revision: number, watcher: Watcher): () => void {
    const { process } = this;
    const { node } = process;
    const { world } = node;
    let over = false;
    let lost = false;
    let last = 0;
    const tell = (run: () => void): void => {
      last = Math.max(last, world.now + world.latency());
      world.after(last - world.now, () => node.in(process, () => void (over || run())));
    };
    const lose = (): void => {
      if (lost) return;
      lost = true;
      world.after(0, () => stop());
      world.after(world.below(TIMEOUT), () => node.in(process, () => {
        if (over) return;
        over = true;
        watcher.lost(new Error('cut'));
      }));
    };
    const stop = world.coordinator.watch(range, revision, {
      changed: (events: readonly WatchEvent[], at) => {
        if (lost || node.cutOff || world.lost()) lose();
        else tell(() => watcher.changed(events, at));
      },
      lost: lose,
    });
    return () => {
      over = true;
      stop();
    };
  }

  private ask<T>(what: (of: Coordinator) => Promise<T>): Promise<T> {
    const { node } = this.process;
    const { world } = node;
    return new Promise((resolve, reject) => {
      const fail = (): void => world.after(TIMEOUT, () => node.in(this.process, () => reject(new Error('no answer'))));
      if (node.cutOff || world.lost()) return fail();
      world.after(world.latency(), () => {
        const answer = (run: () => void): void => {
          if (node.cutOff || world.lost()) fail();
          else world.after(world.latency(), () => node.in(this.process, run));
        };
        what(world.coordinator).then(value => answer(() => resolve(value)), (e: unknown) => answer(() => reject(e as Error)));
      });
    });
  }
}

class SimNetwork implements Network {
  private readonly process: SimProcess;
  listener: NetworkListener | null = null;

  constructor(process: SimProcess) {
    this.process = process;
  }

  listen(listener: NetworkListener): void {
    this.listener = listener;
  }

  watch(to: number, gone: () => void): () => void {
    const { node } = this.process;
    return node.world.nodes[to]!.watch(this.process, gone);
  }

  call(to: number, body: Uint8Array): Promise<Uint8Array> {
    const { node } = this.process;
    const { world } = node;
    const other = world.nodes[to]!;
    return new Promise((resolve, reject) => {
      const fail = (): void => world.after(TIMEOUT, () => node.in(this.process, () => reject(new Error('no answer'))));
      if (!node.reaches(other) || world.lost()) return fail();
      world.after(world.latency(), () => {
        const { process } = other;
        if (process === null) return fail();
        other.in(process, () => {
          if (process.network.listener === null) return fail();
          process.network.listener.asked(node.id, body).then(answer => {
            if (!node.reaches(other) || world.lost()) fail();
            else world.after(world.latency(), () => node.in(this.process, () => resolve(answer)));
          }, fail);
        });
      });
      // As when the other one crashes, or does not hear of it.
      world.after(TIMEOUT * 5, () => node.in(this.process, () => reject(new Error('no answer'))));
    });
  }
}
