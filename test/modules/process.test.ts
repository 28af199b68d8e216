/** A real server with a module: what becomes of the program when the server starts, stops or is killed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Server, buildProgram } from '../store/server-process.ts';
import { alive } from './alive.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const root = mkdtempSync(join(tmpdir(), 'thingscope-modules-process-'));
let program = '';

beforeAll(async () => {
  program = await buildProgram('modules');
});
afterAll(() => {
  rmSync(root, { recursive: true });
  rmSync(program, { recursive: true, force: true });
});

test.skipIf(!hasPython)('programs end with their server, however it ends, and start with it', async () => {
  const settings = { modules_path: join(root, 'modules'), python_interpreter: 'python3', wait_for_modules: '30', module_timeout: '30' };
  const source = readFileSync(fileURLToPath(new URL('probe.py', import.meta.url)), 'utf8');
  const pidOf = async (server: Server): Promise<number> => (await (await server.client()).query<[number]>("p({do: 'pid'});"))[0];

  const first = new Server(program, root, ['--init'], settings);
  await (await first.client()).query('@t', "new_module('p', 'probe.py', 1); deploy_module('p', source);", { source });
  await first.says('is successfully configured');
  const killed = await pidOf(first);
  await first.kill();
  await gone(killed);

  const second = new Server(program, root, [], settings);
  const stopped = await pidOf(second);
  const waiting = expect((await second.client()).query("p({do: 'hang'});")).rejects.toMatchObject({ code: -64, message: 'future cancelled before completion' });
  const tasks = await second.client();
  while ((await tasks.query<{ tasks: number }>('@n', "module_info('p');")).tasks === 0);
  expect(await second.stop()).toBe(0);
  await waiting;
  expect(alive(stopped)).toBe(false);
});

/** A program sees the end of its input a moment after its server is gone. */
async function gone(pid: number): Promise<void> {
  while (alive(pid)) await new Promise(resolve => setTimeout(resolve, 5));
}
