/** Sets and types with more things than JavaScript's own set is used for: nobody can tell by their answers. */
import { expect, test } from 'vitest';
import { wrongCounts } from '../../src/check/dump.ts';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import { loadSnapshot } from '../../src/snapshot/load.ts';
import { takeSnapshot } from '../../src/snapshot/take.ts';
import { InstanceSet } from '../../src/values/instance-set.ts';
import { addToSet } from '../../src/collection/events.ts';
import { Replica } from '../../src/collection/replica.ts';
import { LARGE_SET_MIN, LargeSet } from '../../src/values/large-set.ts';
import { ThingSet } from '../../src/values/value.ts';
import { setup } from '../engine/setup.ts';

const N = LARGE_SET_MIN + 4_000;

const stuffOf = (engine: Engine) => engine.system.collectionsByName.get('stuff')!;

function large(engine: Engine): boolean[] {
  const { root, types } = stuffOf(engine);
  const sets = root.toValues().filter(value => value instanceof ThingSet).map(set => set.things);
  return [...sets, types.get('T')!.instances].map(things => things instanceof LargeSet || things instanceof InstanceSet);
}

async function restarted(engine: Engine): Promise<Engine> {
  const snapshot = takeSnapshot(engine);
  const again = new Engine({ host: testHost() });
  await loadSnapshot(again, (async function* () {
    for (let block = snapshot.next(); block !== null; block = snapshot.next()) yield block;
  })());
  return again;
}

test('a large stored set', async () => {
  const s = setup();
  s.query("set_type('T', {n: 'int'}); .s = set(); nil;");
  s.query(`range(${N}).each(|i| .s.add(T{n: i})); nil;`);
  expect([large(s.engine), large(s.replica)]).toEqual([[true, true], [true, true]]);

  // The second argument gives the first one its id, before it is added.
  expect(s.query('.s.add(x = T{n: -1}, {.keep = x; T{n: -2}});')).toBe(2);
  expect(s.query('.s.add(.keep);')).toBe(0);
  // What comes back comes last.
  s.query('.s.remove(.first = .s.one()); .s.add(.first); nil;');
  expect(s.same('.s.has(.first) && .s.has(.keep);')).toBe(true);
  expect(s.same('.s.map(|t| t.n)[-3:];')).toEqual([-1, -2, 0]);
  expect(s.same("[.s.len(), type_all('T').len(), .s.one().n];")).toEqual([N + 2, N + 2, 1]);

  // An instance goes while a query reads them all.
  expect(s.query("all = type_all('T'); x = .s.one(); .s.remove(x); y = T{n: 7}; .s.add(y); [all.len(), all.has(x), all.has(y)];")).toEqual([N + 2, true, false]);
  expect(s.same("[.s.len(), type_all('T').len(), .s.one().n];")).toEqual([N + 2, N + 2, 2]);

  const again = await restarted(s.engine);
  expect(large(again)).toEqual([true, true]);
  const order = (engine: Engine) => (stuffOf(engine).root.valueAt(0) as ThingSet).things;
  expect([...order(again)].map(thing => thing.id).join()).toBe([...order(s.engine)].map(thing => thing.id).join());

  // Its things lose their ids, and it its thing, while a future holds it.
  const end = s.query('all = .s; one = all.one(); .del("first"); .del("keep"); .s = set(); future(nil, all, one).then(|_, all, one| [all.len(), all.has(one), one.id(), all.remove(one).len(), all.len()]);');
  expect(await end).toEqual([N + 2, true, null, 1, N + 1]);
  expect(s.same("[.s.len(), type_count('T')];")).toEqual([0, 0]);
  expect([...wrongCounts(stuffOf(s.engine)), ...wrongCounts(stuffOf(s.replica))]).toEqual([]);
});

test('a large set that becomes stored at once, and is large again when it was free', () => {
  const s = setup();
  s.query("set_type('T', {n: 'int'}); nil;");
  s.query(`.s = set(range(${N}).map(|i| T{n: i})); nil;`);
  expect([large(s.engine), large(s.replica)]).toEqual([[true, true], [true, true]]);
  s.query("s = .del('s'); .t = s; x = .t.one(); .t.remove(x); .t.add(x, T{n: -1}); nil;");
  expect([large(s.engine), large(s.replica)]).toEqual([[true, true], [true, true]]);
  expect(s.same('[.t.len(), .t.map(|t| t.n)[-2:]];')).toEqual([N + 1, [0, -1]]);
  s.query('.t.remove(|t| t.n > 100); nil;');
  s.query('.t.add(T{n: -2}); nil;');
  expect([large(s.engine), large(s.replica)]).toEqual([[false, false], [false, false]]);
  expect(s.same('.t.map(|t| t.n)[-3:];')).toEqual([0, -1, -2]);
});

