/** The state at a point in time: a checkpoint or a backup, and the changes after it. */
import { Engine } from '../engine.ts';
import { recovering as msg } from '../errors/messages/backups.ts';
import { StoreError } from '../errors/store-error.ts';
import { nodeHost } from '../node/host.ts';
import type { StoreReader } from '../store/store-reader.ts';
import { loadBackup, readBackupHead } from './backup-file.ts';
import type { Progress } from './command.ts';

/** The id of a change, or UNIX seconds. */
export type Until = { readonly change: number } | { readonly time: number };

/** An engine with that state. Throws a {@link StoreError} when what is kept does not lead there. */
export async function recoverState(reader: StoreReader, until: Until, backup: string | null, bar: Progress): Promise<Engine> {
  const head = backup === null ? null : readBackupHead(backup);
  const target = 'change' in until ? until.change : await changeAt(reader, until.time, head);
  const engine = new Engine({ host: nodeHost() });
  const show = ({ things, of }: { things: number; of: number }): void => bar.show(things, of);
  if (backup !== null && head !== null) {
    if (head.changeId > target) throw new StoreError(msg.backupTooNew(head.changeId, target));
    await loadBackup(engine, backup, show);
  } else {
    const checkpoint = await newestBefore(reader, target);
    if (checkpoint > 0) await reader.load(checkpoint, engine, show);
  }
  await reader.repeat(engine, target);
  return engine;
}

/** The newest good checkpoint that is no later than a change; 0 when there is none. */
async function newestBefore(reader: StoreReader, target: number): Promise<number> {
  for (const id of [...reader.checkpoints].reverse()) {
    if (id <= target && await reader.verify(id).then(() => true, () => false)) return id;
  }
  if (reader.log.first !== 1) throw new StoreError(msg.tooEarly(target, reader.checkpoints[0] ?? 0, reader.log));
  return 0;
}

/** The last change that begins a part of the log and was made no later than a time, or the first one of all: what is before need not be read. */
async function startBefore(reader: StoreReader, time: number): Promise<number> {
  const { first, last } = reader.log;
  for (const id of [...reader.checkpoints].reverse()) {
    if (id < first || id >= last) continue;
    for await (const change of reader.changes(id + 1)) {
      if (change.time <= time) return change.id;
      break;
    }
  }
  return first;
}

/** The last change that was made no later than a time. */
async function changeAt(reader: StoreReader, time: number, head: { readonly changeId: number; readonly createdAt: number } | null): Promise<number> {
  const { first, last } = reader.log;
  let found = 0;
  if (last > 0) {
    for await (const change of reader.changes(await startBefore(reader, time))) {
      if (change.time > time) break;
      found = change.id;
    }
  }
  if (found > 0) return found;
  if (head === null || head.createdAt > time) throw new StoreError(msg.timeTooEarly(reader.log));
  // When the changes after it were made, only the log knows.
  const isKnown = last > 0 ? first <= head.changeId + 1 : (reader.checkpoints.at(-1) ?? 0) <= head.changeId;
  if (!isKnown) throw new StoreError(msg.gapBeforeTime(head.changeId, reader.log));
  return head.changeId;
}
