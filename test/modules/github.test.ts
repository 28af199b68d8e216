/** Modules that are downloaded, from a server of this process in GitHub's place. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { EXAMPLES_START } from '../../src/check/seeded.ts';
import { testHost } from '../../src/check/test-host.ts';
import { open } from '../../src/index.ts';
import { NodeModules } from '../../src/modules/modules.ts';
import type { ModuleLimits } from '../../src/modules/program.ts';
import { alive } from './alive.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function directory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'thingscope-github-'));
  cleanups.push(() => rmSync(dir, { recursive: true }));
  return dir;
}

/** A slow machine may take its time. */
const eventually = <T>(what: () => T) => expect.poll(what, { timeout: 30_000, interval: 5 });

type Files = Readonly<Record<string, string>>;

/** A version of the module: it answers with what its included file says. */
const version = (number: number, more: object = {}): Files => ({
  'module.json': JSON.stringify({ version: number, main: 'main.mjs', includes: ['lib/word.mjs'], defaults: { load: true }, ...more }),
  'main.mjs': "import { word } from './lib/word.mjs';\nexport const onRequest = () => word;",
  'lib/word.mjs': `export const word = 'v${number}';`,
});

/** What GitHub holds: files by tag of `acme/probe`, '' for the default branch. */
interface Repository {
  tags: Record<string, Files>;
  token: string | null;
  /** Answers a request in another way, when it returns true. */
  instead: (file: string, response: ServerResponse) => boolean;
  requests: string[];
}

async function github(): Promise<{ readonly api: string; readonly repository: Repository; readonly close: () => Promise<void> }> {
  const repository: Repository = { tags: { '': version(1) }, token: null, instead: () => false, requests: [] };
  const answer = ({ url, headers }: IncomingMessage, response: ServerResponse): void => {
    const { pathname, searchParams } = new URL(url!, 'http://localhost');
    const file = decodeURIComponent(pathname.replace('/repos/acme/probe/contents/', ''));
    repository.requests.push(url!);
    if (repository.instead(file, response)) return;
    if (headers.authorization !== undefined && headers.authorization !== `token ${repository.token}`) return void response.writeHead(401).end('Bad credentials');
    const asked = headers.accept === 'application/vnd.github.v3.raw' && headers['user-agent'] !== undefined;
    const content = repository.token !== null && headers.authorization === undefined ? undefined : repository.tags[searchParams.get('ref') ?? '']?.[file];
    if (!asked || content === undefined) return void response.writeHead(404).end('{"message": "Not Found"}');
    response.end(content);
  };
  const server = createServer(answer);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> => new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
  cleanups.push(close);
  return { api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, repository, close };
}

/** A node whose modules come from there. */
async function setup(limits: Partial<ModuleLimits> = {}, path = directory(), python = 'python3') {
  const hub = await github();
  const lines: string[] = [];
  const clock = { seconds: EXAMPLES_START };
  const host = { ...testHost({ now: () => clock.seconds }), log: (_: number, text: string) => void lines.push(text) };
  const db = await open({ host });
  cleanups.push(() => db.close());
  const start = (modulesPath = path): NodeModules => {
    const modules = new NodeModules(db.engine, { path: modulesPath, python, githubApi: hub.api, limits, log: host.log });
    cleanups.push(() => modules.close());
    return modules;
  };
  let modules = start();
  const run = async (scope: string, code: string): Promise<void> => {
    await db.query(scope, code);
    await modules.settled();
  };
  return {
    ...hub, clock, db, lines, path, run, folder: join(path, 'm'),
    make: (source = 'github.com/acme/probe') => run('@t', `new_module('m', '${source}');`),
    info: () => db.query<{ readonly [key: string]: unknown; readonly status: string }>('@n', "module_info('m');"),
    word: () => db.query<[string]>('m({});').then(([word]) => word),
    settled: () => modules.settled(),
    /** As a server that is started again, also elsewhere. */
    async again(modulesPath = path) {
      await modules.close();
      modules = start(modulesPath);
    },
  };
}

