/** An engine whose clock is set by hand, and a second one that repeats every change that the first one makes. */
import { expect } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import { packContext } from '../../src/evaluator/contexts.ts';
import type { Limits } from '../../src/evaluator/limits.ts';
import { parseScope } from '../../src/system/scope.ts';
import type { User } from '../../src/system/user.ts';
import { PlainSink, type Plain } from '../../src/wire/plain.ts';
import { pack } from '../../src/wire/result.ts';

/** 2026-01-01T00:00:00Z */
export const START = 1_767_225_600;

export interface Setup {
  readonly engine: Engine;
  readonly replica: Engine;
  readonly clock: { now: number };
  readonly warnings: string[];
  /** The answer; throws at once, or rejects, as the engine does. */
  query(code: string, scope?: string, user?: string): Plain | Promise<Plain>;
  /** Moves the clock and runs what is due. */
  pass(seconds: number): Promise<void>;
  /** Asks both engines the same, which must not be a change, and expects the same answer. */
  same(code: string, scope?: string): Plain;
}

export function setup(limits: Partial<Limits> = {}): Setup {
  const clock = { now: START };
  const host = testHost({ now: () => clock.now });
  const engine = new Engine({ host, limits });
  const replica = new Engine({ host: testHost({ now: () => clock.now }) });
  engine.onChange(change => replica.apply(change));
  engine.init();
  const warnings: string[] = [];
  const ask = (of: Engine, code: string, scope: string, user: string): Plain | Promise<Plain> =>
    of.query({ user: userNamed(of, user), scope: parseScope(scope), code, warn: text => warnings.push(text) }, (q, value) => {
      const sink = new PlainSink();
      pack(value, sink, packContext(q));
      return sink.result;
    });
  return {
    engine, replica, clock, warnings,
    query: (code, scope = '//stuff', user = 'admin') => ask(engine, code, scope, user),
    async pass(seconds) {
      clock.now += seconds;
      await engine.tick();
    },
    same(code, scope = '//stuff') {
      const answer = ask(engine, code, scope, 'admin') as Plain;
      expect(ask(replica, code, scope, 'admin')).toEqual(answer);
      return answer;
    },
  };
}

export function userNamed(engine: Engine, name: string): User {
  return engine.system.usersByName.get(name)!;
}
