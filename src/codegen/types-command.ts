/** `thingscope types [URL] SCOPE`: TypeScript for the types, enums and procedures of a collection, on standard output. */
import { existsSync } from 'node:fs';
import type { Database } from '../library/database.ts';
import { ThingscopeError } from '../library/error.ts';
import { open } from '../library/open.ts';
import { openTarget, readTargetArgs } from '../repl/target.ts';
import { typesOf } from './module.ts';

const USAGE = 'usage: thingscope types [URL | --path DIR] [--user NAME --password TEXT | --token KEY] SCOPE';

/** Where `thingscope serve` listens. A new database in this process, as other commands take, would have no types. */
const LOCAL_SERVER = 'ws://127.0.0.1:9270';

export async function typesCommand(args: readonly string[]): Promise<void> {
  let database: Database | undefined;
  try {
    const { path, others } = takePath(args);
    const given = readTargetArgs(others);
    const [scope = given.scope, ...tooMany] = given.rest;
    if (scope === undefined || scope.startsWith('-') || tooMany.length > 0 || (path !== null && given.url !== null)) throw new Error(USAGE);
    database = path === null ? (await openTarget({ ...given, url: given.url ?? LOCAL_SERVER }, true)).database : await openDirectory(path);
    process.stdout.write(await typesOf(database, scope));
  } catch (e) {
    process.stderr.write(`${e instanceof ThingscopeError ? e.explain() : messageOf(e as Error)}\n`);
    process.exitCode = 1;
  } finally {
    await database?.close();
  }
}

function takePath(args: readonly string[]): { path: string | null; others: readonly string[] } {
  const at = args.indexOf('--path');
  if (at < 0) return { path: null, others: args };
  const path = args[at + 1];
  if (path === undefined) throw new Error(USAGE);
  return { path, others: [...args.slice(0, at), ...args.slice(at + 2)] };
}

/** Only what is there: opening would make a directory. */
async function openDirectory(path: string): Promise<Database> {
  if (!existsSync(path)) throw new Error(`there is no directory \`${path}\``);
  return open({ path });
}

/** Several addresses that all refuse give an error without a text of its own. */
function messageOf(e: Error & { code?: string }): string {
  return e.message || e.code || e.name;
}
