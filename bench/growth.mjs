/**
 * `npm run bench:growth [-- set|list|things|dict|rooms … --count N --memory]`: adds to one container until it is very large,
 * 1,000 a query, and prints how long the longest turn of the event loop was. Times are those that the main thread spent
 * on a processor (Linux tells them), so that other work on the machine does not count.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { open } from '../dist/index.js';

const ADD = {
  set: ".set.add(T{name: 'abc', age: i})",
  list: '.list.push(i)',
  things: ".list.push({id: i, name: 'abc'})",
  dict: '.dict.set(`key {i}`, i)',
  rooms: '.list.push(room())',
};
const { values, positionals } = parseArgs({ allowPositionals: true, options: { count: { type: 'string', default: '2000000' }, memory: { type: 'boolean', default: false } } });

/** Milliseconds that the main thread was on a processor. */
const spent = () => Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;

async function measure(kind, count) {
  const path = values.memory ? undefined : mkdtempSync(join(tmpdir(), 'growth-'));
  const db = await open({ path, durability: 'relaxed' });
  await db.query("set_type('T', {name: 'str', age: 'int'}); .set = set(); .list = []; .dict = {}; .dict.set('a b', 1); nil;");
  let [longest, at, last, added] = [0, 0, spent(), 0];
  const from = last;
  const beat = () => {
    const now = spent();
    if (now - last > longest) [longest, at] = [now - last, added];
    last = now;
    if (added < count) setImmediate(beat);
  };
  beat();
  for (; added < count; added += 1_000) {
    await db.query('//stuff', `range(from, from + 1000).each(|i| ${ADD[kind]}); nil;`, { from: added });
    await new Promise(done => setImmediate(done));
  }
  console.log(`${kind.padEnd(8)}${((last - from) * 1000 / count).toFixed(2).padStart(8)} us each, longest turn ${longest.toFixed(0)} ms, at ${at}`);
  await db.close();
  if (path !== undefined) rmSync(path, { recursive: true });
}

for (const kind of positionals.length > 0 ? positionals : Object.keys(ADD)) await measure(kind, Number(values.count));
