/** One run of the simulation: load and faults from a seed, then peace, then what must hold. */
import { unpackAudit } from '../../src/cause.ts';
import { dumpText } from '../../src/check/dump.ts';
import { loadWhole } from '../../src/snapshot/load.ts';
import { takeSnapshot } from '../../src/snapshot/take.ts';
import { LocalLogin } from '../../src/server/local.ts';
import { Engine, type CommittedChange } from '../../src/engine.ts';
import { testHost } from '../../src/check/test-host.ts';
import { ERR } from '../../src/errors/codes.ts';
import { QueryError } from '../../src/errors/query-error.ts';
import type { RequestId } from '../../src/collection/answered.ts';
import { newNode } from '../../src/system/events.ts';
import { Change } from '../../src/collection/event.ts';
import { join } from '../../src/collection/rooms.ts';
import type { RoomListener } from '../../src/values/value.ts';
import { Reader, Writer } from '../../src/wire/msgpack.ts';
import { REPAIR, SETUP, randomQuery } from '../collection/random-queries.ts';
import { linearizable, type RegisterOp } from './linearizable.ts';
import { SimNode, TIMING, World } from './world.ts';

const NODES = 3;
const CLIENTS = 3;
/** Milliseconds of load and faults, and how long it may take until all agree. */
const LOAD = 7_000;
const PEACE = 60_000;
/** As the linearizability checker takes them. */
const REGISTER_OPS = 24;
/** What the protocol promises of local reads. */
const STALE = TIMING.staleMs;

/** The changes that all nodes begin with: a cluster of three. */
export function base(): CommittedChange[] {
  const changes: CommittedChange[] = [];
  const engine = new Engine({ host: testHost() });
  engine.onChange(change => void changes.push(change));
  engine.init();
  const user = engine.system.usersById.get(1)!;
  const run = (code: string, name = 'stuff'): unknown =>
    engine.query({ user, scope: name === '' ? { kind: 'thingsdb' } : { kind: 'collection', name }, code }, () => null);
  run(`.log = []; .n = 0; .reg = 0; .room = room();`);
  run(`new_collection('load');`, '');
  for (const code of SETUP) run(code, 'load');
  for (let id = 1; id < NODES; id++) {
    const change = new Change(++engine.system.changeId, 0);
    change.do(newNode, engine.system.replica, { id, address: '', port: 0, key: '', uid: `uid${id}` });
    changes.push({ id: change.id, scope: 0, events: change.bytes() });
  }
  return changes;
}

/** How often a client that repeats asks, and how long it waits between. */
const TRIES = 12;
const AGAIN_AFTER = 400;

/** What is known of one push to the log. */
interface Push {
  readonly id: number;
  outcome: 'made' | 'not made' | 'unknown';
  readonly start: number;
  end: number;
  /** The length of the log with it, when it was answered. */
  length: number;
}

type Result = { kind: 'answer'; body: Uint8Array } | { kind: 'refused' | 'unknown' };

