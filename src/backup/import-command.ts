/** `thingscope import FILE [URL] SCOPE`: what `thingscope export` has made, into an empty collection. */
import { readFileSync } from 'node:fs';
import { TARGET_OPTIONS, TARGET_USAGE, takeTarget } from './collection-target.ts';
import { command, progress, UsageError } from './command.ts';

const USAGE = `thingscope import FILE [URL] SCOPE [--tasks] ${TARGET_USAGE}`;

/** With `--tasks` tasks come too: their owners must exist there. */
export function importCommand(args: readonly string[]): Promise<void> {
  return command(USAGE, args, { ...TARGET_OPTIONS, tasks: 'boolean' }, async given => {
    const target = takeTarget(given, progress('receiving'));
    const [file, scope, ...more] = target.values;
    if (file === undefined || scope === undefined || more.length > 0) throw new UsageError('');
    const data = readFileSync(file);
    const schema = asText(data);
    const database = await target.open();
    try {
      if (schema !== null) await database.query(scope, schema);
      else await database.query(scope, 'import(data, {import_tasks: tasks});', { data, tasks: given.options['tasks'] === true });
      process.stdout.write(`imported ${file} into ${scope}, ${data.length} bytes\n`);
    } finally {
      await database.close();
    }
  });
}

/** A schema is code. No dump is text: its first byte cannot begin a character. */
function asText(data: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return null;
  }
}
