/**
 * `npm run bench:cluster -- [scale] [--nodes 1,3,5] [--seconds N]`: what a cluster of so many nodes costs. All of it, etcd too, runs on
 * this machine, so rates fall as nodes are added, for want of processors; processor time for each change does not depend on that.
 *
 * `npm run bench:cluster -- failover [--kills N] [--busy N]`: how long no write is answered after the leader was killed, through the node
 * where that takes longest; with N processes beside it that only calculate.
 *
 * Needs `etcd`, and Linux for processor times.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../dist/index.js';
import { leads, prepareNode, sleep, startEtcd, startNodes } from '../scripts/cluster.mjs';
import { LoadClient, queryPacket } from './client.mjs';

const args = process.argv.slice(2);
const option = (name, fallback) => {
  const at = args.indexOf(name);
  return at < 0 ? fallback : args.splice(at, 2)[1];
};
const sizes = option('--nodes', '1,3,5').split(',').map(Number);
const seconds = Number(option('--seconds', 5));
const kills = Number(option('--kills', 30));
const busy = Number(option('--busy', 0));

/** Clock ticks of `/proc` in a second. */
const TICKS = 100;
const WRITES_IN_FLIGHT = 256;
const READS_IN_FLIGHT = 64;
/** Of the measurement of the lag, at which nothing waits for a processor. */
const PACED_WRITES = 300;
const PACE_MS = 10;

const dir = mkdtempSync(join(tmpdir(), 'thingscope-bench-'));
const running = [];
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const spread = (list, digits = 1) => {
  const sorted = [...list].sort((a, b) => a - b);
  return `p50 ${at(sorted, 0.5).toFixed(digits)}, p99 ${at(sorted, 0.99).toFixed(digits)}, max ${sorted.at(-1).toFixed(digits)}`;
};

/** Seconds of processor time that a process has used. */
function cpu({ pid }) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Bytes that clients of an etcd have sent and received. */
async function traffic({ port }) {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const value = name => Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)[1]);
  return { sent: value('etcd_network_client_grpc_received_bytes_total'), received: value('etcd_network_client_grpc_sent_bytes_total') };
}

/** A cluster of its own, with one member of etcd. */
async function start(name, count) {
  const path = mkdtempSync(join(dir, `${name}-`));
  const [etcd] = await startEtcd(path, 1);
  running.push(etcd.child);
  const nodes = [];
  for (let id = 0; id < count; id++) nodes.push(await prepareNode(path, id, [etcd.port]));
  await startNodes(nodes, '.n = 0; .room = room(); .room.set_name("r");');
  for (const { program } of nodes) running.push(program.child);
  return { etcd, nodes };
}

async function scale(count) {
  const { etcd, nodes } = await start('scale', count);
  const leader = nodes.find(leads);
  const followers = nodes.filter(node => node !== leader);
  const client = await LoadClient.open(leader.url);
  const write = [queryPacket('.n += 1;')];
  await client.load(write, WRITES_IN_FLIGHT, 2_000);

  const used = () => ({ leader: cpu(leader.program.child), followers: followers.map(({ program }) => cpu(program.child)), etcd: cpu(etcd.child) });
  const before = { ...used(), ...(await traffic(etcd)) };
  const rate = await client.load(write, WRITES_IN_FLIGHT, seconds * 1_000);
  // What followers have not repeated yet is part of what it costs.
  await sleep(500);
  const after = { ...used(), ...(await traffic(etcd)) };
  const changes = rate * seconds;
  const each = (a, b) => `${(((b - a) / changes) * 1e6).toFixed(1)} us`;
  const bytes = (a, b) => ((b - a) / changes).toFixed(0);
  console.log(`${count} ${count === 1 ? 'node' : 'nodes'}: ${Math.round(rate).toLocaleString('en')} changes/s with ${WRITES_IN_FLIGHT} in flight`);
  console.log(`  processor time a change: leader ${each(before.leader, after.leader)}, each follower ${
    after.followers.map((value, i) => each(before.followers[i], value)).join(', ') || '-'}, etcd ${each(before.etcd, after.etcd)}`);
  console.log(`  bytes a change: to etcd ${bytes(before.sent, after.sent)}, from etcd ${bytes(before.received, after.received)}`);

  await lag(leader, followers);

  const clients = await Promise.all(nodes.map(({ url }) => LoadClient.open(url)));
  const idle = nodes.map(({ program }) => cpu(program.child));
  const rates = await Promise.all(clients.map(of => of.load([queryPacket('.n;')], READS_IN_FLIGHT, seconds * 1_000)));
  const reads = rates.reduce((sum, n) => sum + n, 0);
  const spent = nodes.reduce((sum, { program }, i) => sum + cpu(program.child) - idle[i], 0);
  console.log(`  reads: ${Math.round(reads).toLocaleString('en')}/s of all nodes together, ${((spent / (reads * seconds)) * 1e6).toFixed(1)} us of processor time each`);
  for (const of of [client, ...clients]) of.close();
  for (const { program } of [...nodes, { program: etcd }]) await program.kill();
}

/** Milliseconds from asking for a change to its answer, and to the event that the followers' clients hear of it. */
async function lag(leader, followers) {
  const writer = await connect(leader.url);
  const listeners = await Promise.all(followers.map(({ url }) => connect(url)));
  const asked = [];
  const heard = [];
  for (const db of listeners) {
    const room = db.room('//stuff', 'r');
    room.on('n', i => heard.push(performance.now() - asked[i]));
    await room.join();
  }
  const answered = [];
  for (let i = 0; i < PACED_WRITES; i++) {
    asked[i] = performance.now();
    await writer.query('//stuff', '.n += 1; .room.emit("n", i);', { i });
    answered.push(performance.now() - asked[i]);
    await sleep(PACE_MS);
  }
  while (heard.length < PACED_WRITES * followers.length) await sleep(10);
  console.log(`  milliseconds from asking, one change at a time: answered ${spread(answered)}${followers.length === 0 ? '' : `; heard of on followers ${spread(heard)}`}`);
  for (const db of [writer, ...listeners]) db.close();
}

async function failover() {
  const { nodes } = await start('failover', 3);
  for (let i = 0; i < busy; i++) running.push(spawn(process.execPath, ['-e', 'for (;;);']));
  const pauses = [];
  while (pauses.length < kills) {
    const leader = nodes.find(leads);
    const others = nodes.filter(node => node !== leader);
    const clients = await Promise.all(others.map(({ url }) => connect(url)));
    for (const db of clients) await db.query('.n += 1');
    const killed = leader.program.kill();
    const started = performance.now();
    const waits = await Promise.all(clients.map(async db => {
      for (;;) {
        // One that was on its way may not be made; what counts is when one is.
        if (await db.query('.n += 1').then(() => true, () => false)) return performance.now() - started;
      }
    }));
    pauses.push(Math.max(...waits));
    process.stdout.write(`${Math.round(pauses.at(-1))} `);
    for (const db of clients) db.close();
    await killed;
    await leader.program.start().says('to READY');
    running.push(leader.program.child);
    await sleep(1_000);
  }
  console.log(`\nmilliseconds without a write after ${kills} kills of the leader, ${busy} busy processes beside it: ${spread(pauses, 0)}`);
}

if (args[0] === 'failover') await failover();
else for (const count of sizes) await scale(count);
process.exit(0);