/** Throws an Error when something does not hold. */
export async function simulate(seed: number, disk: readonly CommittedChange[]): Promise<{ pushes: number; made: number; repeated: number; failovers: number; fetched: number; restored: number }> {
  const world = new World(seed);
  const { below } = world;
  world.loss = below(3) === 0 ? below(30) : 0;
  world.delay = 1 + below(below(4) === 0 ? 200 : 10);
  // Now and then much is forgotten.
  const answered = below(4) === 0 ? { bytes: 1_000, keepSeconds: 2 } : {};
  for (let id = 0; id < NODES; id++) world.nodes.push(new SimNode(world, id, id === 0 ? '' : `uid${id}`, disk));
  const wrong: string[] = [];
  world.born = (node, engine) => {
    Object.assign(engine.answeredLimits, answered);
    listen(node, engine, wrong);
  };
  for (const node of world.nodes) node.start();

  const pushes: Push[] = [];
  /** Which node was asked for a write of the register. */
  const writes = new Map<string, number>();
  const register: RegisterOp[] = [];
  /** Answers that came at a later try. */
  let repeated = 0;
  let loading = true;
  let restored = 0;
  let busy = CLIENTS;
  for (let i = 0; i < CLIENTS; i++) client(i);

  function client(i: number): void {
    let home = world.nodes[below(NODES)]!;
    /** What this client has seen of the log of its node's life. */
    let seen = 0;
    let acknowledged = 0;
    let life: unknown = null;
    /** Half of them repeat what was not answered, on other nodes too. */
    const repeats = i % 2 === 0;
    let number = 0;
    const step = (): void => {
      if (!loading) {
        busy--;
        return;
      }
      world.after(1 + below(below(4) === 0 ? 10 : 250), () => void op().then(step, (e: unknown) => wrong.push(String((e as Error).stack))));
    };
    const op = async (): Promise<void> => {
      if (below(20) === 0) home = world.nodes[below(NODES)]!;
      // What it knows of its node's life: another node may be behind by as much as the bound.
      if (life !== home.process) [life, seen, acknowledged] = [home.process, 0, 0];
      const start = world.now;
      switch (below(8)) {
        case 0:
        case 1:
        case 2: {
          const push: Push = { id: pushes.length + 1, outcome: 'unknown', start, end: Infinity, length: 0 };
          pushes.push(push);
          const done = below(6) === 0 ? `future(|| .log.push(${push.id}));` : `.log.push(${push.id});`;
          const code = `.n += 1; ${below(2) === 0 ? `.room.emit('n', .n);` : ''} ${done}`;
          const result = repeats ? await askUntilAnswered(code) : await ask(home, code);
          push.end = world.now;
          if (result.kind === 'answer' && home.process === life) acknowledged = push.id;
          if (result.kind === 'answer') push.length = new Reader(result.body).safeInt();
          push.outcome = result.kind === 'answer' ? 'made' : result.kind === 'refused' ? 'not made' : 'unknown';
          return;
        }
        case 3: {
          const result = await ask(home, `.log;`);
          if (result.kind !== 'answer') return;
          const log = ints(result.body);
          if (home.process !== life) return;
          if (log.length < seen) wrong.push(`client ${i} saw ${seen} items, then ${log.length}`);
          seen = log.length;
          if (acknowledged > 0 && !log.includes(acknowledged)) wrong.push(`client ${i} does not see its own push ${acknowledged}`);
          const missing = pushes.find(push => push.outcome === 'made' && push.end < start - STALE && !log.includes(push.id));
          if (missing !== undefined) wrong.push(`a read at ${start} does not see push ${missing.id} of ${missing.end}`);
          return;
        }
        case 4: {
          if (register.length >= REGISTER_OPS) return;
          const value = register.length + 1;
          const at = register.push({ kind: 'write', value, start, end: Infinity }) - 1;
          writes.set(`.reg = ${value};`, home.id);
          const result = await ask(home, `.reg = ${value};`);
          if (result.kind === 'answer') register[at] = { kind: 'write', value, start, end: world.now };
          // One that was surely not made is as good as none.
          if (result.kind === 'refused') register[at] = { kind: 'write', value: -value, start: Infinity, end: Infinity };
          return;
        }
        case 5: {
          if (register.length >= REGISTER_OPS) return;
          const result = await ask(home, `wse(); .reg;`);
          if (result.kind === 'answer' && register.length < REGISTER_OPS) register.push({ kind: 'read', value: new Reader(result.body).safeInt(), start, end: world.now });
          return;
        }
        case 6:
          await ask(home, `.room.emit('at', .n);`);
          return;
        default:
          if (below(10) === 0) return restoreAll();
          if (below(3) === 0) await ask(home, REPAIR, '@:load');
          else await ask(home, randomQuery(below), '@:load');
      }
    };
    /** Asks, and when the answer does not come asks again, until it does or nobody knows. */
    async function askUntilAnswered(code: string): Promise<Result> {
      const id: RequestId = { client: `client-${i}`, number: ++number, oldest: number, since: home.process?.backend.requestIds()?.count ?? 0 };
      let result = await ask(home, code, '@:stuff', { ...id, since: null });
      let unknown = false;
      for (let tries = 1; result.kind !== 'answer' && tries < TRIES; tries++) {
        unknown ||= result.kind === 'unknown';
        await new Promise<void>(resolve => world.after(AGAIN_AFTER, resolve));
        home = world.nodes[below(NODES)]!;
        result = await ask(home, code, '@:stuff', id);
        if (result.kind === 'answer') repeated++;
      }
      return result.kind === 'refused' && unknown ? { kind: 'unknown' } : result;
    }
    step();
  }

  /** A client's request, with what a session does: the answer waits until what it has seen is durable. */
  function ask(node: SimNode, code: string, scope = '@:stuff', id: RequestId | null = null): Promise<Result> {
    return new Promise(resolve => {
      const { process } = node;
      if (process === null) return resolve({ kind: 'refused' });
      const work = async (): Promise<Uint8Array> => {
        const { backend } = process;
        const user = backend.engine?.system.usersById.get(1);
        if (user === undefined) throw new QueryError(ERR.node, '');
        const out = new Writer(256);
        const later = backend.query({ user: new LocalLogin(user, null), send: () => {} }, backend.scope(scope), code, null, out, id);
        const body = later === undefined ? out.copy() : await later;
        await backend.durable();
        return body;
      };
      const done = (kind: 'refused' | 'unknown'): void => resolve({ kind });
      node.in(process, () => {
        work().then(body => resolve({ kind: 'answer', body }), (e: unknown) => {
          if (!(e instanceof QueryError)) wrong.push(`not an error of a query: ${String((e as Error).stack)}`);
          // An error of the program itself may come after a part of it was done.
          done(e instanceof QueryError && e.code === ERR.node ? 'refused' : 'unknown');
        });
      });
      // The connection ends with the process.
      const watch = (): void => {
        if (node.process !== process) done('unknown');
        else world.after(500, watch);
      };
      world.after(500, watch);
    });
  }

  /** Puts its own state in the place of everything, as a change, where the lead is. */
  function restoreAll(): void {
    const engine = world.nodes.find(({ process, paused }) => process?.backend.leads === true && !paused)?.process?.backend.engine;
    if (engine === undefined || engine === null) return;
    const blocks: Uint8Array[] = [];
    const snapshot = takeSnapshot(engine);
    for (let block = snapshot.next(); block !== null; block = snapshot.next()) blocks.push(block);
    const bytes = Buffer.concat(blocks);
    const other = new Engine({ host: engine.host });
    loadWhole(other, bytes);
    engine.changeState(other, bytes);
    restored++;
  }

  let failovers = 0;
  let last = -1;
  const count = (): void => {
    const leader = world.nodes.find(node => node.process?.backend.leads === true && !node.paused);
    if (leader !== undefined && leader.id !== last) {
      failovers++;
      last = leader.id;
    }
    world.after(100, count);
  };
  count();
  const fault = (): void => {
    if (!loading) return;
    disturb(world);
    world.after(100 + below(2_000), fault);
  };
  world.after(500, fault);
  await world.run(LOAD);

  loading = false;
  world.loss = 0;
  world.delay = 5;
  for (const node of world.nodes) heal(node);
  const agreed = await world.run(PEACE, () => busy === 0 && settled(world));
  for (const node of world.nodes) if (node.process !== null && node.process.ended !== '') wrong.push(`node ${node.id} ended: ${node.process.ended}`);
  if (wrong.length > 0) throw new Error(wrong.slice(0, 5).join('\n'));
  if (!agreed) throw new Error(`no agreement: ${busy} clients wait; ${world.nodes.map(node => describe(node)).join('; ')}`);

  const engines = world.nodes.map(node => node.process!.backend.engine!);
  const [text, ...others] = engines.map(dumpText);
  if (others.some(other => other !== text)) throw new Error('the states differ');
  compareAudits(world.nodes, disk.length, writes);
  const answer = await new Promise<{ kind: string; body?: Uint8Array }>(resolve => {
    void ask(world.nodes[0]!, '.log;').then(resolve);
    void world.run(2_000);
  });
  const log = ints(answer.body!);
  const times = new Map<number, number>();
  for (const id of log) times.set(id, (times.get(id) ?? 0) + 1);
  for (const { id, outcome, length } of pushes) {
    const n = times.get(id) ?? 0;
    if (n > 1) throw new Error(`push ${id} was made ${n} times`);
    if (length > 0 && log[length - 1] !== id) throw new Error(`push ${id} was answered ${length}, but is elsewhere`);
    if (outcome === 'made' && n === 0) throw new Error(`push ${id} was acknowledged and is lost`);
    if (outcome === 'not made' && n === 1) throw new Error(`push ${id} was refused and made all the same`);
  }
  const history = register.filter(op => op.start !== Infinity);
  if (!linearizable(history, 0)) throw new Error(`the register is not linearizable: ${JSON.stringify(history)}`);
  return { pushes: pushes.length, made: pushes.filter(push => push.outcome === 'made').length, repeated, failovers, fetched: world.nodes.reduce((sum, node) => sum + node.fetched, 0), restored };
}

