/**
 * A server's part in a cluster: finds out which one it belongs to, makes one, or waits to be invited; then lives in it.
 *
 * The first node of a cluster makes its name, a random one below the prefix of the configuration, so that several
 * clusters may share an etcd. There it puts `meta`: the key that nodes prove to each other, and the change after which
 * the log begins; its earlier ones others get as a snapshot. A node that is invited is told the name, finds the rest in
 * etcd, and fetches the state of a node that is there.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import type { Engine } from '../engine.ts';
import { cluster as msg } from '../errors/messages/cluster.ts';
import { StoreError } from '../errors/store-error.ts';
import { LOG_LEVEL, type LogLevel } from '../host.ts';
import { DirectoryInUse } from '../store/lock.ts';
import { Store, hasStore, type StoreOptions } from '../store/store.ts';
import { ClusterBackend } from './backend.ts';
import { CLOCK, pause } from './clock.ts';
import { only, startingWith } from './coordinator.ts';
import { Etcd, parseEndpoints } from './etcd.ts';
import { receiveFrom } from './forward.ts';
import { readIdentity, writeIdentity } from './identity.ts';
import { Lives, type Opened } from './lives.ts';
import type { AttemptOptions } from '../server/attempts.ts';
import type { StandStart } from '../server/stand.ts';
import { ClusterLog } from './log.ts';
import { fromJson, toJson, type Presence } from './member.ts';
import { NodePort, type Invitation, type NodeAddress } from './node-port.ts';

const ETCD_TIMEOUT_MS = 1_500;
const RETRY_MS = 1_000;
/** Milliseconds after which a node that was invited, and did not come, is invited again. */
const INVITE_AGAIN_MS = 10_000;
/** Milliseconds for handing over the lead. */
const HAND_OVER_MS = 3_000;
/** Addresses at which a port is open, but not found. */
const ANY = new Set(['', '::', '0.0.0.0']);

export interface ClusterNodeOptions {
  readonly config: Config;
  /** Of etcd: what its files hold. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly backend: ClusterBackend;
  readonly store: Omit<StoreOptions, 'create'>;
  /** Bounds of failed log-ins. */
  readonly attempts: Partial<AttemptOptions>;
  readonly start: StandStart;
  makeEngine(): Engine;
  /** Told the engine that is served from now on. */
  begun(engine: Engine): void;
  dropClients(): void;
  hashKey(secret: string): string;
  log(level: LogLevel, text: string): void;
  /** The node cannot be a part of its cluster any more. */
  ended(why: string): void;
}

interface Meta {
  readonly key: string;
  readonly base: number;
}

export class ClusterNode {
  private readonly options: ClusterNodeOptions;
  private readonly etcd: Etcd;
  private readonly port: NodePort;
  private readonly invitedAt = new Map<string, number>();
  private lives: Lives | null = null;
  /** Over when its store is closed. */
  private living: Promise<void> = Promise.resolve();
  private invitation: ((invitation: Invitation) => void) | null = null;
  /** Where nodes are, while this one has no life that knows. */
  private known = new Map<number, Presence>();
  private stopped = false;
  /** Whether what is on the disk is to be used. */
  private trusted: boolean;
  /** Whether the store was made just now. */
  created = false;

  private constructor(options: ClusterNodeOptions) {
    const { config, tls } = options;
    this.options = options;
    this.trusted = !options.start.rebuild;
    this.etcd = new Etcd({
      endpoints: parseEndpoints(config.etcd), tls, timeoutMs: ETCD_TIMEOUT_MS,
      login: config.etcd_user === '' ? null : { name: config.etcd_user, password: config.etcd_password },
    });
    this.port = new NodePort({
      log: options.log,
      keyFor: (purpose, cluster) => {
        if (purpose === 'invite') return this.invitation === null ? null : options.hashKey(options.start.secret);
        return this.port.identity?.cluster === cluster ? this.port.identity.key : null;
      },
      invited: invitation => this.invitation?.(invitation),
    });
  }

  /** Resolves when the node serves; a node that waits for its invitation does not. Throws a {@link StoreError}. */
  static async start(options: ClusterNodeOptions): Promise<ClusterNode> {
    const node = new ClusterNode(options);
    try {
      await node.begin();
      return node;
    } catch (e) {
      await node.close();
      throw e;
    }
  }

