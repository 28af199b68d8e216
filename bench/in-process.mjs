/**
 * `npm run bench:in-process [part of a row's name …]`: the evaluation rows without a server, in one process and in turn:
 * interpreted, compiled, and the same program in plain JavaScript. Prints milliseconds of CPU time, best of many runs.
 */
import { Engine, PlainNode, parseScope } from '../dist/core.js';
import { PREPARE, PROGRAMS } from './programs.mjs';

const wanted = process.argv.slice(2);
const rounds = 12;

function open(codegen) {
  const monotonic = () => performance.now();
  const host = {
    now: () => Date.now() / 1000, monotonic, later: setImmediate, random: Math.random, log: () => {}, node: new PlainNode(() => Date.now() / 1000, monotonic),
    secrets: { hashPassword: text => text, checkPassword: () => true, initialPassword: '', newKey: () => 'key', isSound: () => true, hashKey: text => text, sameHash: (a, b) => a === b },
  };
  const engine = new Engine({ host, codegen });
  engine.init();
  const user = engine.system.usersById.get(1);
  const query = code => engine.query({ user, scope: parseScope('//stuff'), code }, (_q, value) => value);
  for (const code of PREPARE) query(code);
  return query;
}

/** Milliseconds of CPU time of one call, garbage collection included. */
function cpu(run) {
  const from = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

const interpreted = open(false);
const compiled = open(true);
console.log(['row'.padEnd(46), 'interpreted', 'compiled', 'plain', 'gain', 'to plain'].map(text => text.padStart(12)).join(''));
for (const { name, code, plain } of PROGRAMS) {
  if (wanted.length > 0 && !wanted.some(part => name.includes(part))) continue;
  const bare = plain();
  const runs = [() => interpreted(code), () => compiled(code), bare];
  const times = runs.map(() => Infinity);
  for (let round = 0; round < rounds; round++) runs.forEach((run, i) => (times[i] = Math.min(times[i], cpu(run))));
  console.log(name.padEnd(46) + [...times.map(t => t.toFixed(2)), (times[0] / times[1]).toFixed(2), (times[1] / times[2]).toFixed(2)].map(text => text.padStart(12)).join(''));
}
process.exit(0);
