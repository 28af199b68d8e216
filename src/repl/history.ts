/** Lines typed in earlier sessions, in a file that only its owner can read: queries may hold secrets. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

export function historyFile(): string {
  return process.env['THINGSCOPE_HISTORY'] ?? join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'thingscope', 'history');
}

/** Newest first, as readline has it. Empty when there is no such file. */
export function readHistory(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(line => line !== '').reverse();
  } catch {
    return [];
  }
}

/** Keeping the history must never end a session with an error: a disk may be read-only. */
export function keepHistory(file: string, newestFirst: readonly string[]): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, [...newestFirst].reverse().map(line => `${line}\n`).join(''), { mode: 0o600 });
  } catch {
    // In memory only, then.
  }
}
