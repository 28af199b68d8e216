/** `thingscope restore FILE --path DIR`: a backup becomes the data of a server that does not run. */
import { Engine } from '../engine.ts';
import { nodeHost } from '../node/host.ts';
import { Store } from '../store/store.ts';
import { loadBackup } from './backup-file.ts';
import { command, exactly, needed, progress } from './command.ts';

export function restoreCommand(args: readonly string[]): Promise<void> {
  return command('thingscope restore FILE --path DIR', args, { path: 'string' }, async given => {
    const [file] = exactly<[string]>(given, 1);
    const path = needed(given, 'path');
    const engine = new Engine({ host: nodeHost() });
    const bar = progress('reading');
    const { changeId, createdAt } = await loadBackup(engine, file, ({ things, of }) => bar.show(things, of)).finally(() => bar.end());
    await Store.fill(engine, path);
    process.stdout.write(`restored the backup of ${isoTime(createdAt)}, the state after change ${changeId}, in ${path}\n`);
  });
}

/** UNIX seconds as text. */
export function isoTime(seconds: number): string {
  return new Date(Math.floor(seconds) * 1_000).toISOString().replace('.000', '');
}
