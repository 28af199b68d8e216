/** `thingscope verify PATH`: reads all of a store, or a backup, and says what is good. The exit code is 1 when something is damaged. */
import { statSync } from 'node:fs';
import { Engine } from '../engine.ts';
import { verifying as msg } from '../errors/messages/backups.ts';
import { nodeHost } from '../node/host.ts';
import { StoreReader } from '../store/store-reader.ts';
import { loadBackup } from './backup-file.ts';
import { command, exactly, progress } from './command.ts';

export function verifyCommand(args: readonly string[]): Promise<void> {
  return command('thingscope verify PATH', args, {}, async given => {
    const [path] = exactly<[string]>(given, 1);
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const good = statSync(path).isFile() ? await verifyBackup(path, say) : await verifyStore(path, say);
    if (!good) process.exitCode = 1;
  });
}

async function verifyBackup(file: string, say: (line: string) => void): Promise<boolean> {
  const engine = new Engine({ host: nodeHost() });
  const bar = progress('reading');
  try {
    const { changeId } = await loadBackup(engine, file, ({ things, of }) => bar.show(things, of)).finally(() => bar.end());
    say(msg.goodBackup(changeId, engine.system.collections.length));
    return true;
  } catch (e) {
    say((e as Error).message);
    return false;
  }
}

/** Tells line by line; gives whether all is good. What was not written whole at the end is no damage: nobody was told that it was stored. */
export async function verifyStore(directory: string, say: (line: string) => void): Promise<boolean> {
  const reader = await StoreReader.open(directory);
  try {
    const usable = await verifyCheckpoints(reader, say);
    const { first, last, cut } = reader.log;
    if (last === 0) say(msg.noLog());
    const base = usable ?? 0;
    let good = last === 0 ? 0 : await verifyLog(reader, first, say);
    // What is kept behind the checkpoint does not count for a start.
    const pastIsGood = good >= Math.min(base, last);
    if (!pastIsGood && last > base) good = await verifyLog(reader, base + 1, say);
    if (cut.length > 0) say(msg.torn(cut[0]!, cut.at(-1)!));
    const startable = (usable !== null || first <= 1) && (last <= base || (first <= base + 1 && good === last));
    if (startable && usable === (reader.checkpoints.at(-1) ?? null)) {
      say(msg.opens(Math.max(base, last)));
    } else {
      const until = usable === null && first > 1 ? 0 : first > base + 1 ? base : Math.max(base, good);
      say(until === 0 ? msg.lost() : msg.recoverable(until, directory));
    }
    return usable === (reader.checkpoints.at(-1) ?? null) && pastIsGood && good === last && startable;
  } finally {
    reader.close();
  }
}

/** Id of the newest good one; null when there is none. */
async function verifyCheckpoints(reader: StoreReader, say: (line: string) => void): Promise<number | null> {
  let newest: number | null = null;
  for (const id of reader.checkpoints) {
    try {
      await reader.verify(id);
      newest = id;
      say(msg.goodCheckpoint(id));
    } catch (e) {
      say(msg.badCheckpoint(id, (e as Error).message));
    }
  }
  return newest;
}

/** Reads the log from a change on. Gives the last one before the first that is damaged, or the last of all. */
async function verifyLog(reader: StoreReader, first: number, say: (line: string) => void): Promise<number> {
  const { last } = reader.log;
  const bar = progress('reading the log');
  let good = first - 1;
  try {
    for await (const { id } of reader.changes(first)) {
      good = id;
      bar.show(id - first, last - first);
    }
    bar.end();
    say(msg.goodLog(first, last));
  } catch (e) {
    bar.end();
    if (good >= first) say(msg.goodLog(first, good));
    say(msg.badLog((e as Error).message));
  }
  return good;
}
