/** What made a change: named with each one where an audit is kept, and nowhere else. */
import { expect, test } from 'vitest';
import { unpackAudit, WITHHELD, type Audit } from '../../src/cause.ts';
import { testHost } from '../../src/check/test-host.ts';
import { Engine, type CommittedChange } from '../../src/engine.ts';
import { open } from '../../src/index.ts';
import { parseScope } from '../../src/system/scope.ts';
import { Writer } from '../../src/wire/msgpack.ts';
import { packContext, varsContext } from '../../src/evaluator/contexts.ts';
import { pack } from '../../src/wire/result.ts';
import { plainArgs } from '../../src/wire/vars.ts';

const START = 1_767_225_600;

class World {
  now = START;
  readonly changes: CommittedChange[] = [];
  readonly engine: Engine;

  constructor(audit: { textSize: number } | null = { textSize: 100 }) {
    this.engine = new Engine({ host: testHost({ now: () => this.now }), ...(audit === null ? {} : { audit }) });
    this.engine.onChange(change => void this.changes.push(change));
    this.engine.init();
  }

  query(code: string, scope = '//stuff', user = 'admin', key: string | null = null): unknown {
    const { system } = this.engine;
    const token = key === null ? null : this.engine.login(key);
    const request = { user: system.usersByName.get(user)!, token, scope: parseScope(scope), code };
    return this.engine.query(request, (_q, value) => value as unknown, (_q, value) => value as unknown);
  }

  run(procedure: string, args: unknown[], scope = '//stuff'): unknown {
    return this.engine.run(
      { user: this.engine.system.users[0]!, scope: parseScope(scope), procedure, args: (q, parameters) => plainArgs(args, procedure, parameters, varsContext(q)) },
      (q, value) => pack(value, new Writer(), packContext(q)));
  }

  /** What made the last change, and those before it. */
  audits(count = 1): Audit[] {
    return this.changes.slice(-count).map(({ audit }) => unpackAudit(audit!));
  }
}

test('without an audit nothing is told', () => {
  const world = new World(null);
  world.query('.n = 1;');
  expect(world.changes.map(change => Object.keys(change))).toEqual([['id', 'scope', 'events'], ['id', 'scope', 'events']]);
});

test('a query names user, token, time, node and its text', () => {
  const world = new World();
  expect(world.audits()).toEqual([{ by: 'server', user: null, token: null, node: 0, leader: 0, time: START, text: 'first start' }]);
  world.engine.system.nodeId = 3;
  world.now += 1.5;
  world.query('.n = 1;');
  expect(world.audits()).toEqual([{ by: 'query', user: 'admin', token: null, node: 3, leader: 3, time: START + 1.5, text: '.n = 1;' }]);
  world.query("new_user('iris'); grant('//stuff', 'iris', FULL);", '@t');
  const key = world.query("new_token('iris');", '@t') as string;
  expect(world.audits()[0]!.text).not.toContain(key);
  world.query('.n += 1; 1 / 1;', '//stuff', 'iris', key);
  expect(world.audits()).toMatchObject([{ user: 'iris', token: world.engine.login(key).id, text: '.n += 1; 1 / 1;' }]);
  const before = world.changes.length;
  expect(() => world.query('.half = 1; 1 / 0;')).toThrow();
  world.query('.n;');
  expect(world.changes.length).toBe(before + 1);
  expect(world.audits()[0]!.text).toBe('.half = 1; 1 / 0;');
});

test('a node that makes a change for another one names both; nothing is added where they are the same', async () => {
  const world = new World();
  const ask = { user: world.engine.system.users[0]!, scope: parseScope('//stuff'), code: '.n = 1; future(|| .n += 1);' };
  await world.engine.query({ ...ask, tag: { node: 2 } }, () => null);
  expect(world.audits(2)).toMatchObject([{ by: 'query', node: 2, leader: 0 }, { by: 'future', node: 2, leader: 0 }]);
  world.engine.query({ ...ask, code: '.n = 1;', tag: { node: 0 } }, () => null);
  expect(world.audits()).toMatchObject([{ node: 0, leader: 0 }]);
  // As in logs that do not say who was asked.
  world.query('.n = 1;');
  const [asked, own] = world.changes.slice(-2);
  expect(asked!.audit).toEqual(own!.audit);
});

test('a procedure comes with the arguments that it was called with', () => {
  const world = new World();
  world.query(`new_procedure('add', |list, more| {list.push(9); .all = [list, more]});`);
  world.run('add', [[1, 'two "2"', 2.5, null, true], { name: 'Iris', data: new Uint8Array(7), at: { deep: [] } }]);
  expect(world.audits()).toMatchObject([{ by: 'procedure', text: 'add([1,"two \\"2\\"",2.5,null,true],{"name":"Iris","data":"<7 bytes>","at":{"deep":[]}})' }]);
  world.run('add', [[], null]);
  expect(world.audits()[0]!.text).toBe('add([],null)');
});

