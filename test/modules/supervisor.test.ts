/** What becomes of a program that crashes, hangs or never starts: with a program and a clock that the test moves. */
import { describe, expect, test } from 'vitest';
import { QueryError } from '../../src/errors/query-error.ts';
import type { ModuleLimits, Program, ProgramEvents } from '../../src/modules/program.ts';
import { MODULE_LIMITS } from '../../src/modules/program.ts';
import { Supervisor } from '../../src/modules/supervisor.ts';

const CONF = new Uint8Array([1]);

class FakeTimers {
  private clock = 0;
  private readonly waiting = new Map<number, { readonly at: number; readonly run: () => void }>();
  private next = 0;

  now = (): number => this.clock;

  after = (ms: number, run: () => void): (() => void) => {
    const id = this.next++;
    this.waiting.set(id, { at: this.clock + ms, run });
    return () => this.waiting.delete(id);
  };

  get count(): number {
    return this.waiting.size;
  }

  pass(ms: number): void {
    const end = this.clock + ms;
    for (;;) {
      const due = [...this.waiting].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (due === undefined) break;
      this.waiting.delete(due[0]);
      this.clock = Math.max(this.clock, due[1].at);
      due[1].run();
    }
    this.clock = end;
  }
}

interface Fake {
  readonly events: ProgramEvents;
  readonly done: string[];
}

function setup(limits: Partial<ModuleLimits> = {}) {
  const timers = new FakeTimers();
  const lines: string[] = [];
  const programs: Fake[] = [];
  const supervisor = new Supervisor({ name: 'm', limits: { ...MODULE_LIMITS, ...limits }, timers, log: (_, text) => lines.push(text) });
  const start = (events: ProgramEvents): Program => {
    const done: string[] = [];
    programs.push({ events, done });
    return {
      configure: () => void done.push('configure'),
      request: id => void done.push(`request ${id}`),
      stop: () => void done.push('stop'),
      kill: () => void done.push('kill'),
    };
  };
  const answers: unknown[] = [];
  const call = (bytes = 1): void => supervisor.call(new Uint8Array(bytes), answer =>
    void answers.push(answer instanceof QueryError ? [answer.code, answer.message] : [...answer]));
  return { timers, lines, programs, supervisor, start, answers, call, last: () => programs[programs.length - 1]! };
}

const CANCELLED = [-64, 'future cancelled before completion'];
/** Lets what was put off to the end of the turn happen. */
const turn = (): Promise<void> => Promise.resolve();

describe('a program that runs', () => {
  test('gets calls, and its answers go to those who asked, in whatever order', () => {
    const { supervisor, start, call, answers, last } = setup();
    supervisor.run(start, null, null);
    last().events.ready(null);
    call();
    call();
    expect([supervisor.status, supervisor.tasks]).toEqual(['running', 2]);
    last().events.answered(2, new Uint8Array([22]));
    last().events.answered(1, new QueryError(-60, 'no'));
    last().events.answered(1, new Uint8Array([9]));
    last().events.answered(77, new Uint8Array([9]));
    expect(answers).toEqual([[22], [-60, 'no']]);
    expect(supervisor.tasks).toBe(0);
  });

  test('is asked once it has accepted its configuration', async () => {
    const { supervisor, start, call, answers, last } = setup();
    supervisor.run(start, CONF, null);
    last().events.ready(null);
    call();
    await turn();
    expect(answers.splice(0)).toEqual([[-63, 'module `m` is not configured; if you keep this error, then please check the module status']]);
    last().events.configured(false);
    expect(supervisor.status).toBe('configuration error; use `set_module_conf(..)` to update the module configuration');
    call();
    await turn();
    expect(answers.splice(0)).toEqual([[-63, `module \`m\` is not running (status: ${supervisor.status})`]]);
    supervisor.configure(CONF);
    last().events.configured(true);
    call();
    expect(last().done).toEqual(['configure', 'configure', 'request 1']);
  });

  test('while it takes another configuration, calls go on', () => {
    const { supervisor, start, call, last } = setup();
    supervisor.run(start, CONF, null);
    last().events.ready(null);
    last().events.configured(true);
    supervisor.configure(CONF);
    call();
    expect(last().done).toEqual(['configure', 'configure', 'request 1']);
  });
});

