/** A change as plain data, for programs and people that follow what happens. */
import { unpackAudit, type Audit } from './cause.ts';
import { OUTCOME, requestAnswered } from './collection/answered.ts';
import type { CommittedChange, Engine } from './engine.ts';
import { isoText } from './values/datetime.ts';
import { Obj, Room, Thing } from './values/value.ts';
import { readError } from './wire/error.ts';
import { Reader } from './wire/msgpack.ts';
import { PlainSink, unpackPlain, type Plain } from './wire/plain.ts';
import { pack } from './wire/result.ts';

/** One change: everything that one query did to one scope. */
export interface ChangeRecord {
  /** Position in the one order of changes. */
  readonly id: number;
  /** `@thingsdb` or `@collection:NAME`. */
  readonly scope: string;
  /** What was done, in order: `{ kind: 'set', thing: 1, key: 'greeting', value: 'Iris' }`. */
  readonly events: readonly { readonly kind: string; readonly [part: string]: unknown }[];
  /** What made it; absent when that was not kept. */
  readonly audit?: Audit;
}

/** To be called when the change is made: it may refer to things that the next one drops. */
export function changeRecord(engine: Engine, change: CommittedChange, scope = engine.scopeOfChange(change)): ChangeRecord {
  const events = engine.describe(change).map(event => {
    const plain: { kind: string; [part: string]: unknown } = { kind: event.kind };
    for (const [part, value] of Object.entries(event)) plain[part] = plainPart(value);
    if (event.kind === requestAnswered.name) plain['outcome'] = plainOutcome(plain['outcome'] as Uint8Array);
    return plain;
  });
  const record = { id: change.id, scope, events };
  return change.audit === undefined ? record : { ...record, audit: unpackAudit(change.audit) };
}

/** What became of a request with an id. Without `ok` the answer was too long to be kept, or was still to come. */
type PlainOutcome =
  | { readonly ok: true; readonly value: Plain }
  | { readonly ok: false; readonly code: number; readonly message: string }
  | { readonly done: boolean };

function plainOutcome(outcome: Uint8Array): PlainOutcome {
  const kept = outcome.subarray(1);
  switch (outcome[0]) {
    case OUTCOME.answer: return { ok: true, value: unpackPlain(kept) };
    case OUTCOME.error: {
      const { code, message } = readError(new Reader(kept));
      return { ok: false, code, message };
    }
    default: return { done: outcome[0] === OUTCOME.done };
  }
}

/** A part of an event as plain data: a thing is its id, a value what a client would see of it. */
function plainPart(part: unknown): unknown {
  if (part instanceof Thing || part instanceof Room) return part.id;
  if (Array.isArray(part)) return part.map(plainPart);
  if (!(part instanceof Obj)) return part;
  const sink = new PlainSink();
  pack(part, sink, { deep: 0, flags: 0, resultLimit: Infinity, isoText, taskText: task => `task:${task.id}`, wrapped: () => {} });
  return sink.result;
}
