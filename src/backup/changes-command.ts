/**
 * `thingscope changes [SCOPE] --path DIR`: the changes that the log of a server holds, and what made them. It reads the
 * files only, whether the server runs or not.
 */
import { changeRecord, type ChangeRecord } from '../change-record.ts';
import { Engine, WHOLE_STATE, type CommittedChange } from '../engine.ts';
import { storage as msg } from '../errors/messages/store.ts';
import { StoreError } from '../errors/store-error.ts';
import { nodeHost } from '../node/host.ts';
import { asJson } from '../repl/query-command.ts';
import { collectionNames } from '../snapshot/load.ts';
import { StoreReader } from '../store/store-reader.ts';
import { newCollection, renCollection } from '../system/events.ts';
import { parseScope, scopeText } from '../system/scope.ts';
import { changeIdOf, command, needed, timeOf, UsageError, type Arguments } from './command.ts';
import { isoTime } from './restore-command.ts';

const USAGE = 'thingscope changes [SCOPE] --path DIR [--from CHANGE_ID] [--to CHANGE_ID] [--since TIME] [--user NAME] [--audit] [--json]';
const OPTIONS = { path: 'string', from: 'string', to: 'string', since: 'string', user: 'string', audit: 'boolean', json: 'boolean' } as const;

interface Wanted {
  readonly scope: string | null;
  readonly from: number;
  readonly to: number;
  /** UNIX seconds. */
  readonly since: number;
  /** Null for all, and for those of which nothing says whose they are. */
  readonly user: string | null;
}

/** `time` in UNIX seconds. */
type Shown = ChangeRecord & { readonly time: number };

export function changesCommand(args: readonly string[]): Promise<void> {
  return command(USAGE, args, OPTIONS, async given => {
    const { json, audit } = given.options;
    const line = json === true ? jsonOf : audit === true ? auditOf : eventsOf;
    const wanted = wantedOf(given);
    const reader = await StoreReader.beside(needed(given, 'path'));
    try {
      for await (const change of changesOf(reader, wanted)) process.stdout.write(`${line(change)}\n`);
    } finally {
      reader.close();
    }
  });
}

function wantedOf({ values, options }: Arguments): Wanted {
  if (values.length > 1) throw new UsageError('');
  const text = (name: string): string | null => (typeof options[name] === 'string' ? options[name] : null);
  const id = (name: string, none: number): number => (text(name) === null ? none : changeIdOf(text(name)!, name));
  const since = text('since') === null ? -Infinity : timeOf(text('since')!);
  if (since === null) throw new UsageError(`--since takes a time as 2026-01-31T12:00:00Z, not \`${text('since')!}\``);
  return { scope: values[0] === undefined ? null : scopeText(parseScope(values[0])), from: id('from', 0), to: id('to', Infinity), since, user: text('user') };
}

async function* changesOf(reader: StoreReader, { scope, from, to, since, user }: Wanted): AsyncGenerator<Shown> {
  const { first, last } = reader.log;
  if (last === 0) return;
  if (from > 0 && from < first) throw new StoreError(msg.trimmed(from, first), from);
  const engine = new Engine({ host: nodeHost() });
  const names = await NamesThen.open(reader, Math.max(from, first));
  for await (const change of reader.changes(Math.max(names.base + 1, first))) {
    if (change.id > to) return;
    await names.goTo(change);
    // Those before are there for what collections were called.
    if (change.id < from && change.scope > 0) continue;
    const record = changeRecord(engine, change, names.scopeOf(change));
    names.follow(record);
    const time = record.audit?.time ?? change.time;
    if (change.id < from || time < since || (scope !== null && record.scope !== scope) || (user !== null && record.audit?.user !== user)) continue;
    yield { ...record, time };
  }
}

/** What collections were called at the time of a change. */
class NamesThen {
  /** The checkpoint that it begins with; 0 for none. */
  readonly base: number;
  private readonly reader: StoreReader;
  private names: Map<number, string>;

  private constructor(reader: StoreReader, base: number, names: Map<number, string>) {
    this.reader = reader;
    this.base = base;
    this.names = names;
  }

  /** For changes from one on. Where the log begins without a checkpoint, the oldest that there is must do. */
  static async open(reader: StoreReader, from: number): Promise<NamesThen> {
    const { checkpoints, log } = reader;
    const base = checkpoints.findLast(id => id < from) ?? 0;
    const oldest = log.first > 1 ? checkpoints[0] ?? 0 : 0;
    return new NamesThen(reader, base, base + oldest === 0 ? new Map() : await namesAt(reader, base || oldest));
  }

  /** Where a backup was restored, what was before says nothing: there is a checkpoint before the change, or a state in it. */
  async goTo({ id, scope, events }: CommittedChange): Promise<void> {
    if (id - 1 !== this.base && this.reader.checkpoints.includes(id - 1)) this.names = await namesAt(this.reader, id - 1);
    if (scope === WHOLE_STATE) this.names = collectionNames(events, new Engine({ host: nodeHost() }));
  }

  scopeOf({ scope }: CommittedChange): string {
    return scope === 0 || scope === WHOLE_STATE ? '@thingsdb' : `@collection:${this.names.get(scope) ?? scope}`;
  }

  follow({ events }: ChangeRecord): void {
    for (const { kind, id, name, to } of events) {
      if (kind === newCollection.name) this.names.set(id as number, name as string);
      else if (kind === renCollection.name) this.names.set(id as number, to as string);
    }
  }
}

/** The log can be read without a checkpoint that is damaged: then collections show their ids. */
function namesAt(reader: StoreReader, checkpoint: number): Promise<Map<number, string>> {
  return reader.names(checkpoint).catch(() => new Map<number, string>());
}

function jsonOf({ id, time, scope, audit, events }: Shown): string {
  const made = audit === undefined ? {} : { audit };
  return JSON.stringify({ id, time: isoTime(time), scope, ...made, events }, asJson);
}

function eventsOf({ id, time, scope, events }: Shown): string {
  return `${id} ${isoTime(time)} ${scope}${events.map(({ kind, ...parts }) => `\n  ${kind} ${JSON.stringify(parts, asJson)}`).join('')}`;
}

/** On one line, and nothing that a terminal would obey. */
function auditOf({ id, time, scope, audit }: Shown): string {
  const head = `${id} ${isoTime(time)} ${scope}`;
  if (audit === undefined) return `${head} not known`;
  const { user, token, node, leader, by, text } = audit;
  return `${head} ${user ?? '-'}${token === null ? '' : ` (${token})`}, node ${node}${leader === node ? '' : ` (leader ${leader})`}, ${by}: ${text.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ')}`;
}
