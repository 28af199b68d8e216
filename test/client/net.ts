/** Nodes without sockets: a client's packages go to real sessions of a real engine, and a test decides what is lost. */
import type { AnsweredLimits } from '../../src/collection/answered.ts';
import { Engine } from '../../src/engine.ts';
import type { Clock } from '../../src/client/clock.ts';
import type { Dial } from '../../src/client/transport.ts';
import { testHost } from '../../src/check/test-host.ts';
import { connectTo, type ConnectOptions, type RemoteDatabase } from '../../src/library/remote.ts';
import { isRead } from '../../src/engine.ts';
import type { DatabaseSchema, Untyped } from '../../src/library/schema.ts';
import { NODE_STATUS } from '../../src/server/backend.ts';
import { Clients } from '../../src/server/clients.ts';
import { LocalBackend } from '../../src/server/local.ts';

export function newEngine(answered: Partial<AnsweredLimits> = {}): Engine {
  const engine = new Engine({ host: testHost(), answered });
  engine.init();
  return engine;
}

/** As one of ThingsDB, which knows no ids of requests. */
export function engineWithoutIds(): Engine {
  return newEngine({ bytes: 0 });
}

/** One node. Several may share an engine, as if they were a cluster without lag. */
export class FakeNode {
  readonly backend: LocalBackend;
  clients: Clients;
  /** Whether it takes connections. */
  up = true;
  /** How often somebody tried to connect. */
  dialled = 0;
  /** Set to lose what comes in or goes out, from then on, without a word. */
  silent = false;
  /** Set to lose the connection instead of writing the next answers, however far the work is done. */
  loseAnswers = false;
  /** Set to lose the connection instead of reading what comes. */
  loseRequests = false;
  /** Set to lose the connection when so many bytes of the next answers have been received. */
  loseAfter = Infinity;
  /** Most requests that came in one turn. */
  most = 0;
  private came = 0;
  private readonly cuts = new Set<() => void>();

  constructor(engine: Engine, store: { durable(): Promise<unknown> | null } | null = null) {
    this.backend = new LocalBackend(engine, store);
    this.clients = new Clients(this.backend);
  }

  get connections(): number {
    return this.cuts.size;
  }

  /** Ends all connections, as a crash does. */
  cut(): void {
    for (const cut of [...this.cuts]) cut();
  }

  crash(): void {
    this.up = false;
    this.cut();
  }

  /** Says that it is about to end. */
  shutDown(): void {
    this.up = false;
    this.backend.status = NODE_STATUS.shuttingDown;
    this.clients.nodeStatus(0, NODE_STATUS.shuttingDown);
  }

  readonly dial: Dial = (_url, { opened, received, closed }) => {
    this.dialled++;
    let open = true;
    const cut = (): void => {
      if (!open) return;
      open = false;
      this.cuts.delete(cut);
      session?.gone();
      closed(new Error('cut'));
    };
    const session = this.up ? this.clients.open({
      name: 'test', pending: 0,
      write: bytes => {
        const copy = bytes.slice();
        if (this.loseAnswers) setImmediate(cut);
        else if (copy.length > this.loseAfter) {
          received(copy.subarray(0, this.loseAfter));
          setImmediate(cut);
        }
        else if (!this.silent) setImmediate(() => void (open && received(copy)));
        return true;
      },
      pause() {}, resume() {},
      close: () => void setImmediate(cut),
      later: run => void setImmediate(run),
    }, 'tcp') : null;
    if (session === null) setImmediate(() => closed(new Error('refused')));
    else {
      this.cuts.add(cut);
      setImmediate(() => void (open && opened()));
    }
    return {
      send: bytes => {
        if (this.came++ === 0) setImmediate(() => (this.came = 0));
        this.most = Math.max(this.most, this.came);
        if (this.loseRequests) setImmediate(cut);
        else if (!this.silent) setImmediate(() => void (open && session?.receive(bytes)));
      },
      close: () => void setImmediate(cut),
    };
  };
}

/** `a`, `b`, … are the addresses of the nodes. */
export function dialOf(nodes: Readonly<Record<string, FakeNode>>): Dial {
  return (url, handlers) => nodes[url]!.dial(url, handlers);
}

export function connectFake<S extends DatabaseSchema = Untyped>(nodes: Readonly<Record<string, FakeNode>>, options: ConnectOptions = {}): Promise<RemoteDatabase<S>> {
  return connectTo<S>(Object.keys(nodes), options, { dial: dialOf(nodes), isRead });
}

/** Time that a test moves. */
export class FakeClock implements Clock {
  now = 0;
  chance = 0;
  private readonly timers = new Set<{ readonly at: number; readonly run: () => void }>();
  private watchers: (() => void)[] = [];

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.now + ms, run };
    this.timers.add(timer);
    for (const look of this.watchers.splice(0)) look();
    return () => this.timers.delete(timer);
  }

  random(): number {
    return this.chance;
  }

  /** Milliseconds until each timer, the nearest first. */
  get waits(): number[] {
    return [...this.timers].map(({ at }) => at - this.now).sort((a, b) => a - b);
  }

  /** Resolves once a timer is set that ends in `ms`. */
  async set(ms: number): Promise<void> {
    while (!this.waits.includes(ms)) await new Promise<void>(resolve => this.watchers.push(resolve));
  }

  advance(ms: number): void {
    this.now += ms;
    for (const timer of [...this.timers].sort((a, b) => a.at - b.at)) {
      if (timer.at > this.now || !this.timers.delete(timer)) continue;
      timer.run();
    }
  }
}

/** Resolves with the code of the error that something fails with. */
export async function codeOf(promise: Promise<unknown>): Promise<number> {
  return promise.then(() => 0, (e: { code: number }) => e.code);
}

/** Resolves when a condition holds; looks again in each turn of the event loop. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve));
}