test('texts are bounded, arguments before they are written out', () => {
  const world = new World({ textSize: 20 });
  world.query('.text = "0123456789";');
  expect(world.audits()[0]!.text).toBe('.text = "0123456789"...');
  world.query('.a = "0123456789😀";');
  // Half a character is none.
  expect(world.audits()[0]!.text).toBe('.a = "0123456789😀";');
  world.query('.ab = "012345678901😀";');
  expect(world.audits()[0]!.text).toBe('.ab = "012345678901...');
  world.query(`new_procedure('p', |x| .x = x);`);
  world.run('p', ['y'.repeat(100)]);
  expect(world.audits()[0]!.text).toBe(`p("${'y'.repeat(17)}...`);
  world.run('p', [Array.from({ length: 100_000 }, (_, i) => i)]);
  expect(world.audits()[0]!.text).toBe('p([0,1,2,3,4,5,6,7,8...');
});

test('passwords are taken out, whichever way they come', async () => {
  const world = new World({ textSize: 1_000 });
  const secret = 'hush-hush';
  await world.query(`new_user('iris'); set_password('iris', '${secret}');`, '@t');
  // The query, and the hash that comes when it is made.
  expect(world.audits(2)).toMatchObject([{ by: 'query', user: 'admin', text: WITHHELD }, { by: 'query', user: 'admin', text: WITHHELD }]);
  world.query(`new_procedure('change', |name, password| set_password(name, password)); new_procedure('outer', |f, a, b| f.call(a, b));`, '@t');
  await world.query(`wse(run('change', 'iris', '${secret}'));`, '@t');
  await world.run('change', ['iris', secret], '@t');
  expect(world.audits()[0]!.text).toBe(WITHHELD);
  // Refused, but perhaps only misspelt.
  expect(() => world.query(`wse(run('change', 'iris', '${secret}é'));`, '@t')).toThrow();
  expect(() => world.run('change', ['nobody', secret], '@t')).toThrow();
  expect(world.audits()[0]!.text).toBe(`change(${WITHHELD})`);
  await world.query(`future(|| wse(run('change', 'iris', '${secret}')));`, '@t');
  for (const { audit } of world.changes) expect(unpackAudit(audit!).text).not.toContain(secret);
});

test('the token of a module from GitHub is in no text', () => {
  const world = new World();
  world.query(`new_module('m', 'github.com/acme/ts-mail:ghp_s3cret@v1');`, '@t');
  expect(world.audits()[0]!.text).toBe(`new_module('m', 'github.com/acme/ts-mail:...@v1');`);
  world.query(`new_procedure('deploy', |source| deploy_module('m', source));`, '@t');
  world.run('deploy', ['github.com/acme/ts-mail:ghp_s3cret'], '@t');
  expect(world.audits()[0]!.text).toBe('deploy("github.com/acme/ts-mail:...")');
});

test('futures, tasks and what a node does of itself are named', async () => {
  const world = new World();
  await world.query('.n = 0; future(|| .n += 1);');
  expect(world.audits(2)).toMatchObject([{ by: 'query' }, { by: 'future', user: 'admin', text: '.n = 0; future(|| .n += 1);' }]);
  world.query("new_user('iris'); grant('//stuff', 'iris', FULL);", '@t');
  world.query('task(datetime(), |t| .n += 1);', '//stuff', 'iris');
  const { id } = world.engine.system.collections[0]!.tasks[0]!;
  await world.engine.tick(world.now + 10);
  expect(world.audits()).toMatchObject([{ by: 'task', user: 'iris', text: `task:${id} |t|.n+=1` }]);
  // One that changes nothing itself is removed by a change of its own.
  world.query('task(datetime(), |t| nil);', '//stuff', 'iris');
  await world.engine.tick(world.now + 20);
  expect(world.audits()).toMatchObject([{ by: 'task', user: 'iris', text: expect.stringMatching(/^task:\d+ \|t\|nil$/) }]);

  while (!world.engine.collect()) world.query('.ring = {}; .ring.me = .ring; .del("ring");');
  while (world.engine.collect());
  expect(world.audits()).toMatchObject([{ by: 'server', user: null, text: 'things that nothing refers to' }]);
  const key = world.query("new_token('iris');", '@t') as string;
  world.now += 4_000;
  world.query('1;', '//stuff', 'iris', key);
  await world.engine.tick();
  expect(world.audits()).toMatchObject([{ by: 'server', user: null, text: 'use of tokens' }]);
});

test('a replica that repeats changes comes to the same state, with an audit or without', () => {
  const world = new World();
  const replica = new Engine({ host: testHost() });
  world.query('.n = 1;');
  const seen: CommittedChange[] = [];
  replica.onChange(change => void seen.push(change));
  for (const change of world.changes) replica.apply(change);
  expect(seen).toEqual(world.changes);
});

test('a program follows who does what', async () => {
  const db = await open({ audit: { textSize: 12 } });
  const changes = db.changes();
  await db.query('.greeting = "Hello";');
  const { value } = await changes.next();
  const audit: Audit | undefined = value.audit;
  expect(audit).toMatchObject({ by: 'query', user: 'admin', token: null, text: '.greeting = ...' });
  await db.close();
  const other = await open();
  const unaudited = other.changes();
  await other.query('.n = 1;');
  expect((await unaudited.next()).value.audit).toBeUndefined();
  await other.close();
});
