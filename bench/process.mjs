/**
 * `npm run bench:process -- ours='node bin/thingscope serve' theirs=/path/of/thingsdb [disk=sync:DIRECTORY] [--things N]`
 *
 * What servers cost as processes: memory of idle connections and of things, how long queries of others wait while things are
 * added and checkpoints written, and the time to start with them. Each command is run with `--config FILE`, as ThingsDB is, on
 * ports and a directory of its own, below `TMPDIR`. `disk=sync:DIRECTORY` is no server: for as long as one would be filled it writes and
 * syncs as much, so that one sees how long the disk alone lets wait. Linux only: it reads /proc.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort, sleep } from '../scripts/cluster.mjs';
import { LoadClient } from './client.mjs';

const args = process.argv.slice(2);
const at = args.indexOf('--things');
const THINGS = at < 0 ? 1_000_000 : Number(args.splice(at, 2)[1]);
const CONNECTIONS = 1000;
/** Things of one query. */
const PORTION = 1000;

const SCOPE = '//stuff';
const OTHER_SCOPE = '//other';

/** A query waits for long, ms. */
const LONG = 50;

/** What the disk alone is given to do: as many bytes, as often, as the log of ours while typed things are added. */
const DISK = { bytes: 44_000, everyMs: 4 };

class Server {
  constructor(name, command, ports) {
    this.name = name;
    this.command = command.split(' ');
    this.directory = mkdtempSync(join(tmpdir(), 'bench-'));
    this.url = `tcp://127.0.0.1:${ports[0]}`;
    writeFileSync(join(this.directory, 'server.conf'), [
      '[thingsdb]', `listen_client_port = ${ports[0]}`, `listen_node_port = ${ports[1]}`, 'bind_client_addr = 127.0.0.1', 'bind_node_addr = 127.0.0.1',
      `storage_path = ${join(this.directory, 'store')}`, `modules_path = ${join(this.directory, 'modules')}`, '',
    ].join('\n'));
  }

  /** Starts it; gives the seconds until it has answered a query. */
  async start(...more) {
    const started = performance.now();
    const [program, ...rest] = this.command;
    this.child = spawn(program, [...rest, '--config', join(this.directory, 'server.conf'), ...more], { stdio: 'ignore' });
    for (;;) {
      try {
        this.client = await LoadClient.open(this.url);
        await this.client.query(SCOPE, '1;');
        return (performance.now() - started) / 1000;
      } catch {
        this.client?.close();
        if (this.child.exitCode !== null) throw new Error(`${this.name} has ended, with ${this.child.exitCode}`);
        await sleep(10);
      }
    }
  }

  async stop() {
    this.client.close();
    this.child.kill('SIGINT');
    if (this.child.exitCode === null) await once(this.child, 'exit');
  }

  /** Bytes of memory that the process occupies, once that no longer becomes less. */
  async memory() {
    const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))[1]) * 1024;
    let least = Infinity;
    for (let quiet = 0; quiet < 5; quiet++) {
      const now = resident();
      if (now < least * 0.99) quiet = 0;
      least = Math.min(least, now);
      await sleep(1000);
    }
    return least;
  }

  /** Adds things to a list; adds to `waits` how many ms queries of others waited meanwhile, of this collection and of another one. */
  async fill(code, waits) {
    let filling = true;
    const watch = async scope => {
      const client = await LoadClient.open(this.url);
      while (filling) {
        const from = performance.now();
        await client.query(scope, '1;');
        waits[scope].push(performance.now() - from);
        // Not all the time: that would be work of its own.
        await sleep(1);
      }
      client.close();
    };
    const watching = [watch(SCOPE), watch(OTHER_SCOPE)];
    for (let done = 0; done < THINGS; done += PORTION) await this.client.query(SCOPE, code);
    filling = false;
    await Promise.all(watching);
  }
}

