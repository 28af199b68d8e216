/** Runs a command of the program in this process. */
import { vi } from 'vitest';

/** What a command writes, and its exit code. */
export async function told(command: Promise<void> | (() => Promise<void>)): Promise<{ out: string; code: number }> {
  let out = '';
  const spies = [process.stdout, process.stderr].map(stream => vi.spyOn(stream, 'write').mockImplementation(text => {
    out += String(text);
    return true;
  }));
  process.exitCode = 0;
  try {
    await (typeof command === 'function' ? command() : command);
    return { out, code: process.exitCode };
  } finally {
    process.exitCode = 0;
    spies.forEach(spy => spy.mockRestore());
  }
}
