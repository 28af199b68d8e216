/**
 * `npm run bench -- ours=ws://… theirs=tcp://… [--seconds N] [--rounds N] [--pipelined] [part of a row's name …]`
 *
 * Runs each row against every server in turn (A B A B …), and prints the median rate of each and the ratio of the
 * first to the others. Three of them are no servers but limits: `echo=URL` (see `echo.mjs`) takes part in the rows of the
 * wire only, `plain=js` runs the programs of the evaluation rows in this process, as JavaScript, and `disk=sync:DIRECTORY` writes
 * and syncs a few bytes in a directory.
 */
import { constants, closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LoadClient, loadOver, loadWithEmits } from './client.mjs';
import { ROWS } from './rows.mjs';

const args = process.argv.slice(2);
const option = (name, fallback) => {
  const at = args.indexOf(name);
  return at < 0 ? fallback : Number(args.splice(at, 2)[1]);
};
const seconds = option('--seconds', 1);
const rounds = option('--rounds', 5);
const pipelined = args.includes('--pipelined') && args.splice(args.indexOf('--pipelined'), 1).length > 0;
const isServer = arg => /^\w+=(js$|sync:|tcp:|ws:)/.test(arg);
const names = args.filter(arg => !isServer(arg));
const participants = args.filter(isServer).map(arg => participant(arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)));
if (participants.length === 0) {
  console.error('usage: npm run bench -- NAME=URL [NAME=URL …] [--seconds N] [--rounds N] [--pipelined] [part of a row …]');
  process.exit(1);
}

/** Something that is measured: `prepare` gets it ready for a row, `run` gives its rate a second in one measurement. */
function participant(name, url) {
  if (url === 'js') return plain(name);
  if (url.startsWith('sync:')) return disk(name, url.slice('sync:'.length));
  return server(name, url);
}

function plain(name) {
  let program;
  return {
    name,
    takesPart: row => row.plain !== undefined,
    prepare: row => (program = row.plain()),
    run: milliseconds => rateOf(program, milliseconds),
    close: () => {},
  };
}

/** As much as a log needs: bytes in a file whose size and blocks are there, written so that the call returns when they are durable. */
function disk(name, directory) {
  const file = join(directory, `.bench-${process.pid}`);
  const size = 4 << 20;
  const bytes = Buffer.alloc(96, 1);
  const fd = openSync(file, constants.O_CREAT | constants.O_WRONLY | constants.O_DSYNC);
  writeSync(fd, Buffer.alloc(size), 0, size, 0);
  let at = 0;
  return {
    name,
    takesPart: row => row.synced === true,
    prepare: () => {},
    run: milliseconds => rateOf(() => writeSync(fd, bytes, 0, bytes.length, (at = (at + bytes.length) % (size - bytes.length))), milliseconds),
    close() {
      closeSync(fd);
      rmSync(file);
    },
  };
}

function server(name, url) {
  const clients = [];
  const first = async n => {
    while (clients.length < n) clients.push(await LoadClient.open(url, undefined, pipelined));
    return clients.slice(0, n);
  };
  let listeners = [];
  let seed = Date.now() % 1000;
  return {
    name,
    takesPart: row => name !== 'echo' || row.wire === true,
    async prepare(row) {
      for (const listener of listeners) listener.close();
      listeners = [];
      const [client] = await first(1);
      for (const code of name === 'echo' ? [] : row.prepare ?? []) await client.query('//stuff', code);
      if (row.listeners === undefined) return;
      const room = await client.int('//stuff', row.room);
      for (let i = 0; i < row.listeners; i++) {
        const listener = await LoadClient.open(url);
        listeners.push(listener);
        await listener.join('//stuff', room);
      }
    },
    async run(milliseconds, row) {
      const requests = typeof row.requests === 'function' ? row.requests(++seed) : row.requests;
      try {
        const used = await first(row.connections ?? 1);
        if (listeners.length > 0) return await loadWithEmits(used[0], listeners, requests, row.inFlight, milliseconds);
        return await loadOver(used, requests, row.inFlight, milliseconds);
      } catch (e) {
        for (const client of clients.splice(0)) client.close();
        throw e;
      }
    },
    close() {
      for (const client of [...clients, ...listeners]) client.close();
    },
  };
}

/** Runs a function for a while; gives its rate per second. */
function rateOf(run, milliseconds) {
  const from = performance.now();
  let n = 0;
  do run(); while (++n < 1e9 && performance.now() - from < milliseconds);
  return n / ((performance.now() - from) / 1000);
}

const median = list => (list.length === 0 ? NaN : [...list].sort((a, b) => a - b)[list.length >> 1]);
const rate = n => (n >= 1000 ? Math.round(n).toLocaleString('en') : n.toFixed(1));
const ifAny = (n, text) => (Number.isNaN(n) ? '-' : text(n));

console.log(['row'.padEnd(46), ...participants.map(({ name }) => `${name}/s`.padStart(12)), ...participants.slice(1).map(({ name }) => `${participants[0].name}/${name}`.padStart(14))].join(''));
for (const row of ROWS) {
  if (names.length > 0 && !names.some(part => row.name.includes(part))) continue;
  const rates = participants.map(() => []);
  const problems = participants.map(p => (p.takesPart(row) ? '' : null));
  const attempt = async (i, run) => {
    if (problems[i] !== '') return;
    try {
      await run(participants[i], rates[i]);
    } catch (e) {
      problems[i] = e.message.replace(/[^ -~]+/g, ' ');
    }
  };
  for (const i of participants.keys()) await attempt(i, p => p.prepare(row));
  for (let round = 0; round <= rounds; round++) {
    for (const i of participants.keys()) {
      await attempt(i, async (p, list) => {
        const result = await p.run(seconds * 1000, row);
        if (round > 0) list.push(result); // the first one warms up
      });
    }
  }
  const medians = rates.map(median);
  console.log([
    row.name.padEnd(46), ...medians.map(m => ifAny(m, rate).padStart(12)),
    ...medians.slice(1).map(m => ifAny(medians[0] / m, ratio => ratio.toFixed(2)).padStart(14)),
  ].join(''));
  problems.forEach((problem, i) => {
    if (problem !== null && problem !== '') console.log(`  ${participants[i].name}: ${problem}`);
  });
}
for (const p of participants) p.close();