  private async begin(): Promise<void> {
    const { config, log, backend } = this.options;
    const { storage_path: path, bind_node_addr: host, listen_node_port: port } = config;
    mkdirSync(path, { recursive: true });
    await this.port.listenAt({ host, port }, config.ip_support === 'IPV6ONLY');
    log(LOG_LEVEL.info, `start listening for node connections on TCP port ${port}`);
    const identity = readIdentity(path) ?? await this.enter();
    const meta = await this.meta(identity);
    const prefix = this.prefixOf(identity.cluster);
    this.port.identity = { cluster: identity.cluster, node: identity.node, key: meta.key, addressOf: node => this.addressOf(node) };
    this.lives = new Lives({
      backend, coordinator: this.etcd, network: this.port, clock: CLOCK, prefix, uid: identity.uid, base: meta.base, attempts: this.options.attempts,
      presence: () => ({ zone: config.zone, name: config.node_name, port, address: this.ownAddress(identity) }),
      open: () => this.open(identity),
      catchUp: () => this.catchUp(identity),
      dropClients: this.options.dropClients,
      begun: this.options.begun,
    });
    this.living = this.lives.run().then(
      why => void (why === 'stopped' || this.options.ended(why === 'removed' ? msg.removed() : msg.ended())),
      (e: unknown) => this.options.ended((e as Error).message),
    );
    this.inviteAll(identity);
    while (backend.status !== 'READY' && !this.stopped) await pause(CLOCK, 20);
  }

  /** Makes a cluster, or waits for the invitation to one. */
  private async enter(): Promise<Invitation> {
    const { config, start: { secret, create }, log } = this.options;
    const path = config.storage_path;
    if (secret !== '' && !hasStore(path)) {
      log(LOG_LEVEL.warning, 'Waiting for an invite from a node');
      const invitation = await new Promise<Invitation>(resolve => (this.invitation = resolve));
      this.invitation = null;
      writeIdentity(path, invitation);
      return invitation;
    }
    // The state comes first: a cluster of which nothing is there but its name is no use.
    const engine = this.options.makeEngine();
    const store = await Store.open(engine, path, { ...this.options.store, create });
    engine.forgetNodes();
    const { changeId: base } = engine;
    await store.settled();
    await store.close();
    this.created = store.created;
    if (this.created) log(LOG_LEVEL.warning, 'Well done, you successfully initialized ThingsDB!!');
    const identity: Invitation = { cluster: randomBytes(9).toString('base64url'), node: 0, uid: '', address: '' };
    const meta: Meta = { key: randomBytes(32).toString('base64url'), base };
    const key = this.metaKey(identity.cluster);
    await this.untilDone(() => this.etcd.commit([{ key, created: 0 }], [{ put: key, value: toJson(meta) }]));
    writeIdentity(path, identity);
    return identity;
  }

  private async meta({ cluster }: Invitation): Promise<Meta> {
    const { pairs } = await this.untilDone(() => this.etcd.read(only(this.metaKey(cluster))));
    if (pairs[0] === undefined) throw new StoreError(msg.unknownCluster(cluster, this.options.config.etcd));
    return fromJson(pairs[0].value) as Meta;
  }

  /** Asks etcd until it answers. */
  private async untilDone<T>(ask: () => Promise<T>): Promise<T> {
    for (let told = ''; ;) {
      try {
        return await ask();
      } catch (e) {
        if (this.stopped) throw e;
        const { message } = e as Error;
        if (message !== told) this.options.log(LOG_LEVEL.error, msg.noEtcd(this.options.config.etcd, message));
        told = message;
        await pause(CLOCK, RETRY_MS);
      }
    }
  }

