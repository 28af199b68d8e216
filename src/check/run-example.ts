/**
 * Runs one documentation example: in a new engine with a fixed clock and seed, so that every run gives the
 * same; what it changed is then repeated on a second engine, which must end in the same state.
 */
import { Engine, type CommittedChange } from '../engine.ts';
import type { CodegenMode } from '../evaluator/compile/codegen.ts';
import { QueryError } from '../errors/query-error.ts';
import { packContext } from '../evaluator/contexts.ts';
import { parse } from '../../grammar/parser.ts';
import { parseScope } from '../system/scope.ts';
import { PlainSink, type Plain } from '../wire/plain.ts';
import { pack } from '../wire/result.ts';
import { dumpText } from './dump.ts';
import type { Example } from './examples.ts';
import { testHost } from './test-host.ts';

/** Why an example is wrong; null when it is as it says. */
export async function runExample(example: Example, codegen: CodegenMode = true): Promise<string | null> {
  switch (example.tag) {
    case 'no_test':
      return null;
    case 'syntax_only': {
      const parsed = parse(example.code);
      return 'problem' in parsed ? parsed.problem.message : null;
    }
  }
  const leader = new Engine({ host: testHost(), codegen });
  const changes: CommittedChange[] = [];
  leader.onChange(change => changes.push(change));
  leader.init();
  for (const earlier of example.before) {
    if (earlier.tag !== 'no_test' && earlier.tag !== 'syntax_only') await outcomeOf(leader, earlier);
  }
  return wrongOutcome(example, await outcomeOf(leader, example)) ?? wrongReplay(leader, changes);
}

type Outcome = { ok: Plain } | { error: QueryError };

async function outcomeOf(engine: Engine, example: Example): Promise<Outcome> {
  try {
    return { ok: await query(engine, example) };
  } catch (e) {
    if (!(e instanceof QueryError)) throw e;
    return { error: e };
  }
}

async function query(engine: Engine, { scope, code }: Example): Promise<Plain> {
  const user = engine.system.usersById.get(1)!;
  return engine.query({ user, scope: parseScope(scope), code }, (q, value) => {
    const sink = new PlainSink();
    pack(value, sink, packContext(q));
    return sink.result;
  });
}

function wrongOutcome(example: Example, outcome: Outcome): string | null {
  if (example.tag === 'should_err') {
    if ('ok' in outcome) return 'it passes, but should fail';
    const text = String(outcome.error);
    return example.shown === null || example.shown.trim() === text ? null : `it fails with: ${text}`;
  }
  if ('error' in outcome) return String(outcome.error);
  if (example.tag === 'should_pass') return null;
  const got = canonical(JSON.parse(JSON.stringify(outcome.ok, jsonValue)));
  const want = canonical(JSON.parse(example.shown!));
  return got === want ? null : `it gives ${JSON.stringify(outcome.ok, jsonValue)}`;
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value;
}

const canonical = (value: unknown): string => JSON.stringify(value);

/** A replica that repeats the changes, from the very first one, must have the same state. */
function wrongReplay(leader: Engine, changes: readonly CommittedChange[]): string | null {
  const replica = new Engine({ host: testHost() });
  for (const change of changes) replica.apply(change);
  return dumpText(leader) === dumpText(replica) ? null : 'a replica that repeats its changes ends in another state';
}
