/** `thingscope query [URL] SCOPE CODE`: one query, its result as JSON on standard output. */
import { ThingscopeError } from '../library/error.ts';
import { openTarget, readTargetArgs } from './target.ts';

export async function queryCommand(args: readonly string[]): Promise<void> {
  let target;
  try {
    const given = readTargetArgs(args);
    const [scope, code] = given.rest.length === 1 ? ['//stuff', given.rest[0]!] : given.rest;
    if (scope === undefined || code === undefined) throw new Error('usage: thingscope query [URL] [--user NAME --password TEXT | --token KEY] SCOPE CODE');
    target = await openTarget(given, true);
    const result = await target.database.query(scope, code);
    process.stdout.write(`${JSON.stringify(result, asJson, 2)}\n`);
  } catch (e) {
    process.stderr.write(`${e instanceof ThingscopeError ? e.explain() : (e as Error).message}\n`);
    process.exitCode = 1;
  } finally {
    await target?.database.close();
  }
}

/** What JSON does not have: whole numbers beyond 2^53 keep their digits as text, bytes become base64. */
export function asJson(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value;
}