/** How long the disk alone lets wait: writes that are synced, one after another. */
async function measureDisk(directory) {
  const path = join(mkdtempSync(join(directory, 'bench-')), 'file');
  const file = await open(path, constants.O_CREAT | constants.O_RDWR | constants.O_DSYNC);
  const size = 64 * DISK.bytes;
  await file.write(Buffer.alloc(size), 0, size, 0);
  const waits = [];
  for (let i = 0; i < (2 * THINGS) / PORTION; i++) {
    const from = performance.now();
    await file.write(Buffer.alloc(DISK.bytes, i), 0, DISK.bytes, (i % 64) * DISK.bytes);
    waits.push(performance.now() - from);
    await sleep(DISK.everyMs);
  }
  await file.close();
  rmSync(dirname(path), { recursive: true });
  return waitRows('a query', waits);
}

function waitRows(who, waits) {
  const rows = {};
  rows[`longest wait of ${who}, ms`] = Math.max(...waits);
  rows[`of 1,000 waits of ${who}, more than ${LONG} ms`] = (waits.filter(ms => ms > LONG).length / waits.length) * 1_000;
  return rows;
}

/** Each measures one server and adds what it has found to `found`, by the names of rows. */
async function measure(server) {
  const found = {};
  await server.start('--init');
  const bare = await server.memory();
  found['memory of a process, MiB'] = bare / 2 ** 20;

  const token = await server.client.str('@thingsdb', "new_token('admin');");
  const idle = [];
  for (let i = 0; i < CONNECTIONS; i++) idle.push(await LoadClient.open(server.url, token));
  found[`memory of a connection, of ${CONNECTIONS}, bytes`] = Math.max(0, (await server.memory()) - bare) / CONNECTIONS;
  for (const client of idle) client.close();

  await server.client.query('@thingsdb', "new_collection('other'); nil;");
  await server.client.query(SCOPE, ".plain = []; set_type('Person', {name: 'str', age: 'int', tags: '[str]'}); .typed = [];");
  const waits = { [SCOPE]: [], [OTHER_SCOPE]: [] };
  const before = await server.memory();
  await server.fill(`wse(); n = .plain.len(); for (i in range(${PORTION})) .plain.push({id: n + i, name: \`name {n + i}\`}); nil;`, waits);
  const between = await server.memory();
  found['memory of a thing {id, name}, bytes'] = (between - before) / THINGS;
  await server.fill(`wse(); n = .typed.len(); for (i in range(${PORTION})) .typed.push(Person{name: \`name {n + i}\`, age: i % 100, tags: ['red', 'big']}); nil;`, waits);
  found['memory of a thing {name, age, tags}, bytes'] = ((await server.memory()) - between) / THINGS;
  Object.assign(found, waitRows('a query', waits[SCOPE]), waitRows('one of another collection', waits[OTHER_SCOPE]));
  await server.stop();
  found[`start with ${(2 * THINGS).toLocaleString('en')} things, s`] = await server.start();
  found['memory after it, MiB'] = (await server.memory()) / 2 ** 20;
  await server.stop();
  return found;
}

const columns = [];
for (const arg of args) {
  const [name, command] = [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)];
  if (command.startsWith('sync:')) {
    columns.push({ name, found: await measureDisk(command.slice('sync:'.length)) });
    continue;
  }
  const server = new Server(name, command, [await freePort(), await freePort()]);
  try {
    columns.push({ name: server.name, found: await measure(server) });
  } finally {
    server.child?.kill('SIGKILL');
    rmSync(server.directory, { recursive: true, force: true });
  }
}
if (columns.length === 0) {
  console.error("usage: npm run bench:process -- NAME='COMMAND' [NAME='COMMAND' …] [disk=sync:DIRECTORY] [--things N]");
  process.exit(1);
}
const [first, ...others] = columns;
const cell = (n, digits) => (n === undefined || Number.isNaN(n) ? '-' : n.toFixed(digits));
console.log(['row'.padEnd(74), ...columns.map(({ name }) => name.padStart(12)), ...others.map(({ name }) => `${name}/${first.name}`.padStart(14))].join(''));
for (const [row, value] of Object.entries(first.found)) {
  console.log([row.padEnd(74), ...columns.map(({ found }) => cell(found[row], 1).padStart(12)), ...others.map(({ found }) => cell(found[row] / value, 2).padStart(14))].join(''));
}
