/**
 * `npm run torture -- [minutes]`: three nodes as processes and an etcd of three members, under faults in turn, while
 * clients increment two numbers and count what they were told. Half of them give up a connection that is lost, and do not
 * know what became of their request; the others repeat it, and each of theirs must be made once. Needs `etcd`; ends with exit code 0 when all fits.
 *
 * Faults: kill -9 of a node, SIGSTOP of a node past its lease, a node cut off from etcd (its connections go through a
 * proxy here, which then lets nothing through and closes nothing), kill -9 and SIGSTOP of a member of etcd, a node
 * stopped in good order. Every other time it is the node that leads.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../dist/index.js';
import { leads, listening, prepareNode, sleep, startEtcd, startNodes } from './cluster.mjs';

const minutes = Number(process.argv[2] ?? 10);
const WORKERS = 6;
const NODES = 3;
const MEMBERS = 3;

const dir = mkdtempSync(join(tmpdir(), 'thingscope-torture-'));
const random = n => Math.floor(Math.random() * n);

/** Connections to a member of etcd, which can be cut without a word. */
class Proxy {
  pairs = new Set();
  cut = false;

  async open(target) {
    const server = createServer(from => {
      const to = dial(target, '127.0.0.1');
      const pair = [from, to];
      this.pairs.add(pair);
      for (const [a, b] of [pair, [to, from]]) {
        a.on('data', chunk => void (this.cut || b.write(chunk)));
        a.on('error', () => {});
        a.on('close', () => {
          this.pairs.delete(pair);
          if (!this.cut) b.destroy();
        });
      }
    });
    this.port = await listening(server);
    return this;
  }

  heal() {
    this.cut = false;
    // What was sent meanwhile is lost: such a connection is of no use.
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
  }
}

const etcd = await startEtcd(dir, MEMBERS);
const nodes = [];
for (let id = 0; id < NODES; id++) {
  const proxies = await Promise.all(etcd.map(({ port }) => new Proxy().open(port)));
  nodes.push({ ...await prepareNode(dir, id, proxies.map(({ port }) => port)), proxies });
}
await startNodes(nodes, '.n = 0; .m = 0;');
console.log(`three nodes and three members of etcd stand; ${minutes} minutes of faults`);

const count = { acknowledged: 0, unknown: 0, refused: 0 };
/** Of those who repeat: `repeated` had lost a connection before it was answered. */
const sure = { acknowledged: 0, repeated: 0, unknown: 0 };
let going = true;
/** Acknowledgements as they come, for the longest time without one after each fault. */
let lastAcknowledged = Date.now();
let longest = 0;
function acknowledged() {
  longest = Math.max(longest, Date.now() - lastAcknowledged);
  lastAcknowledged = Date.now();
}

async function workRepeating(_, first) {
  let lost = false;
  const urls = nodes.map((_, i) => nodes[(first + i) % NODES].url);
  const db = await connect(urls, { connectTimeout: 1_000, requestTimeout: 120_000, pingInterval: 2_000, retryDelay: 100, retryDelayMax: 500, onLost: () => (lost = true) });
  while (going) {
    lost = false;
    try {
      await db.query('.m += 1');
      sure.acknowledged++;
      if (lost) sure.repeated++;
      acknowledged();
    } catch (e) {
      console.log(`not repeated: ${e.name}: ${e.message}`);
      sure.unknown++;
    }
  }
  db.close();
}

async function work() {
  while (going) {
    const node = nodes[random(NODES)];
    let db = null;
    try {
      db = await connect(node.url, { reconnect: false, connectTimeout: 1_000, requestTimeout: 15_000 });
      for (let i = 0; i < 200 && going; i++) {
        await db.query('.n += 1');
        count.acknowledged++;
        acknowledged();
      }
    } catch (e) {
      // Only a refusal is sure: whatever else ends a request may have come after it was done.
      if (db === null || e.name === 'node_err') count.refused++;
      else count.unknown++;
      await sleep(100);
    }
    db?.close();
  }
}
const workers = [...Array.from({ length: WORKERS / 2 }, work), ...Array.from({ length: WORKERS / 2 }, workRepeating)];

const faults = {
  'kill -9 of a node': async node => {
    await node.program.kill();
    await sleep(500 + random(6_000));
    node.program.start();
  },
  'SIGSTOP of a node': async node => {
    node.program.child.kill('SIGSTOP');
    await sleep(500 + random(8_000));
    node.program.child.kill('SIGCONT');
  },
  'a node cut off from etcd': async node => {
    for (const proxy of node.proxies) proxy.cut = true;
    await sleep(500 + random(8_000));
    for (const proxy of node.proxies) proxy.heal();
  },
  'a node stopped in good order': async node => {
    node.program.child.kill('SIGTERM');
    await node.program.ended;
    node.program.start();
  },
  'kill -9 of a member of etcd': async () => {
    const member = etcd[random(MEMBERS)];
    await member.kill();
    await sleep(500 + random(5_000));
    member.start();
  },
  'SIGSTOP of a member of etcd': async () => {
    const member = etcd[random(MEMBERS)];
    member.child.kill('SIGSTOP');
    await sleep(500 + random(5_000));
    member.child.kill('SIGCONT');
  },
};

const worst = {};
const end = Date.now() + minutes * 60_000;
for (let round = 0; Date.now() < end; round++) {
  const [name, fault] = Object.entries(faults)[round % Object.keys(faults).length];
  const leader = nodes.find(leads);
  const node = random(2) === 0 && leader !== undefined ? leader : nodes[random(NODES)];
  const before = { ...count };
  const sureBefore = { ...sure };
  longest = 0;
  lastAcknowledged = Date.now();
  await fault(node);
  await sleep(4_000);
  longest = Math.max(longest, Date.now() - lastAcknowledged);
  (worst[name] ??= []).push(longest);
  console.log(`${name}${/etcd$/.test(name) ? '' : node === leader ? ' (it led)' : ''}: ${count.acknowledged - before.acknowledged} acknowledged, `
    + `${count.refused - before.refused} refused, ${count.unknown - before.unknown} unknown, `
    + `of those who repeat ${sure.acknowledged - sureBefore.acknowledged} acknowledged, ${sure.repeated - sureBefore.repeated} of them repeated, longest pause ${longest} ms`);
}

going = false;
await Promise.all(workers);
await sleep(8_000);
const seen = await Promise.all(nodes.map(async node => {
  const db = await connect(node.url);
  const both = await db.query('wse(); [.n, .m]');
  db.close();
  return both;
}));
for (const program of [...nodes.map(node => node.program), ...etcd]) program.child.kill('SIGKILL');
rmSync(dir, { recursive: true, force: true });
console.log(`acknowledged ${count.acknowledged}, unknown ${count.unknown}, refused ${count.refused}; the number is ${seen.map(([n]) => n).join(', ')}`);
console.log(`of those who repeat: acknowledged ${sure.acknowledged}, of which ${sure.repeated} repeated, unknown ${sure.unknown}; the number is ${seen.map(([, m]) => m).join(', ')}`);
for (const [name, pauses] of Object.entries(worst)) console.log(`${name}: longest pauses ${pauses.join(', ')} ms`);
const within = (number, { acknowledged, unknown }) => number >= acknowledged && number <= acknowledged + unknown;
const sound = seen.every(([n, m]) => n === seen[0][0] && m === seen[0][1]) && within(seen[0][0], count) && within(seen[0][1], sure);
console.log(sound ? 'all fits' : 'IT DOES NOT FIT');
process.exit(sound ? 0 : 1);
