/** A cluster of processes on this machine, for measurements and torture: members of etcd, and nodes. Needs `etcd`, and a build. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from '../dist/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));

export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
export const listening = server => new Promise(resolve => void server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

export async function freePort() {
  const server = createServer();
  const port = await listening(server);
  await new Promise(resolve => void server.close(resolve));
  return port;
}

/** A program that can be started again. */
export class Program {
  constructor(command, args) {
    Object.assign(this, { command, args, output: '' });
  }

  start(...more) {
    const child = spawn(this.command, [...this.args, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (this.output += chunk));
    this.ended = new Promise(resolve => child.once('close', resolve));
    return this;
  }

  async kill() {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  async says(text) {
    while (!this.output.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`it ended without saying ${text}:\n${this.output}`);
      await sleep(20);
    }
  }
}

/** So many members of etcd, each with its `port`, when they answer. */
export async function startEtcd(dir, count) {
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const peers = await Promise.all(Array.from({ length: count }, freePort));
  const url = port => `http://127.0.0.1:${port}`;
  const members = ports.map((port, i) => Object.assign(new Program('etcd', [
    '--name', `e${i}`, '--data-dir', join(dir, `etcd${i}`), '--log-level', 'error', '--listen-client-urls', url(port), '--advertise-client-urls', url(port),
    '--listen-peer-urls', url(peers[i]), '--initial-advertise-peer-urls', url(peers[i]), '--initial-cluster', peers.map((peer, n) => `e${n}=${url(peer)}`).join(','),
  ]).start(), { port }));
  for (const { port } of members) {
    while (!(await fetch(`${url(port)}/health`).then(answer => answer.ok, () => false))) await sleep(100);
  }
  return members;
}

/** A node with a directory, ports and a configuration of its own; it is not started. `etcd` is a list of ports. */
export async function prepareNode(dir, id, etcd) {
  const [client, port] = [await freePort(), await freePort()];
  const file = join(dir, String(id), 'conf');
  mkdirSync(join(dir, String(id)));
  const settings = {
    listen_client_port: client, listen_node_port: port, storage_path: join(dir, String(id), 'data'), shutdown_period: 1,
    etcd: etcd.map(of => `http://127.0.0.1:${of}`).join(','),
  };
  writeFileSync(file, `[thingsdb]\n${Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`).join('')}`);
  return { id, port, url: `tcp://127.0.0.1:${client}`, program: new Program(process.execPath, [join(root, 'bin/thingscope'), '--config', file, '--log-level', 'info']) };
}

/** Starts nodes as one cluster; the first one makes it, and runs a query at first. */
export async function startNodes([first, ...others], query) {
  await first.program.start('--init').says('to READY');
  const db = await connect(first.url);
  await db.query(query);
  for (const { program, port } of others) {
    await program.start('--secret', 'secret').says('Waiting for an invite');
    await db.query('@t', 'new_node("secret", "127.0.0.1", port)', { port });
    await program.says('to READY');
  }
  db.close();
}

/** Whether a node says that it leads. */
export const leads = ({ program: { output } }) => output.lastIndexOf('this node leads') > output.lastIndexOf('this node follows');
