/** `thingscope export [URL] SCOPE FILE`: a whole collection in a file, for `thingscope import`. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { TARGET_OPTIONS, TARGET_USAGE, takeTarget } from './collection-target.ts';
import { command, progress, UsageError } from './command.ts';

const USAGE = `thingscope export [URL] SCOPE FILE [--schema] ${TARGET_USAGE}`;

/** With `--schema` its types, enums and procedures as code. */
export function exportCommand(args: readonly string[]): Promise<void> {
  return command(USAGE, args, { ...TARGET_OPTIONS, schema: 'boolean' }, async given => {
    const bar = progress('receiving');
    const target = takeTarget(given, bar);
    const [scope, file, ...more] = target.values;
    if (scope === undefined || file === undefined || more.length > 0) throw new UsageError('');
    const database = await target.open();
    try {
      const code = given.options['schema'] === true ? 'export();' : 'export({dump: true});';
      const data = await database.query<string | Uint8Array>(scope, code).finally(() => bar.end());
      save(file, data);
      process.stdout.write(`exported ${scope} to ${file}, ${data.length} ${typeof data === 'string' ? 'characters' : 'bytes'}\n`);
    } finally {
      await database.close();
    }
  });
}

/** It has its name when it is whole. */
function save(file: string, data: string | Uint8Array): void {
  const unfinished = `${file}.part`;
  try {
    writeFileSync(unfinished, data, { flush: true });
    renameSync(unfinished, file);
  } catch (e) {
    rmSync(unfinished, { force: true });
    throw e;
  }
}
