/** Who has a directory: of processes that are gone, or as good as gone, nobody waits. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LOCK_FILE, lockDirectory } from '../../src/store/lock.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'thingscope-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a second one is refused, until the first lets go', () => {
  const lock = lockDirectory(directory, () => {});
  expect(() => lockDirectory(directory, () => {})).toThrow('is used by this process already');
  lock.release();
  lockDirectory(directory, () => {}).release();
});

test.runIf(process.platform === 'linux')('a killed process that nobody has looked after holds nothing', async () => {
  // The shell becomes a program that never asks what became of its children; not before it has done so may one of them end.
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = line.toString().trim();
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise(resolve => setImmediate(resolve));
  };
  try {
    await until(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n');
    process.kill(Number(pid), 'SIGKILL');
    await until(() => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]![0] === 'Z');
    writeFileSync(join(directory, LOCK_FILE), pid);
    const warnings: string[] = [];
    lockDirectory(directory, text => warnings.push(text)).release();
    expect(warnings.join()).toContain(`PID ${pid}`);
  } finally {
    parent.kill();
  }
});
