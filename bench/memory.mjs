/**
 * `npm run bench:memory`: bytes of memory for a stored thing, when queries have made it, and when the database was opened
 * again (most of it from a checkpoint, the rest from the log). The garbage collector is made to run first; what the process
 * takes without data is not counted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { open } from '../dist/index.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');
const COUNT = 400_000;

const ROWS = [
  ['{id, name}, one name for all', ".list.push({id: i, name: 'name'})"],
  ['{id, name}, names of 12 characters', '.list.push({id: i, name: `person {i}`})'],
  ['{name, age, tags} of a type, two tags', ".list.push(P{name: `person {i}`, age: i % 100, tags: ['red', 'blue']})"],
  ['the same in a set', ".set.add(P{name: `person {i}`, age: i % 100, tags: ['red', 'blue']})"],
];

async function used() {
  // The least of some seconds: a log or a checkpoint may still be written.
  let least = Infinity;
  for (let i = 0; i < 8; i++) {
    await new Promise(done => setTimeout(done, 400));
    collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    least = Math.min(least, heapUsed + external);
  }
  return least;
}

const each = bytes => `${Math.round(bytes / COUNT)}`.padStart(14);

console.log(`${''.padEnd(42)}${'made'.padStart(14)}${'opened again'.padStart(14)}`);
for (const [name, code] of ROWS) {
  const path = mkdtempSync(join(tmpdir(), 'memory-'));
  let db = await open({ path, durability: 'relaxed' });
  await db.query("set_type('P', {name: 'str', age: 'int', tags: '[str]'}); .list = []; .set = set(); nil;");
  let before = await used();
  for (let from = 0; from < COUNT; from += 1_000) {
    await db.query('//stuff', `range(from, from + 1000).each(|i| ${code}); nil;`, { from });
    await new Promise(done => setImmediate(done));
  }
  const made = await used() - before;
  await db.close();
  db = null;
  before = await used();
  db = await open({ path });
  console.log(name.padEnd(42) + each(made) + each(await used() - before));
  await db.close();
  rmSync(path, { recursive: true });
}