  private async open(identity: Invitation): Promise<Opened | null> {
    const { config, log, start } = this.options;
    const { storage_path: path } = config;
    if (!hasStore(path) || !this.trusted) return null;
    const engine = this.options.makeEngine();
    engine.system.nodeId = identity.node;
    let shared!: ClusterLog;
    const through = (local: ConstructorParameters<typeof ClusterLog>[0]): ClusterLog => (shared = new ClusterLog(local));
    try {
      const store = await Store.open(engine, path, { ...this.options.store, create: false, through });
      return { engine, log: shared, close: () => store.close() };
    } catch (e) {
      if (!(e instanceof StoreError) || e instanceof DirectoryInUse) throw e;
      if (!start.autoRebuild) throw new StoreError(msg.damaged(e.message));
      log(LOG_LEVEL.error, msg.rebuilding(e.message));
      return null;
    }
  }

  /** Fetches the state of a node that is there. */
  private async catchUp({ cluster, node: own }: Invitation): Promise<void> {
    const { config, log } = this.options;
    for (let told = false; !this.stopped;) {
      try {
        const { pairs } = await this.etcd.read(startingWith(`${this.prefixOf(cluster)}state/node/`));
        this.known = new Map(pairs.map(({ key, value }) => [Number(key.slice(key.lastIndexOf('/') + 1)), fromJson(value) as Presence]));
        const distance = ({ zone }: Presence): number => Number(zone !== config.zone);
        const others = [...this.known].filter(([node]) => node !== own).sort(([, a], [, b]) => distance(a) - distance(b));
        for (const [node] of others) {
          const { changeId, pieces } = await receiveFrom(this.port, node);
          await Store.install(config.storage_path, changeId, pieces);
          log(LOG_LEVEL.info, `fetched the state after change ${changeId} from node ${node}`);
          this.trusted = true;
          return;
        }
        if (!told) log(LOG_LEVEL.warning, msg.nobodyThere());
        told = true;
      } catch (e) {
        log(LOG_LEVEL.warning, `cannot fetch the state of another node: ${(e as Error).message}`);
      }
      await pause(CLOCK, RETRY_MS);
    }
  }

  /** While this node leads: invites those that have never come. */
  private inviteAll(identity: Invitation): void {
    if (this.stopped) return;
    const member = this.options.backend.life?.member;
    if (member?.leads === true) {
      for (const [node, { uid, address, port, key }] of member.engine.system.nodes) {
        if (node === identity.node || member.hasJoined(node, uid) || CLOCK.now() - (this.invitedAt.get(uid) ?? -Infinity) < INVITE_AGAIN_MS) continue;
        this.invitedAt.set(uid, CLOCK.now());
        this.port.invite({ host: address, port }, key, { cluster: identity.cluster, node, uid, address }).then(
          () => this.options.log(LOG_LEVEL.info, `invited node ${node} at ${address}:${port}`),
          (e: unknown) => {
            this.options.log(LOG_LEVEL.warning, `cannot invite node ${node} at ${address}:${port}: ${(e as Error).message}`);
            this.invitedAt.set(uid, CLOCK.now() - INVITE_AGAIN_MS + RETRY_MS);
          });
      }
    }
    CLOCK.after(RETRY_MS / 4, () => this.inviteAll(identity));
  }

  private addressOf(node: number): NodeAddress | null {
    const presence = this.options.backend.life?.member.present.get(node) ?? this.known.get(node);
    return presence === undefined ? null : { host: presence.address, port: presence.port };
  }

  /** Where others find this node: where it was invited, or bound, or as etcd sees it. */
  private ownAddress({ address }: Invitation): string {
    const { bind_node_addr: bound } = this.options.config;
    if (address !== '') return address;
    return ANY.has(bound) ? this.etcd.localAddress : bound;
  }

  private prefixOf(cluster: string): string {
    return `${this.options.config.etcd_prefix}/${cluster}/`;
  }

  private metaKey(cluster: string): string {
    return `${this.prefixOf(cluster)}meta`;
  }

  /** Lets another node lead, if there is one. Requests are served still. Answers whether there is another node. */
  async handOver(): Promise<boolean> {
    const member = this.options.backend.life?.member;
    if (member === undefined || member.present.size < 2) return false;
    await this.lives?.handOver(HAND_OVER_MS);
    return true;
  }

  /** Ends the node's part; all that it has made or repeated is on its disk then. */
  async close(): Promise<void> {
    this.stopped = true;
    await this.lives?.stop(HAND_OVER_MS);
    await this.port.close();
    this.etcd.close();
    await this.living;
  }
}