/** What made a change is on the disk of each node that has the change, and the same. Of a write it names the node that was asked. */
function compareAudits(nodes: readonly SimNode[], base: number, writes: ReadonlyMap<string, number>): void {
  const audits = new Map<number, string>();
  for (const node of nodes) {
    for (const { id, audit } of node.disk) {
      if (id <= base) continue;
      if (audit === undefined) throw new Error(`node ${node.id} does not know what made change ${id}`);
      const cause = unpackAudit(audit);
      const asked = writes.get(cause.text);
      if (asked !== undefined && asked !== cause.node) throw new Error(`node ${node.id} says that ${cause.node} was asked for ${cause.text}, not ${asked}`);
      const shown = JSON.stringify(cause);
      if ((audits.get(id) ?? shown) !== shown) throw new Error(`node ${node.id} has another cause of change ${id}`);
      audits.set(id, shown);
    }
  }
}

function describe(node: SimNode): string {
  const member = node.process?.backend.life?.member;
  return `node ${node.id}: ${member === undefined ? 'none' : `change ${member.engine.changeId}, leads ${member.leads}, fresh ${member.fresh}`}`;
}

function settled(world: World): boolean {
  const members = world.nodes.map(node => node.process?.backend.life?.member);
  const last = members[0]?.engine.changeId;
  return members.every(member => member !== undefined && member.fresh && member.pending === null && member.engine.changeId === last)
    && members.filter(member => member!.leads).length === 1;
}

