/** `thingscope changes [SCOPE] --path DIR`: the changes that the log of a server holds which does not run. */
import { changeRecord, type ChangeRecord } from '../change-record.ts';
import { Engine } from '../engine.ts';
import { nodeHost } from '../node/host.ts';
import { repeat } from '../store/store.ts';
import { StoreReader } from '../store/store-reader.ts';
import { parseScope, scopeText } from '../system/scope.ts';
import { asJson } from '../repl/query-command.ts';
import { changeIdOf, command, needed, UsageError, type Arguments } from './command.ts';
import { isoTime } from './restore-command.ts';

const USAGE = 'thingscope changes [SCOPE] --path DIR [--from CHANGE_ID] [--to CHANGE_ID] [--json]';

interface Wanted {
  readonly scope: string | null;
  readonly from: number;
  readonly to: number;
}

export function changesCommand(args: readonly string[]): Promise<void> {
  return command(USAGE, args, { path: 'string', from: 'string', to: 'string', json: 'boolean' }, async given => {
    const wanted = wantedOf(given);
    const reader = await StoreReader.open(needed(given, 'path'));
    try {
      for await (const change of changesOf(reader, wanted)) {
        process.stdout.write(`${given.options['json'] === true ? JSON.stringify(change, asJson) : lineOf(change)}\n`);
      }
    } finally {
      reader.close();
    }
  });
}

function wantedOf({ values, options }: Arguments): Wanted {
  if (values.length > 1) throw new UsageError('');
  const id = (name: string, none: number): number => (typeof options[name] === 'string' ? changeIdOf(options[name], name) : none);
  return { scope: values[0] === undefined ? null : scopeText(parseScope(values[0])), from: id('from', 0), to: id('to', Infinity) };
}

/** They are repeated on the oldest state that there is, so that collections have the names that they had. */
async function* changesOf(reader: StoreReader, { scope, from, to }: Wanted): AsyncGenerator<ChangeRecord & { readonly time: string }> {
  const engine = new Engine({ host: nodeHost() });
  const [base = 0] = reader.checkpoints;
  if (base > 0) await reader.load(base, engine);
  const { first } = reader.log;
  if (first === 0) return;
  for await (const change of reader.changes(Math.max(first, engine.changeId === 0 ? first : Math.min(from, base + 1)))) {
    if (change.id > to) return;
    if (change.id === engine.changeId + 1) repeat(engine, change);
    if (change.id < from) continue;
    const record = changeRecord(engine, change);
    if (scope === null || record.scope === scope) yield { id: record.id, time: isoTime(change.time), scope: record.scope, events: record.events };
  }
}

function lineOf({ id, time, scope, events }: ChangeRecord & { readonly time: string }): string {
  return `${id} ${time} ${scope}${events.map(({ kind, ...parts }) => `\n  ${kind} ${JSON.stringify(parts, asJson)}`).join('')}`;
}