function write(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

const notFound = '`module.json` is not found in github.com/acme/probe; a private repository needs a token';

describe('a module from GitHub', () => {
  test('is downloaded with what it includes when it is made, while queries go on', async () => {
    const { db, info, word, run, folder, repository } = await setup();
    let release = (): void => {};
    repository.instead = (file, response) => {
      if (file === 'main.mjs') release = () => response.end(version(1)['main.mjs']);
      return file === 'main.mjs';
    };
    await db.query('@t', "new_module('m', 'github.com/acme/probe');");
    expect(await info()).toMatchObject({ status: 'installing module...' });
    await expect(word()).rejects.toMatchObject({ code: -63, message: 'module `m` is not running (status: installing module...)' });
    await eventually(() => repository.requests.length).toBe(2);
    expect(existsSync(join(folder, 'module.json'))).toBe(false);
    release();
    await run('@n', 'nil;');
    expect(await info()).toMatchObject({ status: 'running', version: '1', file: join(folder, 'main.mjs') });
    expect((await info())['download_error']).toBe(undefined);
    expect(await word()).toBe('v1');
    expect(readdirSync(join(folder, '.thingscope')).sort()).toEqual(['packages', 'source.json']);
    expect(repository.requests).toEqual(['module.json', 'main.mjs', 'lib/word.mjs'].map(file => `/repos/acme/probe/contents/${file}`));
  });

  test('is a program that can be executed', async () => {
    const { info, make, folder, repository } = await setup();
    repository.tags[''] = { 'module.json': JSON.stringify({ version: 1, main: 'bin/probe #1' }), 'bin/probe #1': '#!/bin/sh\ncat\n' };
    await make();
    expect((await info()).status).toBe('running');
    expect(statSync(join(folder, 'bin/probe #1')).mode & 0o777).toBe(0o755);
    expect(repository.requests).toContain('/repos/acme/probe/contents/bin/probe%20%231');
  });

  test('is downloaded anew when it is deployed, at the tag that is named', async () => {
    const { make, run, word, info, folder, repository } = await setup();
    await make();
    writeFileSync(join(folder, 'own.txt'), 'of the operator');
    repository.tags = { '': version(2), 'v/3': version(3) };
    expect(await word()).toBe('v1');
    await run('@t', "deploy_module('m', nil);");
    expect(await info()).toMatchObject({ status: 'running', version: '2' });
    expect(await word()).toBe('v2');
    await run('@t', "deploy_module('m', 'github.com/acme/probe@v/3');");
    expect(await info()).toMatchObject({ version: '3', github_ref: 'v/3' });
    expect(await word()).toBe('v3');
    expect(repository.requests.at(-1)).toBe('/repos/acme/probe/contents/lib/word.mjs?ref=v%2F3');
    expect(readFileSync(join(folder, 'own.txt'), 'utf8')).toBe('of the operator');
  });

  test('is not downloaded again by a start, but by a node that has not got it', async () => {
    const { make, again, settled, word, repository } = await setup();
    await make();
    await again();
    expect(await word()).toBe('v1');
    expect(repository.requests.length).toBe(3);
    await again(directory());
    await settled();
    expect(await word()).toBe('v1');
    expect(repository.requests.length).toBe(6);
  });

  test('that was made again under its name is downloaded', async () => {
    const { clock, make, run, word, info, repository } = await setup();
    await make();
    await run('@t', "del_module('m');");
    clock.seconds++;
    await make('github.com/acme/probe@v9');
    expect((await info()).status).toBe('`module.json` is not found in github.com/acme/probe@v9; a private repository needs a token');
    repository.tags['v9'] = version(9);
    await run('@n', "restart_module('m');");
    expect(await word()).toBe('v9');
  });

  test('of a private repository needs the token, which nobody is told', async () => {
    const { make, run, word, info, lines, folder, repository } = await setup();
    repository.token = 's3cret';
    await make();
    expect((await info()).status).toBe(notFound);
    await run('@t', "deploy_module('m', 'github.com/acme/probe:wr0ng@v1');");
    expect((await info()).status).toBe('the token for github.com/acme/probe@v1 is not accepted');
    await run('@t', "deploy_module('m', 'github.com/acme/probe:s3cret@v1');");
    expect((await info()).status).toBe('`module.json` is not found in github.com/acme/probe@v1, or the token may not read it');
    repository.tags['v1'] = version(1);
    await run('@n', "restart_module('m');");
    expect(await word()).toBe('v1');
    const told = [...lines, JSON.stringify(await info()), readFileSync(join(folder, '.thingscope/source.json'), 'utf8')].join('\n');
    expect(lines).toContain('cannot download module `m`: the token for github.com/acme/probe@v1 is not accepted');
    expect(told).not.toMatch(/s3cret|wr0ng/);
  });

  test('that cannot be downloaded says why, and is tried again when it is said', async () => {
    const { make, run, info, word, repository } = await setup();
    const files = repository.tags;
    const cases: [why: string, files: Files][] = [
      [notFound, {}],
      ['unexpected error in module.json', { 'module.json': 'nothing' }],
      ['missing required `version` in module.json', { 'module.json': '{"main": "x"}' }],
      [expect.stringMatching(/^`main` in module.json names no file for this platform \(\w+\/\w+\)$/), version(1, { main: { 'plan9/vax': 'x' } })],
      ['include file in module.json must not contain `..` or `./` to specify a relative path', version(1, { includes: ['../../x'] })],
      ['include file in module.json must not start with a `/`', version(1, { includes: ['/x'] })],
      ['`other.mjs` is not found in github.com/acme/probe; a private repository needs a token', version(1, { includes: ['other.mjs'] })],
    ];
    files[''] = {};
    await make();
    for (const [why, given] of cases) {
      files[''] = given;
      await run('@n', "restart_module('m');");
      expect((await info()).status).toEqual(why);
      await expect(word()).rejects.toMatchObject({ code: -63 });
    }
    const answers: [status: number, headers: Record<string, string>, why: string][] = [
      [403, {}, 'no access to github.com/acme/probe'],
      [403, { 'x-ratelimit-remaining': '0' }, 'GitHub takes no more requests for github.com/acme/probe at the moment; with a token it takes more'],
      [429, {}, 'GitHub takes no more requests for github.com/acme/probe at the moment; with a token it takes more'],
      [502, {}, 'GitHub answers with status 502 to the request for `module.json` in github.com/acme/probe'],
    ];
    for (const [status, headers, why] of answers) {
      repository.instead = (_, response) => !!response.writeHead(status, headers).end('no');
      await run('@t', "refresh_module('m');");
      expect((await info()).status).toBe(why);
    }
    repository.instead = () => false;
    files[''] = version(4);
    await run('@t', "deploy_module('m', nil);");
    expect(await info()).toMatchObject({ status: 'running' });
    expect(await word()).toBe('v4');
  });

  test('has bounds', async () => {
    const { make, run, info, word, folder, repository } = await setup({ fileBytes: 1_000, files: 3 });
    repository.tags[''] = { ...version(1), 'lib/word.mjs': ' '.repeat(1_001) };
    await make();
    expect((await info()).status).toBe('`lib/word.mjs` exceeds the maximum of 1000 bytes');
    repository.tags[''] = version(1, { includes: ['a', 'b', 'lib/word.mjs'] });
    await run('@n', "restart_module('m');");
    expect((await info()).status).toBe('module.json names 4 files, which exceeds the maximum of 3');
    expect(readdirSync(folder)).toEqual(['.thingscope']);
    expect(readdirSync(join(folder, '.thingscope'))).toEqual([]);
    repository.tags[''] = { ...version(1), 'lib/word.mjs': version(1)['lib/word.mjs']!.padEnd(1_000) };
    await run('@n', "restart_module('m');");
    expect(await word()).toBe('v1');
  });

  test('that takes too long is given up', async () => {
    const { make, info, repository } = await setup({ downloadMs: 200 });
    repository.instead = (_, response) => response.writeHead(200).write('{');
    await make();
    expect((await info()).status).toBe('not downloaded within 0.2 seconds');
  });
});

describe('the version before', () => {
  test('runs while the next is downloaded, and stays when that is interrupted', async () => {
    const { db, make, run, word, info, repository, lines, folder } = await setup();
    await make();
    repository.tags['v2'] = version(2);
    let cut: (() => void) | null = null;
    repository.instead = (file, response) => {
      if (file !== 'lib/word.mjs') return false;
      response.writeHead(200, { 'content-length': '1000' }).write('export const');
      cut = () => response.destroy();
      return true;
    };
    await db.query('@t', "deploy_module('m', 'github.com/acme/probe@v2');");
    await eventually(() => cut).not.toBe(null);
    expect((await info()).status).toBe('installing module...');
    expect(await word()).toBe('v1');
    cut!();
    await run('@n', 'nil;');
    expect(await info()).toMatchObject({ status: 'running', version: '1', download_error: expect.stringMatching(/^cannot reach 127\.0\.0\.1:\d+ \(.+\)$/) });
    expect(lines.some(line => line.startsWith('cannot download module `m`: cannot reach '))).toBe(true);
    expect(await word()).toBe('v1');
    expect(readdirSync(join(folder, '.thingscope')).sort()).toEqual(['packages', 'source.json']);
    repository.instead = () => false;
    await run('@n', "restart_module('m');");
    expect((await info())['download_error']).toBe(undefined);
    expect(await word()).toBe('v2');
  });

  test('runs after a start too, which tries again', async () => {
    const { make, run, word, info, again, settled, close, repository } = await setup();
    await make();
    repository.tags[''] = {};
    await run('@t', "deploy_module('m', nil);");
    expect(await info()).toMatchObject({ status: 'running', download_error: notFound });
    let answer = (): void => {};
    repository.instead = (_, response) => {
      answer = () => response.writeHead(404).end();
      return true;
    };
    await again();
    await eventually(() => repository.requests.length).toBe(5);
    // The network may be slow, or not there.
    expect((await info()).status).toBe('installing module...');
    expect(await word()).toBe('v1');
    answer();
    await settled();
    expect(await info()).toMatchObject({ status: 'running', download_error: notFound });
    expect(await word()).toBe('v1');
    await close();
    await again();
    await settled();
    expect(await info()).toMatchObject({ status: 'running', download_error: expect.stringContaining('ECONNREFUSED') });
    expect(await word()).toBe('v1');
  });

  test('gives way to one that had come as a whole when the process ended; what had come in part is removed', async () => {
    const { make, word, again, run, folder } = await setup();
    await make();
    write(join(folder, '.thingscope/ready'), { ...version(2), '.thingscope/source.json': readFileSync(join(folder, '.thingscope/source.json'), 'utf8') });
    write(join(folder, '.thingscope/packages'), { 'before.py': '' });
    write(join(folder, '.thingscope/new-old'), { 'module.json': '{' });
    write(join(folder, '.thingscope/new-young'), { 'module.json': '{' });
    utimesSync(join(folder, '.thingscope/new-old'), 0, 0);
    await again();
    expect(await word()).toBe('v2');
    expect(readdirSync(join(folder, '.thingscope')).sort()).toEqual(['new-old', 'new-young', 'packages', 'source.json']);
    // They had been moved already.
    expect(readdirSync(join(folder, '.thingscope/packages'))).toEqual(['before.py']);
    write(join(folder, '.thingscope/ready'), { ...version(3), '.thingscope/packages/after.py': '' });
    await again();
    expect(await word()).toBe('v3');
    expect(readdirSync(join(folder, '.thingscope/packages'))).toEqual(['after.py']);
    await run('@t', "deploy_module('m', nil);");
    expect(await word()).toBe('v1');
    // Another node may be filling that one.
    expect(readdirSync(join(folder, '.thingscope')).sort()).toEqual(['new-young', 'packages', 'source.json']);
  });
});

describe('files that were put there by hand', () => {
  test('are used as they are, until a deployment downloads others', async () => {
    const path = directory();
    write(join(path, 'm'), version(7));
    const { make, run, again, word, info, repository } = await setup({}, path);
    await make();
    await run('@n', "restart_module('m');");
    await again();
    expect(await word()).toBe('v7');
    expect(repository.requests).toEqual([]);
    const files = repository.tags;
    repository.tags = {};
    await run('@t', "deploy_module('m', nil);");
    expect(await info()).toMatchObject({ status: 'running', version: '7', download_error: notFound });
    expect(await word()).toBe('v7');
    repository.tags = files;
    await run('@n', "restart_module('m');");
    expect(await word()).toBe('v1');
  });
});

const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;
if (!hasPip) console.warn('SKIPPED: there is no pip, so no Python package is installed');

describe.skipIf(!hasPip)('the packages of a module in Python', () => {
  /** A directory with a package `hello` in several versions, as pip finds them without a network. */
  const shelf = (): string => {
    const path = directory();
    const write = `
import sys, zipfile
for version in ['1', '2']:
    info = 'hello-' + version + '.dist-info/'
    with zipfile.ZipFile(sys.argv[1] + '/hello-' + version + '-py3-none-any.whl', 'w') as wheel:
        wheel.writestr('hello.py', 'text = "hello ' + version + '"')
        wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: hello\\nVersion: ' + version)
        wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any')
        wheel.writestr(info + 'RECORD', '')
`;
    expect(spawnSync('python3', ['-c', write, path]).status).toBe(0);
    return path;
  };
  const python = (manifest: object = {}): Files => ({
    'module.json': JSON.stringify({ version: 1, main: 'main.py', ...manifest }),
    'main.py': 'import sys, hello\nprint(hello.text, file=sys.stderr, flush=True)\nsys.stdin.read()',
  });
  const said = (lines: readonly string[]): string[] => lines.filter(line => line.startsWith('module `m`: hello'));

  test('are those of requirements.txt, for that module alone, and replaced with it', async () => {
    const { make, run, info, lines, folder, repository } = await setup();
    const options = `--no-index\n--find-links ${shelf()}\n`;
    repository.tags[''] = { ...python(), 'requirements.txt': `${options}hello == 1` };
    await make();
    expect((await info()).status).toBe('running');
    await eventually(() => said(lines)).toEqual(['module `m`: hello 1']);
    expect(lines.some(line => line.startsWith('module `m`: pip: Successfully installed hello-1'))).toBe(true);
    expect(readdirSync(join(folder, '.thingscope/packages'))).toContain('hello.py');
    expect(spawnSync('python3', ['-c', 'import hello']).status).toBe(1);
    repository.tags[''] = { ...python(), 'requirements.txt': `${options}hello` };
    await run('@t', "deploy_module('m', nil);");
    await eventually(() => said(lines).at(-1)).toBe('module `m`: hello 2');
    expect(readdirSync(join(folder, '.thingscope')).sort()).toEqual(['packages', 'source.json']);
  });

  test('are those that the manifest names, and no others', async () => {
    const { make, run, lines, folder, repository } = await setup();
    repository.tags[''] = { ...python({ requirements: ['--no-index', `--find-links ${shelf()}`, 'hello < 2'] }), 'requirements.txt': 'nothing-such' };
    await make();
    await eventually(() => said(lines)).toEqual(['module `m`: hello 1']);
    repository.tags[''] = { ...python({ requirements: [] }), 'requirements.txt': 'nothing-such' };
    await run('@t', "deploy_module('m', nil);");
    expect(readdirSync(join(folder, '.thingscope/packages'))).toEqual([]);
    expect(repository.requests.some(url => url.endsWith('requirements.txt'))).toBe(false);
  });
});

describe('pip', () => {
  const setupPip = async (script: string, limits: Partial<ModuleLimits> = {}) => {
    const path = directory();
    writeFileSync(join(path, 'python'), `#!/bin/sh\n${script}`, { mode: 0o755 });
    const all = await setup(limits, directory(), join(path, 'python'));
    all.repository.tags[''] = { 'module.json': '{"version": 1, "main": "main.py", "requirements": ["hello"]}', 'main.py': '' };
    return all;
  };

  test('is started with what it needs, and its output is told', async () => {
    const { make, lines, info } = await setupPip('for word; do echo "$word"; done; echo first >&2; echo last >&2; exit 7');
    await make();
    const words = lines.filter(line => line.includes(': pip: ')).map(line => line.replace('module `m`: pip: ', ''));
    expect(words.filter(word => !/^(first|last)$/.test(word))).toEqual(['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--target', expect.stringMatching(/packages$/), '--requirement', expect.stringMatching(/requirements\.txt$/)]);
    expect((await info()).status).toBe('pip cannot install the packages (exit status 7): last');
  });

  const pidsIn = (lines: readonly string[]): number[] => lines.filter(line => line.includes(': pip: ')).map(line => Number(line.split(' ').at(-1)));

  test('that hangs is ended', async () => {
    const { make, info, lines } = await setupPip('echo $$; exec sleep 1000', { downloadMs: 700 });
    await make();
    expect((await info()).status).toBe('not downloaded within 0.7 seconds');
    await eventually(() => pidsIn(lines).filter(alive)).toEqual([]);
  });

  test('ends with its module', async () => {
    const { db, run, lines, folder } = await setupPip('echo $$; exec sleep 1000');
    await db.query('@t', "new_module('m', 'github.com/acme/probe');");
    await eventually(() => pidsIn(lines).filter(alive).length).toBe(1);
    await run('@t', "del_module('m');");
    await eventually(() => [...pidsIn(lines).filter(alive), ...readdirSync(join(folder, '.thingscope'))]).toEqual([]);
  });

  test('is not there where there is no Python', async () => {
    const { make, info, repository } = await setup({}, directory(), '/nowhere/python');
    repository.tags[''] = { 'module.json': '{"version": 1, "main": "main.py", "requirements": ["hello"]}', 'main.py': '' };
    await make();
    expect((await info()).status).toBe('the Python interpreter is not found on this node');
  });
});

describe('a download on its way', () => {
  /** The main file does not come to an end until it is asked for again. */
  const hanging = async () => {
    const all = await setup();
    let hangs = true;
    all.repository.instead = (file, response) => {
      if (file !== 'main.mjs' || !hangs) return false;
      hangs = false;
      return response.writeHead(200).write('// and so on');
    };
    await all.db.query('@t', "new_module('m', 'github.com/acme/probe');");
    await eventually(() => hangs).toBe(false);
    return all;
  };

  test('ends with the module', async () => {
    const { run, path } = await hanging();
    await run('@t', "del_module('m');");
    await eventually(() => readdirSync(join(path, 'm', '.thingscope'))).toEqual([]);
  });

  test('gives way to the next', async () => {
    const { run, word, repository } = await hanging();
    repository.tags['v2'] = version(2);
    await run('@t', "deploy_module('m', 'github.com/acme/probe@v2');");
    expect(await word()).toBe('v2');
  });

  test('follows the module to another name', async () => {
    const { run, db, path } = await hanging();
    await run('@t', "rename_module('m', 'n');");
    expect(await db.query('n({});')).toEqual(['v1']);
    expect(readdirSync(path)).toEqual(['n']);
  });

  test('needs no second one for another configuration, or a restart', async () => {
    const { db, run, word } = await hanging();
    await db.query('@t', "set_module_conf('m', {a: 1});");
    await db.query('@n', "restart_module('m');");
    await expect(word()).rejects.toMatchObject({ message: 'module `m` is not running (status: installing module...)' });
    await run('@t', "deploy_module('m', nil);");
    expect(await word()).toBe('v1');
  });
});