function disturb(world: World): void {
  const { below, nodes } = world;
  const leader = nodes.find(node => node.process?.backend.leads === true);
  const node = leader !== undefined && below(2) === 0 ? leader : nodes[below(nodes.length)]!;
  const forSome = (max: number, end: () => void): void => world.after(50 + below(max), end);
  switch (below(7)) {
    case 0:
      node.crash();
      return forSome(4_000, () => void (node.process ?? node.start()));
    case 1:
      if (node.process === null) return;
      node.paused = true;
      return forSome(6_000, () => node.resume());
    case 2:
      node.cutOff = true;
      return forSome(8_000, () => (node.cutOff = false));
    case 3: {
      const other = nodes[(node.id + 1) % nodes.length]!;
      node.cutFrom.add(other.id);
      return forSome(4_000, () => node.cutFrom.delete(other.id));
    }
    case 4:
      node.cutOff = true;
      for (const other of nodes) node.cutFrom.add(other.id);
      return forSome(8_000, () => heal(node, false));
    case 5:
      return node.refuse();
    default: {
      if (node.process === null) return;
      const { process } = node;
      void process.lives.handOver(1_000).then(() => process.lives.stop(1_000)).then(() => {
        if (node.process === process) node.crash();
        forSome(3_000, () => void (node.process ?? node.start()));
      });
      return;
    }
  }
}

function heal(node: SimNode, start = true): void {
  node.cutOff = false;
  node.cutFrom.clear();
  if (!start) return;
  node.resume();
  if (node.process === null || node.process.ended === 'stopped') {
    node.crash();
    node.start();
  }
}

/** Hears the events of the room of a node's life: those of changes in their order, the others at their place in it. */
function listen(node: SimNode, engine: Engine, wrong: string[]): void {
  let last = 0;
  const listener: RoomListener = {
    emitted: body => {
      const { event, n } = readEmit(body);
      if (event === 'n') {
        if (n <= last) wrong.push(`node ${node.id} heard ${n} after ${last}`);
        last = n;
        return;
      }
      const q = engine.query({ user: engine.system.usersById.get(1)!, scope: { kind: 'collection', name: 'stuff' }, code: '.n;' }, (_q, value) => Number(value));
      if (q !== n) wrong.push(`node ${node.id} heard the event of ${n} at ${String(q)}`);
    },
    deleted: () => {},
  };
  const enter = (): void => {
    const collection = engine.system.collectionsByName.get('stuff')!;
    join([...collection.rooms.values()][0]!, listener);
  };
  enter();
  engine.onReplaced(enter);
}

function readEmit(body: Uint8Array): { event: string; n: number } {
  const from = new Reader(body);
  let event = '';
  let n = 0;
  for (let left = from.map(); left > 0; left--) {
    const key = from.str();
    if (key === 'event') event = from.str();
    else if (key === 'args') {
      from.array();
      n = from.safeInt();
    } else from.skip();
  }
  return { event, n };
}

function ints(body: Uint8Array): number[] {
  const from = new Reader(body);
  return Array.from({ length: from.array() }, () => from.safeInt());
}
