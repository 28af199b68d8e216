/**
 * `npm run bench -- ours=ws://… theirs=tcp://… [--seconds N] [--rounds N] [part of a row's name …]`
 *
 * Runs each row against every server in turn (A B A B …), and prints the median rate of each and the ratio of the
 * first to the others. Two of them are no servers but limits: `echo=URL` (see `echo.mjs`) takes part in the rows of the
 * wire only, and `plain=js` runs the programs of the evaluation rows in this process, as JavaScript.
 */
import { LoadClient } from './client.mjs';
import { ROWS } from './rows.mjs';

const args = process.argv.slice(2);
const option = (name, fallback) => {
  const at = args.indexOf(name);
  return at < 0 ? fallback : Number(args.splice(at, 2)[1]);
};
const seconds = option('--seconds', 1);
const rounds = option('--rounds', 5);
const servers = args.filter(arg => arg.includes('=')).map(arg => ({ name: arg.slice(0, arg.indexOf('=')), url: arg.slice(arg.indexOf('=') + 1) }));
const wanted = args.filter(arg => !arg.includes('='));
if (servers.length === 0) {
  console.error('usage: npm run bench -- NAME=URL [NAME=URL …] [--seconds N] [--rounds N] [part of a row …]');
  process.exit(1);
}

const PLAIN = 'js';
/** Whether a server, or a limit, takes part in a row. */
const takesPart = ({ name, url }, row) => (url === PLAIN ? row.plain !== undefined : name !== 'echo' || row.wire === true);

/** Runs a function for a while; gives its rate per second. */
function rateOf(run, milliseconds) {
  const from = performance.now();
  let n = 0;
  do run(); while (++n < 1e9 && performance.now() - from < milliseconds);
  return n / ((performance.now() - from) / 1000);
}

const median = list => [...list].sort((a, b) => a - b)[list.length >> 1];
const rate = n => (n >= 1000 ? Math.round(n).toLocaleString('en') : n.toFixed(1));

for (const server of servers) server.client = server.url === PLAIN ? null : await LoadClient.open(server.url);
console.log(['row'.padEnd(40), ...servers.map(({ name }) => `${name}/s`.padStart(12)), ...servers.slice(1).map(({ name }) => `${servers[0].name}/${name}`.padStart(14))].join(''));
let seed = Date.now() % 1000;
for (const row of ROWS) {
  if (wanted.length > 0 && !wanted.some(part => row.name.includes(part))) continue;
  for (const server of servers) {
    server.rates = [];
    delete server.run;
    server.problem = null;
    if (!takesPart(server, row) || server.url === PLAIN) continue;
    try {
      for (const code of row.prepare ?? []) await server.client.query('//stuff', code);
    } catch (e) {
      server.problem = e.message;
    }
  }
  for (let round = 0; round <= rounds; round++) {
    for (const server of servers) {
      if (server.problem !== null || !takesPart(server, row)) continue;
      if (server.url === PLAIN) {
        server.rates.push(rateOf((server.run ??= row.plain()), seconds * 1000));
        continue;
      }
      try {
        const requests = typeof row.requests === 'function' ? row.requests(++seed) : row.requests;
        const result = await server.client.load(requests, row.inFlight, seconds * 1000);
        if (round > 0) server.rates.push(result); // the first one warms up
      } catch (e) {
        server.problem = e.message.replace(/[^ -~]+/g, ' ');
        server.client.close();
        server.client = await LoadClient.open(server.url);
      }
    }
  }
  const medians = servers.map(({ rates }) => (rates.length === 0 ? NaN : median(rates)));
  console.log([
    row.name.padEnd(40), ...medians.map(m => (Number.isNaN(m) ? '-' : rate(m)).padStart(12)),
    ...medians.slice(1).map(m => (Number.isNaN(m) ? '-' : (medians[0] / m).toFixed(2)).padStart(14)),
  ].join(''));
  for (const { name, problem } of servers) if (problem !== null) console.log(`  ${name}: ${problem}`);
}
for (const server of servers) server.client?.close();
