/**
 * One process for a directory: its file `.lock` names the process that uses it. The second line tells that process
 * from a later one that was given the same number, as happens after a crash in a container, where all are number 1.
 */
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../errors/store-error.ts';

export const LOCK_FILE = '.lock';

/** Of what Linux says of a process: its state, and when it was started. */
const STATE = 0;
const STARTED = 19;

export interface Lock {
  release(): void;
}

/** What is thrown then. */
export class DirectoryInUse extends StoreError {}

/** Throws a {@link DirectoryInUse} when another process uses the directory. `warn` is told of a lock that was left over. */
export function lockDirectory(directory: string, warn: (text: string) => void): Lock {
  const file = join(directory, LOCK_FILE);
  const mine = identity(process.pid);
  for (let tries = 0; !create(file, mine); tries++) {
    const theirs = read(file);
    if (theirs === null) continue;
    if (theirs === '' && tries < 10) {
      // It was made this very moment, and is about to be written.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      continue;
    }
    const pid = Number(theirs.split('\n')[0]);
    if (tries > 20 || isRunning(pid, theirs)) {
      throw new DirectoryInUse(`\`${directory}\` is used by ${pid === process.pid ? 'this process already' : `another process, with PID ${pid}`} (see \`${file}\`)`);
    }
    warn(`taking over \`${directory}\`: the process that used it (PID ${pid || '?'}) has ended without unlocking it`);
    takeAway(file, theirs);
  }
  const release = (): void => {
    process.off('exit', release);
    if (read(file) === mine) unlinkSync(file);
  };
  process.on('exit', release);
  return { release };
}

/** False when the file is there already. */
function create(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw e;
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw e;
  }
}

/** Removes a lock that was left over, unless somebody else has just done so and locked the directory. */
function takeAway(file: string, expected: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw e;
  }
  if (read(aside) !== expected) linkSync(aside, file);
  unlinkSync(aside);
}

function isRunning(pid: number, lock: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (e) {
    // Somebody else's process is one too.
    if ((e as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const stat = statOf(pid);
  // One that was killed, but whose parent has not looked yet: in a container that may never happen.
  if (stat?.[STATE] === 'Z') return false;
  const running = identity(pid);
  return running === lock || !running.includes('\n') || !lock.includes('\n');
}

/** The number of a process and, where that can be known, since when it runs: the boot and the tick within it. */
function identity(pid: number): string {
  const stat = statOf(pid);
  const boot = read('/proc/sys/kernel/random/boot_id');
  return stat === null || boot === null ? String(pid) : `${pid}\n${boot.trim()} ${stat[STARTED]!}`;
}

/** What Linux says of a process, from its state on; null elsewhere, and when there is no such process. */
function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, which may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
