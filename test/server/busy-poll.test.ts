/** When the event loop stays awake for the next request. */
import { expect, test } from 'vitest';
import { BusyPoll } from '../../src/server/busy-poll.ts';

/** A loop whose turns take as long as they are told to. */
class Loop {
  time = 0;
  private next: (() => void) | null = null;
  readonly poll: BusyPoll;

  constructor(awakeMs: number) {
    this.poll = new BusyPoll({ awakeMs, now: () => this.time, again: run => (this.next = run) });
  }

  get awake(): boolean {
    return this.next !== null;
  }

  answer(after: number, bytes = 40): void {
    this.ask(after, bytes);
    this.poll.sent();
  }

  ask(after: number, bytes = 40): void {
    this.time += after;
    this.poll.came(bytes);
  }

  turn(after: number): void {
    this.time += after;
    const run = this.next;
    this.next = null;
    run?.();
  }
}

/** A loop that stays awake. */
function busy(): Loop {
  const loop = new Loop(0.1);
  for (let i = 0; i < 13; i++) loop.answer(0.15);
  return loop;
}

test('it stays awake where requests have followed one another, no longer than it may', () => {
  const loop = busy();
  expect(loop.awake).toBe(true);
  loop.turn(0.05);
  expect(loop.awake).toBe(true);
  loop.turn(0.05);
  expect(loop.awake).toBe(true);
  loop.turn(0.01);
  expect(loop.awake).toBe(false);
});

test('what counts is the time since the answer, however long that took', () => {
  const loop = new Loop(0.1);
  for (let i = 0; i < 13; i++) {
    loop.ask(0.15);
    loop.turn(5);
    expect(loop.awake).toBe(false);
    loop.poll.sent();
  }
  expect(loop.awake).toBe(true);
});

test('not after a few, after those that come now and then, or many at a time', () => {
  for (const [after, bytes, times] of [[0.1, 40, 12], [0.3, 40, 100], [0.05, 2000, 100]] as const) {
    const loop = new Loop(0.1);
    for (let i = 0; i < times; i++) loop.answer(after, bytes);
    expect(loop.awake).toBe(false);
  }
});

test('it stops when they do not follow any more, and begins again when they do', () => {
  const loop = busy();
  loop.answer(1);
  loop.answer(1);
  loop.turn(0.01);
  expect(loop.awake).toBe(false);
  for (let i = 0; i < 8; i++) loop.answer(0.1);
  expect(loop.awake).toBe(true);
});

test('0: never', () => {
  const loop = new Loop(0);
  for (let i = 0; i < 100; i++) loop.answer(0.01);
  expect(loop.awake).toBe(false);
});
