/** What the commands about stored data have in common: arguments, errors, and progress on a terminal. */
import { parseArgs } from 'node:util';
import { ThingscopeError } from '../library/error.ts';

/** Thrown when the arguments make no sense. */
export class UsageError extends Error {}

export interface Arguments {
  readonly values: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

/** Runs a command. What goes wrong is told on standard error, and the exit code is 1. */
export async function command(usage: string, args: readonly string[], names: Readonly<Record<string, 'string' | 'boolean'>>, run: (given: Arguments) => Promise<void>): Promise<void> {
  try {
    const options = Object.fromEntries(Object.entries(names).map(([name, type]) => [name, { type }]));
    let given;
    try {
      given = parseArgs({ args: [...args], options, allowPositionals: true });
    } catch (e) {
      throw new UsageError((e as Error).message);
    }
    await run({ values: given.positionals, options: given.values as Arguments['options'] });
  } catch (e) {
    const text = e instanceof ThingscopeError ? e.explain() : (e as Error).message || String(e);
    process.stderr.write(e instanceof UsageError ? `${text === '' ? '' : `${text}\n`}usage: ${usage}\n` : `${text}\n`);
    process.exitCode = 1;
  }
}

/** An option that must be there. */
export function needed({ options }: Arguments, name: string): string {
  const value = options[name];
  if (typeof value !== 'string') throw new UsageError(`--${name} is needed`);
  return value;
}

/** So many values, no more and no less. */
export function exactly<T extends readonly string[]>({ values }: Arguments, count: T['length']): T {
  if (values.length !== count) throw new UsageError('');
  return values as T;
}

/** The id of a change. */
export function changeIdOf(text: string, name: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`--${name} takes the id of a change, not \`${text}\``);
  return Number(text);
}

/** UNIX seconds of a time that has a date: `2026-01-31`, `2026-01-31T12:00:00Z`; null for anything else. */
export function timeOf(text: string): number | null {
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? null : time / 1_000;
}

const BAR = 30;
/** Milliseconds between two looks of a bar. */
const SHOW = 100;

export interface Progress {
  show(done: number, of: number): void;
  /** Removes the bar. */
  end(): void;
}

/** A bar on standard error, where that is a terminal; else nothing is shown. */
export function progress(what: string, out: { readonly isTTY?: boolean; write(text: string): unknown } = process.stderr, now = (): number => performance.now()): Progress {
  if (out.isTTY !== true) return { show: () => {}, end: () => {} };
  let shown = -Infinity;
  return {
    show(done, of) {
      if (now() - shown < SHOW) return;
      shown = now();
      const part = of === 0 ? 1 : Math.min(1, done / of);
      const full = Math.round(part * BAR);
      out.write(`\r${what} [${'#'.repeat(full)}${' '.repeat(BAR - full)}] ${Math.floor(part * 100)}%`);
    },
    end() {
      if (shown !== -Infinity) out.write('\r\x1b[K');
    },
  };
}
