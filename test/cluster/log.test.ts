/** The log in the coordinator: entries, who may write them, and when they go. */
import { expect, test } from 'vitest';
import type { Clock } from '../../src/cluster/clock.ts';
import { only, startingWith } from '../../src/cluster/coordinator.ts';
import { EntryReader, EntryWriter, PART_BYTES, ROOM_EVENT, logKey, parseLogKey } from '../../src/cluster/entry.ts';
import { trimTo } from '../../src/cluster/member.ts';
import { MemoryCoordinator } from '../../src/cluster/memory-coordinator.ts';
import { Writer } from '../../src/cluster/writer.ts';
import type { CommittedChange } from '../../src/engine.ts';

const change = (id: number, length = 3, scope = 2): CommittedChange => ({ id, scope, events: new Uint8Array(length).fill(id) });
const KEY = { first: 12, number: 0, part: 0 };

function written(...items: CommittedChange[]): EntryWriter {
  const writer = new EntryWriter();
  for (const item of items) writer.add(item, item.id === 13 ? { node: 4, request: 5 } : null);
  return writer;
}

test('keys sort in the order of the log', () => {
  const keys = [{ ...KEY, first: 9 }, { ...KEY, first: 10 }, { ...KEY, first: 10, part: 1 }, { ...KEY, first: 10, number: 1 }, { ...KEY, first: 11 }].map(logKey);
  expect([...keys].sort()).toEqual(keys);
  expect(keys.map(parseLogKey).map(logKey)).toEqual(keys);
});

test('an entry is read as it was written: changes, events between them, origins', () => {
  const items = [change(12), change(12, 4, ROOM_EVENT), { ...change(13), audit: Uint8Array.of(1, 2, 3) }, change(14, 0, 0)];
  const [part, ...more] = written(...items).parts(7);
  expect(more).toEqual([]);
  const entry = new EntryReader().take(KEY, part!)!;
  expect(entry.items).toEqual(items);
  expect([...entry.origins]).toEqual([[13, { node: 4, request: 5 }]]);
});

test('a long change comes in parts, in any order, some twice; those of an earlier leader do not count', () => {
  const long = change(12, PART_BYTES * 3);
  const parts = written(long).parts(7);
  expect(parts.length).toBe(4);
  expect(parts.every(part => part.length <= PART_BYTES)).toBe(true);
  const reader = new EntryReader();
  const old = written(change(12, PART_BYTES * 2)).parts(6);
  const take = (part: number, of: Uint8Array[]): unknown => reader.take({ ...KEY, part }, of[part]!);
  for (const part of [0, 1]) expect(take(part, old)).toBeNull();
  for (const part of [1, 0, 0]) expect(take(part, parts)).toBeNull();
  expect(take(2, old)).toBeNull();
  expect(take(3, parts)).toBeNull();
  expect(take(2, parts)).toEqual({ items: [long], origins: new Map() });
});

test('a damaged entry is named, and not taken', () => {
  const [part] = written(change(12)).parts(7);
  for (let i = 9; i < part!.length; i++) {
    const damaged = part!.slice();
    damaged[i]! ^= 1;
    expect(() => new EntryReader().take(KEY, damaged)).toThrow('change 12 is damaged');
  }
});

/** Runs what waits, at once. */
const clock: Clock = {
  now: () => 0,
  after(_milliseconds, run) {
    queueMicrotask(run);
    return () => {};
  },
};

async function leading(coordinator: MemoryCoordinator): Promise<{ writer: Writer; deposed: () => string }> {
  const { revision } = await coordinator.commit([], [{ remove: 'leader' }, { put: 'leader', value: new Uint8Array(0) }]);
  const { pairs } = await coordinator.read(only('leader'));
  let deposed = '';
  const writer: Writer = new Writer({
    coordinator, clock, prefix: '', leaderKey: 'leader', term: pairs[0]!.created, retryMs: 1, firstKey: { ...KEY, first: revision },
    written: () => {},
    deposed: why => {
      deposed = why;
      writer.stop(new Error('deposed'));
    },
  });
  return { writer, deposed: () => deposed };
}

test('who was deposed writes nothing, and is told so', async () => {
  const coordinator = new MemoryCoordinator(() => 0);
  const first = await leading(coordinator);
  await first.writer.append(change(12), null);
  const second = await leading(coordinator);
  await expect(first.writer.append(change(13), null)).rejects.toThrow('deposed');
  expect(first.deposed()).toBe('absent');
  await second.writer.append(change(13), null);
  expect((await coordinator.read(startingWith('log/'))).pairs.length).toBe(2);
});

test('a commit whose answer is lost is found when it is asked again', async () => {
  const coordinator = new MemoryCoordinator(() => 0);
  const commit = coordinator.commit.bind(coordinator);
  const { writer } = await leading(coordinator);
  let lose = true;
  coordinator.commit = async (...args) => {
    const result = await commit(...args);
    if (lose) {
      lose = false;
      throw new Error('lost');
    }
    return result;
  };
  await writer.append(change(12), null);
  expect(lose).toBe(false);
  expect((await coordinator.read(startingWith('log/'))).pairs.length).toBe(1);
  expect(writer.pending).toBeNull();
});

test('of a commit whose answer is lost nothing is known when the log was trimmed beyond it', async () => {
  const coordinator = new MemoryCoordinator(() => 0);
  const commit = coordinator.commit.bind(coordinator);
  const { writer, deposed } = await leading(coordinator);
  const later = { put: logKey({ first: 1_000, number: 0, part: 0 }), value: new Uint8Array(9) };
  coordinator.commit = async (...args) => {
    coordinator.commit = commit;
    await commit(...args);
    await commit([], [{ remove: 'leader' }, { remove: 'log/', to: later.put }, later]);
    throw new Error('lost');
  };
  await expect(writer.append(change(12), null)).rejects.toThrow('deposed');
  expect(deposed()).toBe('trimmed');
});

test('what may go from the log', () => {
  const parts = [1, 11, 21, 21, 31].map(first => ({ first, bytes: 100 }));
  const limits = { keepBytes: 100, logBytes: 1000 };
  expect(trimTo(parts, [], limits)).toBe(0);
  // All have the first two entries; the last one stays always.
  expect(trimTo(parts, [25, 40, 20], limits)).toBe(2);
  expect(trimTo(parts, [40, 40], limits)).toBe(4);
  // An entry in two parts goes as a whole.
  expect(trimTo(parts, [30, 30], { ...limits, keepBytes: 250 })).toBe(2);
  // What is kept for one that is about to fetch the state.
  expect(trimTo(parts, [40, 40], { ...limits, keepBytes: 400 })).toBe(1);
  // One is far behind: when the log is too long two must have what goes.
  expect(trimTo(parts, [40, 20, 0], limits)).toBe(0);
  expect(trimTo(parts, [40, 20, 0], { ...limits, logBytes: 350 })).toBe(2);
  expect(trimTo(parts, [40], { ...limits, logBytes: 350 })).toBe(4);
});