describe('a program that ends by itself', () => {
  test('takes its calls along, and starts again with back-off until it is given up', async () => {
    const { supervisor, start, call, answers, programs, last, timers } = setup({ restarts: 4, backoffMs: 500, backoffMaxMs: 1500 });
    supervisor.run(start, null, null);
    call();
    call();
    last().events.ended('exit status 1');
    await turn();
    expect(answers).toEqual([CANCELLED, CANCELLED]);
    // The first time at once.
    expect([programs.length, supervisor.status, supervisor.restarts]).toEqual([2, 'running', 1]);
    for (const [i, wait] of [500, 1000, 1500].entries()) {
      last().events.ended('exit status 1');
      expect([programs.length, supervisor.status]).toEqual([2 + i, 'restarting module...']);
      timers.pass(wait - 1);
      expect(programs.length).toBe(2 + i);
      timers.pass(1);
      expect([programs.length, supervisor.status, supervisor.restarts]).toEqual([3 + i, 'running', 2 + i]);
    }
    last().events.ended('exit status 1');
    timers.pass(1e9);
    expect([programs.length, supervisor.status, supervisor.restarts]).toEqual([5, 'too many restarts detected; most likely the module is broken', 5]);
    await supervisor.settled();
    expect(timers.count).toBe(0);
  });

  test('after a good while its past is forgotten, though not its number of restarts', () => {
    const { supervisor, start, programs, last, timers } = setup({ restarts: 2, stableMs: 1000 });
    supervisor.run(start, null, null);
    for (let i = 1; i <= 10; i++) {
      last().events.ready(null);
      timers.pass(1000);
      last().events.ended('x');
      expect([programs.length, supervisor.status, supervisor.restarts]).toEqual([1 + i, 'running', i]);
    }
  });

  test('by hand it starts at once, also when it was given up', () => {
    const { supervisor, start, programs, last } = setup({ restarts: 0 });
    supervisor.run(start, null, null);
    last().events.ended('x');
    expect(supervisor.status).toMatch(/^too many/);
    supervisor.restart();
    expect([programs.length, supervisor.status, supervisor.restarts]).toEqual([2, 'running', 0]);
    last().events.ended('x');
    supervisor.configure(CONF);
    expect([programs.length, supervisor.status, last().done]).toEqual([3, 'running', ['configure']]);
  });

  test('a program of before is not listened to', async () => {
    const { supervisor, start, call, answers, programs } = setup();
    supervisor.run(start, null, null);
    programs[0]!.events.ended('x');
    call();
    programs[0]!.events.answered(1, new Uint8Array([1]));
    programs[0]!.events.ended('x');
    await turn();
    expect([answers, programs.length]).toEqual([[], 2]);
  });

  test('one that cannot be started is not tried again', async () => {
    const { supervisor, programs, start, last, timers } = setup();
    supervisor.run(start, null, null);
    last().events.refused('permission denied');
    timers.pass(1e9);
    await supervisor.settled();
    expect([programs.length, supervisor.status]).toEqual([1, 'permission denied']);
    supervisor.run(() => {
      throw new Error('no thread');
    }, null, null);
    expect(supervisor.status).toBe('no thread');
  });
});

describe('a program that hangs', () => {
  test('without a sign of life while a call runs out of time it is killed', async () => {
    const { supervisor, start, call, answers, last, timers, programs } = setup({ callMs: 30_000 });
    supervisor.run(start, null, null);
    last().events.ready(null);
    timers.pass(5);
    call();
    timers.pass(29_999);
    call();
    timers.pass(1);
    expect(answers).toEqual([[-64, 'module `m` has not answered within 30 seconds']]);
    expect(last().done).toContain('kill');
    last().events.ended('SIGKILL');
    await turn();
    expect(answers[1]).toEqual(CANCELLED);
    expect([programs.length, supervisor.restarts]).toEqual([2, 1]);
  });

  test('while it answers others only the call ends', () => {
    const { supervisor, start, call, answers, last, timers } = setup({ callMs: 30_000 });
    supervisor.run(start, null, null);
    last().events.ready(null);
    timers.pass(5);
    call();
    call();
    timers.pass(1000);
    last().events.answered(2, new Uint8Array([2]));
    timers.pass(30_000);
    expect(answers).toEqual([[2], [-64, 'module `m` has not answered within 30 seconds']]);
    expect(last().done).not.toContain('kill');
    last().events.answered(1, new Uint8Array([1]));
    expect(answers.length).toBe(2);
  });

  test('one that does not start, or does not take its configuration, is killed', () => {
    const { supervisor, start, last, timers } = setup({ startMs: 10_000 });
    supervisor.run(start, null, null);
    timers.pass(10_000);
    expect(last().done).toEqual(['kill']);
    last().events.ended('SIGKILL');
    last().events.ready(null);
    timers.pass(1e6);
    expect(last().done).toEqual([]);
    supervisor.configure(CONF);
    timers.pass(10_000);
    expect(last().done).toEqual(['configure', 'kill']);
  });

  test('one that does not end when it is told to is killed', async () => {
    const { supervisor, start, call, answers, programs, last, timers } = setup({ stopMs: 3000 });
    supervisor.run(start, null, null);
    last().events.ready(null);
    call();
    supervisor.restart();
    await turn();
    expect([supervisor.status, answers]).toEqual(['stopping module...', [CANCELLED]]);
    timers.pass(2999);
    expect(last().done).toEqual(['request 1', 'stop']);
    timers.pass(1);
    expect(last().done).toEqual(['request 1', 'stop', 'kill']);
    last().events.ended('SIGKILL');
    expect([programs.length, supervisor.status, supervisor.restarts]).toEqual([2, 'running', 0]);
    let gone = false;
    const stopped = supervisor.stop().then(() => (gone = true));
    await turn();
    expect(gone).toBe(false);
    last().events.ended('SIGTERM');
    await stopped;
    expect([programs.length, supervisor.status, timers.count]).toEqual([2, 'module not loaded', 0]);
  });
});

describe('bounds', () => {
  test('of calls that wait, and of their bytes', async () => {
    const { supervisor, start, call, answers, last } = setup({ calls: 2, packetBytes: 100 });
    supervisor.run(start, null, null);
    call(60);
    call(41);
    await turn();
    expect(answers.splice(0)).toEqual([[-57, 'waiting requests for module `m` exceed the maximum of 100 bytes']]);
    call(40);
    call(0);
    await turn();
    expect(answers.splice(0)).toEqual([[-57, 'module `m` has reached the maximum of 2 waiting calls']]);
    last().events.answered(1, new Uint8Array(0));
    call(60);
    expect(answers).toEqual([[]]);
    expect(last().done).toEqual(['request 1', 'request 2', 'request 3']);
  });

  test('ids of requests are used again, but none twice at a time', () => {
    const { supervisor, start, call, last } = setup();
    supervisor.run(start, null, null);
    call();
    for (let i = 0; i < 0xffff; i++) {
      call();
      const id = Number(/\d+/.exec(last().done[last().done.length - 1]!)![0]);
      last().events.answered(id, new Uint8Array(0));
    }
    expect(last().done.filter(text => text === 'request 1').length).toBe(1);
    expect(last().done.filter(text => text === 'request 2').length).toBe(2);
  });
});
