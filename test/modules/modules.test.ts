/** Real programs: in Python, in JavaScript, and objects of this process, called by queries. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import { open, type LocalDatabase, type OpenOptions } from '../../src/index.ts';
import { NodeModules } from '../../src/modules/modules.ts';
import type { ModuleLimits } from '../../src/modules/program.ts';
import { alive } from './alive.ts';

const PROBE = readFileSync(fileURLToPath(new URL('probe.py', import.meta.url)), 'utf8');
const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.warn('SKIPPED: there is no python3, so no module in Python is tested');

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function directory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'thingscope-modules-'));
  cleanups.push(() => rmSync(dir, { recursive: true }));
  return dir;
}

interface Info {
  readonly [key: string]: unknown;
  readonly status: string;
}

/** A database with modules, and short names for what the tests do. */
async function setup(options: OpenOptions = {}, limits: Partial<ModuleLimits> = {}) {
  const modulesPath = options.modulesPath ?? directory();
  const lines: string[] = [];
  const host = { ...testHost(), log: (_: number, text: string) => void lines.push(text) };
  const db = await open({ modulesPath, host, ...options });
  let modules = host.node.modules as NodeModules;
  if (Object.keys(limits).length > 0) {
    await modules.close();
    modules = new NodeModules(db.engine, { path: modulesPath, python: 'python3', limits, log: host.log, objects: options.modules ?? {} });
    cleanups.push(() => modules.close());
  }
  cleanups.push(() => db.close());
  const deploy = async (name: string, file: string, program: string): Promise<void> => {
    await db.query('@t', 'if (!has_module(name)) new_module(name, file); deploy_module(name, bytes(program));', { name, file, program });
    await modules.settled();
  };
  const info = (name: string): Promise<Info> => db.query<Info>('@n', 'module_info(name);', { name });
  const until = async (name: string, what: (info: Info) => boolean): Promise<Info> => {
    for (;;) {
      const found = await info(name);
      if (what(found)) return found;
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  };
  return { db, modules, modulesPath, lines, deploy, info, until };
}

const cancelled = { code: -64, message: 'future cancelled before completion' };

describe.skipIf(!hasPython)('a module in Python', () => {
  const python = async (limits: Partial<ModuleLimits> = {}, options: OpenOptions = {}) => {
    const all = await setup(options, limits);
    await all.deploy('p', 'probe.py', PROBE);
    return all;
  };

  test('answers calls, and fails them as it says', async () => {
    const { db, info, modulesPath } = await python();
    expect(await info('p')).toMatchObject({ status: 'running', file: join(modulesPath, 'p/probe.py'), tasks: 0, restarts: 0 });
    expect(await db.query('p({x: 1});')).toEqual([{ x: 1 }]);
    expect(await db.query("future({module: 'p', x: 1}, 2, 3);")).toEqual([{ module: 'p', x: 1 }, 2, 3]);
    expect(await db.query('p({x: 1}, 2).then(|r, a| [type(r), r, a]);')).toEqual(['mpdata', { x: 1 }, 2]);
    expect(await db.query('p({x: 1, load: true}).then(|r| [type(r), r.x]);')).toEqual(['thing', 1]);
    expect(await db.query('@t', 'p({x: 1});')).toEqual([{ x: 1 }]);
    expect(await db.query('@n', 'p({x: 1});')).toEqual([{ x: 1 }]);
    await expect(db.query("p({do: 'fail', error: [-60, 'no']});")).rejects.toMatchObject({ code: -60, message: 'no' });
    expect(await db.query("p({do: 'fail', error: [-100, 'no']}, 7).else(|e, a| [e.code(), e.msg(), a]);")).toEqual([-100, 'no', 7]);
    for (const error of ["[-49, 'x']", "[-128, 'x']"]) await expect(db.query(`p({do: 'fail', error: ${error}});`)).rejects.toMatchObject({ code: -53, message: expect.stringContaining('invalid error code') });
    for (const error of ["[0, 'x']", '[]', '[-60]', "[-60, 'a', 1]", "'x'", '[-60, 5]']) {
      await expect(db.query(`p({do: 'fail', error: ${error}});`)).rejects.toMatchObject({ code: -53, message: 'invalid error data from module `p`' });
    }
    for (const hex of ['', 'c1', '0102', '91']) {
      for (const load of [true, false]) {
        await expect(db.query(`p({do: 'raw', hex: '${hex}', load: ${load}});`)).rejects.toMatchObject({ code: -53, message: 'got invalid or corrupt MsgPack data from module: `p`' });
      }
    }
    await expect(db.query("p({do: 'raw', hex: '01', kind: 99});")).rejects.toMatchObject({ code: -53, message: 'unexpected package type `UNKNOWN TYPE` (99) from module `p`' });
    await expect(db.query("p({do: 'raw', hex: '01', kind: 80});")).rejects.toMatchObject({ message: 'unexpected package type `MODULE_REQ` (80) from module `p`' });
  });

  test('gets things as deep as it is said, and as they are when the query is over', async () => {
    const { db } = await python();
    const nested = '{a: {b: {c: {d: 1}}}}';
    expect(await db.query(`p(${nested});`)).toEqual([{ a: { b: {} } }]);
    expect(await db.query(`return p(${nested}), 3;`)).toEqual([{ a: { b: { c: { d: 1 } } } }]);
    expect(await db.query('p({a: {b: {c: 1}}, deep: 0});')).toEqual([{ a: {}, deep: 0 }]);
    await expect(db.query('p({deep: 128});')).rejects.toMatchObject({ code: -60 });
    expect(await db.query('t = {a: 1}; f = p(t); t.a = 2; f;')).toEqual([{ a: 2 }]);
    expect(await db.query('.t = {a: 1}; p(.t);')).toEqual([{ '#': expect.any(Number), a: 1 }]);
    expect(await db.query("p({do: 'hex', x: 1});")).toEqual(['82a2646fa3686578a17801']);
  });

  test('what follows on its answer is a query of its own', async () => {
    const { db } = await python();
    expect(await db.query('p({x: 1}).then(|r| .n = 5); 1;')).toBe(1);
    expect(await db.query('.n;')).toBe(5);
    expect(await db.query('p({x: 1}).then(|r| p({x: r}));')).toEqual([{ x: { x: 1 } }]);
    await expect(db.query('p({x: 1}).then(|r| 1/0).else(|e| 2);')).rejects.toMatchObject({ code: -58 });
    await expect(db.query("p({do: 'fail', error: [-60, 'first']}); p({x: 1}).then(|| .never = 1); 1;")).rejects.toMatchObject({ message: 'first' });
    expect(await db.query('range(200).each(|i| p({x: i}).then(|r| .last = 1)); future(|| 2);')).toBe(2);
  });

  test('takes its configuration at the start and when it is replaced', async () => {
    const { db, modules, deploy, info } = await setup();
    await db.query('@t', "new_module('p', 'probe.py', {a: {b: 1}});");
    expect((await info('p')).status).toBe('module not installed');
    await deploy('p', 'probe.py', PROBE);
    const conf = (): Promise<unknown> => db.query("p({do: 'conf'});");
    expect(await conf()).toEqual([{ a: { b: 1 } }]);
    const set = async (value: unknown): Promise<void> => {
      await db.query('@t', "set_module_conf('p', value);", { value });
      await modules.settled();
    };
    await set(5);
    expect(await conf()).toEqual([5]);
    await set(null);
    expect(await conf()).toEqual([5]);
    await set('bad');
    expect((await info('p')).status).toMatch(/^configuration error/);
    await expect(conf()).rejects.toMatchObject({ code: -63 });
    await set('good');
    expect(await conf()).toEqual(['good']);
  });

  test('that ends takes its calls along and is started again, then given up', async () => {
    const { db, until } = await python({ restarts: 2, backoffMs: 1 });
    const waiting = expect(db.query("p({do: 'exit'});")).rejects.toMatchObject(cancelled);
    await waiting;
    expect(await until('p', ({ status }) => status === 'running')).toMatchObject({ restarts: 1, tasks: 0 });
    expect(await db.query('p({x: 1});')).toEqual([{ x: 1 }]);
    await expect(db.query("p({do: 'exit'});")).rejects.toMatchObject(cancelled);
    await until('p', ({ status }) => status === 'running');
    await expect(db.query("p({do: 'exit'});")).rejects.toMatchObject(cancelled);
    expect((await until('p', ({ status }) => status !== 'running'))).toMatchObject({ status: 'too many restarts detected; most likely the module is broken', restarts: 3 });
    await expect(db.query('p({x: 1});')).rejects.toMatchObject({ code: -63 });
    await db.query('@n', "restart_module('p');");
    expect(await db.query('p({x: 1});')).toEqual([{ x: 1 }]);
  });

  test('that writes nonsense is killed and started again', async () => {
    const { db, until } = await python();
    await expect(db.query("p({do: 'noise'});")).rejects.toMatchObject(cancelled);
    await until('p', ({ restarts }) => restarts === 1);
    expect(await db.query('p({x: 1});')).toEqual([{ x: 1 }]);
  });

  test('that hangs is killed and started again', async () => {
    const { db, until } = await python({ callMs: 3000 });
    // A call waits for the program to start too, which is not what is to be timed here.
    await until('p', ({ status }) => status === 'running');
    await expect(db.query("p({do: 'hang'});")).rejects.toMatchObject({ code: -64, message: 'module `p` has not answered within 3 seconds' });
    await until('p', ({ status, restarts }) => restarts === 1 && status === 'running');
  });

  test('an answer beyond the bound ends it', async () => {
    const { db, until } = await python({ packetBytes: 2000 });
    expect(await db.query('p({x: range(100).len()});')).toEqual([{ x: 100 }]);
    await expect(db.query('p({x: range(1000)});')).rejects.toMatchObject({ code: -57 });
    // 500 ints: 500 bytes to there, 4,500 back.
    await expect(db.query('p({x: range(500).map(|x| 1)});')).rejects.toMatchObject(cancelled);
    await until('p', ({ restarts }) => restarts === 1);
  });

  test('what it writes beside goes to the log', async () => {
    const { db, lines } = await python();
    await db.query("p({do: 'say', text: 'hello from the module'});");
    for (;;) {
      if (lines.includes('module `p`: hello from the module')) break;
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  });

  test('goes on under another name, in another scope, until it is removed', async () => {
    const { db, info, modulesPath } = await python();
    const [pid] = await db.query<[number]>("p({do: 'pid'});");
    await db.query('@t', "rename_module('p', 'q');");
    expect(await info('q')).toMatchObject({ status: 'running', file: join(modulesPath, 'q/probe.py') });
    expect(await db.query("q({do: 'pid'});")).toEqual([pid]);
    await db.query('@t', "set_module_scope('q', '@n');");
    await expect(db.query('q({x: 1});')).rejects.toMatchObject({ code: -55 });
    expect(await db.query('@n', 'q({x: 1});')).toEqual([{ x: 1 }]);
    const waiting = expect(db.query('@n', "q({do: 'hang'});")).rejects.toMatchObject(cancelled);
    await db.query('@t', "del_module('q');");
    await waiting;
    await db.close();
    expect(alive(pid)).toBe(false);
  });

  test('survives a restart of the server, and no process of it stays behind', async () => {
    const path = directory();
    const modulesPath = join(path, 'modules');
    const first = await python({}, { path, modulesPath });
    await first.db.query('@t', "set_module_conf('p', 'kept'); nil;");
    const [pid] = await first.db.query<[number]>("p({do: 'pid'});");
    expect(alive(pid)).toBe(true);
    await first.db.close();
    expect(alive(pid)).toBe(false);
    // What was deployed is kept with the data.
    rmSync(modulesPath, { recursive: true });
    const again = await setup({ path, modulesPath });
    expect(await again.info('p')).toMatchObject({ status: 'running', conf: 'kept' });
    expect(await again.db.query("p({do: 'conf'});")).toEqual(['kept']);
  });

  test('without an interpreter, or a file, says so', async () => {
    const { deploy, info, db } = await setup({ pythonInterpreter: '/nowhere/python' });
    await deploy('p', 'probe.py', PROBE);
    expect((await info('p')).status).toBe('the Python interpreter is not found on this node');
    await db.query('@t', "new_module('x', 'x.bin'); refresh_module('x');");
    expect(await info('x')).toMatchObject({ status: 'no such file or directory' });
    await expect(db.query('x({});')).rejects.toMatchObject({ code: -63, message: 'module `x` is not running (status: no such file or directory)' });
  });

  test('a program is started directly', async () => {
    const { db, deploy } = await setup();
    await deploy('p', 'bin/probe', `#!/usr/bin/env python3\n${PROBE}`);
    expect(await db.query('p({x: 1});')).toEqual([{ x: 1 }]);
  });

  test('one from GitHub whose files are there says what it offers', async () => {
    const modulesPath = directory();
    mkdirSync(join(modulesPath, 'gh'));
    writeFileSync(join(modulesPath, 'gh', 'probe.py'), PROBE);
    writeFileSync(join(modulesPath, 'gh', 'module.json'), JSON.stringify({
      version: '1.2', doc: 'A probe', main: 'probe.py', defaults: { load: true, k: 'v' },
      exposes: {
        ping: { defaults: { message: 'ping' }, argmap: [] }, msg: { argmap: ['message', '*'] }, plain: {}, set: { argmap: ['deep', 'load', 'z'], defaults: { k: { a: { b: { c: 1 } } } } },
        five: '|m| 5', mine: '|m, x| [type(m), x]', write: '|m, x| .wrote = x',
      },
    }));
    const { db, info } = await setup({ modulesPath });
    await db.query('@t', "new_module('gh', 'github.com/acme/probe@v1');");
    expect(await info('gh')).toMatchObject({
      status: 'running', github_owner: 'acme', github_repo: 'probe', github_ref: 'v1', version: '1.2', doc: 'A probe', defaults: { load: true, k: 'v' },
      exposes: {
        ping: { defaults: { load: true, message: 'ping', k: 'v' }, argmap: [] }, plain: { argmap: ['*'] },
        five: { definition: '|m| 5', with_side_effects: false }, write: { with_side_effects: true },
      },
    });
    expect(await db.query('gh({x: 1});')).toEqual([{ x: 1, k: 'v' }]);
    expect(await db.query('gh({x: 1, k: 2, load: false}).then(|r| type(r));')).toBe('mpdata');
    expect(await db.query('gh.ping(1);')).toEqual([{ message: 'ping', k: 'v' }, 1]);
    expect(await db.query('gh.msg();')).toEqual([{ message: null, k: 'v' }]);
    expect(await db.query("gh.msg('a', {message: 'b', x: 1}, 5);")).toEqual([{ message: 'b', x: 1, k: 'v' }, 5]);
    expect(await db.query("gh.msg('a', nil).then(|r| type(r));")).toBe('thing');
    expect(await db.query('gh.set(1, false, 3);')).toEqual([{ z: 3, k: { a: { b: { c: 1 } } } }]);
    await expect(db.query('gh.plain(3);')).rejects.toMatchObject({ code: -61, message: 'expecting argument `*` to be of type `thing` or `nil` but got type `int` instead' });
    await expect(db.query('gh.nope();')).rejects.toMatchObject({ code: -54, message: 'module `gh` has no function `nope`' });
    expect(await db.query('[gh.five(), gh.mine(7)];')).toEqual([5, ['module', 7]]);
    await expect(db.query('gh.write(1);')).rejects.toMatchObject({ code: -63 });
    expect(await db.query('wse(gh.write(1)); .wrote;')).toBe(1);
  });
});

const SCRIPT = `
let prefix = 'Hello';
export const manifest = { version: 1, doc: 'Greets', defaults: { load: true }, exposes: { greet: { argmap: ['name'] } } };
export function onConfig(conf) {
  if (conf === 'bad') throw new Error('no such language');
  prefix = conf.prefix;
}
export async function onRequest(request) {
  switch (request.do) {
    case 'throw': throw Object.assign(new Error('refused'), { code: request.code });
    case 'spin': for (;;);
    case 'exit': process.exit(3);
    case 'crash': setImmediate(() => { throw new Error('late'); }); return new Promise(() => {});
    case 'grow': { const all = []; for (;;) all.push(new Array(10000).fill(all.length)); }
    case 'say': console.log('said'); return null;
    case 'odd': return () => {};
    case 'values': return { float: 1.5, big: 2n ** 60n, bytes: new Uint8Array([1]), list: [null, true], nothing: undefined };
  }
  return prefix + ' ' + request.name;
}
`;

describe('a module in JavaScript', () => {
  const greeter = async (limits: Partial<ModuleLimits> = {}, file = 'greet.mjs') => {
    const all = await setup({}, limits);
    await all.deploy('g', file, SCRIPT);
    return all;
  };

  test.each(['greet.mjs', 'greet.js'])('is loaded from %s', async file => {
    const { db, info, modules } = await greeter({}, file);
    expect(await db.query("g({name: 'Iris'});")).toEqual(['Hello Iris']);
    expect(await db.query("g.greet('Iris').then(|text| text.len());")).toBe(10);
    expect(await info('g')).toMatchObject({ status: 'running', version: '1', doc: 'Greets', exposes: { greet: { argmap: ['name'] } } });
    await db.query('@t', "set_module_conf('g', {prefix: 'Hoi'});");
    await modules.settled();
    expect(await db.query("g.greet('Iris');")).toEqual(['Hoi Iris']);
    await db.query('@t', "set_module_conf('g', 'bad');");
    await modules.settled();
    expect((await info('g')).status).toMatch(/^configuration error/);
  });

  test('answers values and errors', async () => {
    const { db } = await greeter();
    expect(await db.query("g({do: 'values'});")).toEqual([{ float: 1.5, big: 2n ** 60n, bytes: new Uint8Array([1]), list: [null, true] }]);
    await expect(db.query("g({do: 'throw'});")).rejects.toMatchObject({ code: -100, message: 'refused' });
    await expect(db.query("g({do: 'throw', code: -54});")).rejects.toMatchObject({ code: -54, message: 'refused' });
    await expect(db.query("g({do: 'throw', code: -1});")).rejects.toMatchObject({ code: -100 });
    await expect(db.query("g({do: 'odd'});")).rejects.toMatchObject({ code: -100, message: expect.stringContaining('could not be cloned') });
  });

  test('that crashes, ends or fills its memory harms nobody else', async () => {
    const { db, until } = await greeter({ backoffMs: 1, heapBytes: 32 * 2 ** 20 });
    for (const [i, what] of ['crash', 'exit', 'grow'].entries()) {
      await expect(db.query(`g({do: '${what}'});`)).rejects.toMatchObject(cancelled);
      await until('g', ({ status, restarts }) => status === 'running' && restarts === i + 1);
      expect(await db.query("g({name: 'Iris'});")).toEqual(['Hello Iris']);
    }
  });

  test('that hangs is ended, and queries go on meanwhile', async () => {
    const { db, until } = await greeter({ callMs: 2500 });
    const waiting = expect(db.query("g({do: 'spin'});")).rejects.toMatchObject({ code: -64, message: 'module `g` has not answered within 2.5 seconds' });
    expect(await db.query('1 + 1;')).toBe(2);
    await waiting;
    await until('g', ({ status, restarts }) => status === 'running' && restarts === 1);
    expect(await db.query("g({name: 'Iris'});")).toEqual(['Hello Iris']);
  });

  test('whose text cannot be loaded is given up', async () => {
    const { deploy, info, lines } = await setup({}, { restarts: 1, backoffMs: 1 });
    await deploy('g', 'greet.mjs', 'export default 5;');
    expect((await info('g')).status).toMatch(/^too many restarts/);
    expect(lines.join('\n')).toContain('it has no function `onRequest`');
    await deploy('g', 'greet.mjs', 'export const manifest = {foo: 1}; export const onRequest = () => 1;');
    expect((await info('g')).status).toBe('unsupported key `foo` in module.json');
    await deploy('g', 'greet.mjs', 'export const onRequest = () => 1;');
    expect((await info('g')).status).toBe('running');
  });

  test('a file that is changed is loaded again when it is said', async () => {
    const { db, deploy, modules } = await greeter();
    await deploy('g', 'greet.mjs', SCRIPT.replace("'Hello'", "'Bye'"));
    expect(await db.query("g({name: 'Iris'});")).toEqual(['Bye Iris']);
    await db.query('@n', "restart_module('g');");
    await modules.settled();
    expect(await db.query("g({name: 'Iris'});")).toEqual(['Bye Iris']);
  });
});

describe('modules that are objects', () => {
  test('are there from the start, and are called as others', async () => {
    const seen: unknown[] = [];
    const path = directory();
    const modules = {
      mail: {
        manifest: { exposes: { send: { argmap: ['to', 'text'], defaults: { load: true } } } },
        onConfig: (conf: unknown) => void seen.push(conf),
        onRequest: async (request: Record<string, unknown>) => {
          if (request['to'] === '') throw Object.assign(new TypeError('to whom?'), { code: -60 });
          seen.push(request);
          return { sent: true };
        },
      },
    };
    const { db, info } = await setup({ modules, path });
    expect(await info('mail')).toMatchObject({ status: 'running' });
    expect(await db.query("mail.send('Iris', 'Hello').then(|r| r.sent);")).toBe(true);
    await expect(db.query("mail.send('', 'Hello');")).rejects.toMatchObject({ code: -60, message: 'to whom?' });
    await db.query('@t', "set_module_conf('mail', {host: 'h'});");
    await db.query("mail.send('Ann', 'Hi');");
    expect(seen).toEqual([{ to: 'Iris', text: 'Hello' }, { host: 'h' }, { to: 'Ann', text: 'Hi' }]);
    await db.close();
    const again: LocalDatabase = await open({ path, modules });
    cleanups.push(() => again.close());
    expect(await again.query("mail.send('Bea', 'Hi');")).toEqual([{ sent: true }]);
    expect(seen.slice(3)).toEqual([{ host: 'h' }, { to: 'Bea', text: 'Hi' }]);
  });

  test('without them a module is known, and does not run', async () => {
    const db = await open();
    cleanups.push(() => db.close());
    await db.query('@t', "new_module('mail', 'mail.py');");
    await expect(db.query('mail({});')).rejects.toMatchObject({ code: -63, message: 'module `mail` is not running (status: module not installed)' });
  });
});

describe('a node that repeats changes of another', () => {
  test('runs the same modules', async () => {
    const first = await setup();
    const host = testHost();
    const engine = new Engine({ host });
    const path = directory();
    const modules = new NodeModules(engine, { path, python: 'python3' });
    cleanups.push(() => modules.close());
    first.db.engine.onChange(change => engine.apply(change));
    await first.deploy('g', 'greet.mjs', SCRIPT);
    await modules.settled();
    expect(host.node.modules.state('g')).toMatchObject({ status: 'running', file: join(path, 'g/greet.mjs') });
    await first.db.query('@t', "del_module('g');");
    expect(host.node.modules.state('g')).toBe(null);
    expect(readdirSync(path)).toEqual(['g']);
  });
});
