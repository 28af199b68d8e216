/** `thingscope recover PATH --until CHANGE_ID|TIME --to DIR`: the data as it was then, in a directory of its own. */
import { Store } from '../store/store.ts';
import { StoreReader } from '../store/store-reader.ts';
import { command, exactly, needed, progress, timeOf, UsageError } from './command.ts';
import { recoverState, type Until } from './recover.ts';

const USAGE = 'thingscope recover PATH --until CHANGE_ID|TIME --to DIR [--backup FILE]';

export function recoverCommand(args: readonly string[]): Promise<void> {
  return command(USAGE, args, { until: 'string', to: 'string', backup: 'string' }, async given => {
    const [path] = exactly<[string]>(given, 1);
    const until = untilOf(needed(given, 'until'));
    const to = needed(given, 'to');
    const { backup } = given.options;
    const reader = await StoreReader.open(path);
    const bar = progress('reading');
    try {
      const engine = await recoverState(reader, until, typeof backup === 'string' ? backup : null, bar).finally(() => bar.end());
      await Store.fill(engine, to);
      process.stdout.write(`the state after change ${engine.changeId} is in ${to}\n`);
    } finally {
      reader.close();
    }
  });
}

function untilOf(text: string): Until {
  if (/^\d{1,15}$/.test(text)) return { change: Number(text) };
  const time = timeOf(text);
  if (time === null) throw new UsageError(`--until takes the id of a change or a time as 2026-01-31T12:00:00Z, not \`${text}\``);
  return { time };
}