test('the instances of a type that is deleted while a query and its future read them', async () => {
  const s = setup();
  s.query("set_type('T', {n: 'int'}); nil;");
  s.query(`.l = range(${N}).map(|i| T{n: i}); nil;`);
  expect([large(s.engine), large(s.replica)]).toEqual([[true], [true]]);
  const read = s.query("all = type_all('T'); del_type('T'); .del('l'); future(nil, all).then(|_, all| { n = 0; for (t in all) n += t.n; [all.len(), n]; });");
  expect(await read).toEqual([N, N * (N - 1) / 2]);
  expect([...wrongCounts(stuffOf(s.engine)), ...wrongCounts(stuffOf(s.replica))]).toEqual([]);
});

test('what a future reads stays as it was, also when another query reads it too', async () => {
  const s = setup();
  s.query("set_type('T', {n: 'int'}); .l = [T{n: 1}]; nil;");
  const read = s.query("all = type_all('T'); future(nil, all).then(|_, all| all.map(|t| t.n));");
  expect(s.query("type_all('T').len();")).toBe(1);
  s.query('.l.push(T{n: 2}); nil;');
  expect(await read).toEqual([1]);
});

test.each([3, 2_000])('instances that are made, or go, while %i of them are gone through', count => {
  const s = setup();
  s.query("set_type('T', {n: 'int'}); nil;");
  const fresh = `.l = range(${count}).map(|i| T{n: i}); n = 0;`;
  const sum = count * (count - 1) / 2;
  const more = '{ n += t.n; .l.push(T{n: 1000000}); }';
  const less = '{ n += t.n; .l.clear(); }';
  for (const turn of [more, less]) {
    expect(s.query(`${fresh} for (t in type_all('T')) ${turn}; n;`)).toBe(sum);
    expect(s.query(`${fresh} type_all('T').each(|t| ${turn}); n;`)).toBe(sum);
    expect(s.query(`${fresh} type_all('T').filter(|t| ${turn}).len(); n;`)).toBe(sum);
    expect(s.query(`${fresh} type_all('T').every(|t| {${turn}; true}); n;`)).toBe(sum);
  }
  expect(s.same("[.l.len(), type_all('T').len()];")).toEqual([0, 0]);
});

test.each([3, N])('a set of %i things that is cleared', count => {
  const s = setup();
  s.query(`set_type('T', {n: 'int'}); .s = set(range(${count}).map(|i| T{n: i})); .keep = .s.one(); .t = set(.keep); nil;`);
  s.query('.s.clear(); .s.clear(); nil;');
  expect(s.same("[.s.len(), .t.len(), .s.has(.keep), type_all('T').len()];")).toEqual([0, 1, false, 1]);
  s.query('.s.add(.keep, T{n: -1}); .s.clear(); .t.clear(); .del("keep"); nil;');
  expect(s.same("[.s.len(), .t.len(), type_all('T').len()];")).toEqual([0, 0, 0]);
  expect([...wrongCounts(stuffOf(s.engine)), ...wrongCounts(stuffOf(s.replica))]).toEqual([]);
  expect(s.query('x = set({}, {}); x.clear(); x.add({}); x.len();')).toBe(1);
});

test('things that are all of a set already are added to it', () => {
  const s = setup();
  const stuff = stuffOf(s.engine);
  s.query('.s = set({n: 1}, {n: 2}); nil;');
  const set = stuff.root.valueAt(0) as ThingSet;
  const things = [...set.things];
  expect(s.query('.s.add(.s.one()); x = .s; .s |= x; .s.len();')).toBe(2);
  addToSet.run(new Replica(stuff), { thing: stuff.root, key: 's', things });
  expect([...set.things]).toEqual(things);
  expect(things.map(({ refs }) => refs)).toEqual([1, 1]);
});
