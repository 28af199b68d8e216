/**
 * The lives of a node: each has an engine that was loaded from the node's disk and takes part in the cluster until it
 * cannot go on with that state, as after losing the lead with changes unwritten. Then the next life begins.
 */
import { cluster as msg } from '../errors/messages/cluster.ts';
import type { Engine } from '../engine.ts';
import { LOG_LEVEL } from '../host.ts';
import type { AttemptOptions } from '../server/attempts.ts';
import { LocalBackend } from '../server/local.ts';
import type { ClusterBackend } from './backend.ts';
import { pause, type Clock } from './clock.ts';
import type { Coordinator } from './coordinator.ts';
import { FORWARD_LIMITS, Forward } from './forward.ts';
import type { ClusterLog } from './log.ts';
import { DEFAULT_TIMING, Member, type End, type MemberTiming, type Presence } from './member.ts';
import type { Network } from './network.ts';

/** An engine with the state of the node's disk, whose changes go to `log`. */
export interface Opened {
  readonly engine: Engine;
  readonly log: ClusterLog;
  close(): Promise<void>;
}

export interface LivesOptions {
  readonly backend: ClusterBackend;
  readonly coordinator: Coordinator;
  readonly network: Network;
  readonly clock: Clock;
  /** Before all keys of the cluster. */
  readonly prefix: string;
  readonly uid: string;
  /** The change that the log of the cluster began after. */
  readonly base: number;
  readonly timing?: Partial<MemberTiming>;
  /** Bounds of failed log-ins. */
  readonly attempts?: Partial<AttemptOptions>;
  presence(): Omit<Presence, 'committed' | 'stored' | 'status'>;
  /** Null when there is nothing on the disk, or nothing that can be used: another node's state is needed. */
  open(): Promise<Opened | null>;
  /** Puts the state of another node in the place of what is on the disk. */
  catchUp(): Promise<void>;
  /** Told the engine that lives from now on. */
  begun?(engine: Engine): void;
  /** Ends all connections, after what was said to them last. */
  dropClients(): void;
}

export class Lives {
  private readonly options: LivesOptions;
  private stopping = false;

  constructor(options: LivesOptions) {
    this.options = options;
  }

  /** Goes on until the node is stopped, or cannot be a part of the cluster any more: says why. */
  async run(): Promise<End> {
    for (;;) {
      const opened = await this.options.open();
      if (this.stopping) {
        await opened?.close();
        return 'stopped';
      }
      if (opened === null) {
        await this.options.catchUp();
        if (this.stopping) return 'stopped';
        continue;
      }
      const why = await this.live(opened);
      const { host } = opened.engine;
      this.options.dropClients();
      await new Promise<void>(resolve => host.later(resolve));
      this.options.backend.life?.forward.end();
      this.options.backend.life = null;
      await opened.close();
      if (why === 'dirty') host.log(LOG_LEVEL.warning, msg.beginsAnew());
      else if (why === 'behind') await this.options.catchUp();
      else return why;
      if (this.stopping) return 'stopped';
    }
  }

  private live({ engine, log }: Opened): Promise<End> {
    const { backend, coordinator, network, clock, prefix, uid, base, timing = {}, attempts = {}, presence } = this.options;
    return new Promise(resolve => {
      const member = new Member({
        engine, uid, base, local: log.local, coordinator, prefix, clock, timing,
        watchNode: (node, gone) => network.watch(node, gone),
        presence: () => ({ ...presence(), status: backend.status }),
        ended: resolve,
      });
      const local = new LocalBackend(engine, null, attempts);
      const { retryMs } = { ...DEFAULT_TIMING, ...timing };
      const forward = new Forward({ member, local, network, clock, retryMs, ...FORWARD_LIMITS });
      network.listen(forward);
      log.member = member;
      backend.life = { member, local, forward };
      this.options.begun?.(engine);
      member.start();
    });
  }

  /** Lets another node lead, if this one does; requests are still served then. Waits a bounded time. */
  async handOver(milliseconds: number): Promise<void> {
    const { backend, clock } = this.options;
    await Promise.race([backend.life?.member.handOver(), pause(clock, milliseconds)]);
  }

  async stop(milliseconds: number): Promise<void> {
    this.stopping = true;
    const { backend, clock } = this.options;
    const member = backend.life?.member;
    await Promise.race([member?.stop(), pause(clock, milliseconds)]);
    member?.end('stopped');
  }
}
