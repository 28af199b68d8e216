/** What every {@link Coordinator} does. */
import { expect, test } from 'vitest';
import { only, startingWith, type Coordinator, type WatchEvent } from '../../src/cluster/coordinator.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array | null): string | null => (value === null ? null : new TextDecoder().decode(value));

/** `open` gives one, and a prefix in it that is nobody else's; `pass` lets seconds pass. */
export function coordinatorCases(open: () => Promise<{ coordinator: Coordinator; prefix: string; pass(seconds: number): Promise<void> }>): void {
  test('reads a range in order, from either end, with a limit, with keys only', async () => {
    const { coordinator, prefix } = await open();
    for (const key of ['b', 'a', 'c']) await coordinator.commit([], [{ put: prefix + key, value: bytes(key) }]);
    const keys = async (range: object): Promise<string[]> =>
      (await coordinator.read({ ...startingWith(prefix), ...range })).pairs.map(({ key, value }) => `${key.slice(prefix.length)}=${text(value)!}`);
    expect(await keys({})).toEqual(['a=a', 'b=b', 'c=c']);
    expect(await keys({ descending: true, limit: 2 })).toEqual(['c=c', 'b=b']);
    expect(await keys({ keysOnly: true })).toEqual(['a=', 'b=', 'c=']);
    expect((await coordinator.read(only(`${prefix}b`))).pairs.length).toBe(1);
  });

  test('commits all or nothing, on the condition of when a key was made', async () => {
    const { coordinator, prefix } = await open();
    const key = `${prefix}leader`;
    const first = await coordinator.commit([{ key, created: 0 }], [{ put: key, value: bytes('1') }]);
    expect(first.done).toBe(true);
    expect((await coordinator.commit([{ key, created: 0 }], [{ put: key, value: bytes('2') }])).done).toBe(false);
    await coordinator.commit([{ key, created: first.revision }], [{ put: key, value: bytes('3') }, { put: `${prefix}x`, value: bytes('x') }]);
    const { pairs } = await coordinator.read(startingWith(prefix));
    expect(pairs.map(({ value, created }) => [text(value), created === first.revision])).toEqual([['3', true], ['x', false]]);
    await coordinator.commit([], [{ remove: prefix, to: startingWith(prefix).to }]);
    expect((await coordinator.read(startingWith(prefix))).pairs).toEqual([]);
    expect((await coordinator.commit([{ key, created: first.revision }], [])).done).toBe(false);
  });

  test('tells a watcher what happened from a revision on, in order', async () => {
    const { coordinator, prefix } = await open();
    const { revision } = await coordinator.commit([], [{ put: `${prefix}a`, value: bytes('1') }]);
    await coordinator.commit([], [{ put: `${prefix}a`, value: bytes('2') }]);
    const seen: (string | null)[] = [];
    await new Promise<void>((resolve, reject) => {
      const stop = coordinator.watch(startingWith(prefix), revision, {
        changed: (events: readonly WatchEvent[]) => {
          seen.push(...events.map(({ value }) => text(value)));
          if (seen.length < 4) return;
          stop();
          resolve();
        },
        lost: reject,
      });
      void coordinator.commit([], [{ remove: `${prefix}a` }]).then(() => coordinator.commit([], [{ put: `${prefix}b`, value: bytes('3') }]));
    });
    expect(seen).toEqual(['1', '2', null, '3']);
  });

  test('a watch from what is forgotten is lost', async () => {
    const { coordinator, prefix } = await open();
    const { revision } = await coordinator.commit([], [{ put: `${prefix}a`, value: bytes('1') }]);
    await coordinator.commit([], [{ put: `${prefix}a`, value: bytes('2') }]);
    const last = await coordinator.commit([], [{ put: `${prefix}a`, value: bytes('3') }]);
    await coordinator.compact(last.revision);
    await coordinator.compact(last.revision);
    await new Promise<void>(resolve => void coordinator.watch(startingWith(prefix), revision, { changed: () => {}, lost: () => resolve() }));
  });

  test('what is under a lease goes with it, unless it is refreshed', async () => {
    const { coordinator, prefix, pass } = await open();
    const [kept, lost] = [await coordinator.grant(2), await coordinator.grant(2)];
    await coordinator.commit([], [{ put: `${prefix}kept`, value: bytes('1'), lease: kept }, { put: `${prefix}lost`, value: bytes('1'), lease: lost }]);
    for (let i = 0; i < 5; i++) {
      await pass(1);
      expect(await coordinator.refresh(kept)).toBe(true);
    }
    expect((await coordinator.read(startingWith(prefix))).pairs.map(({ key }) => key.slice(prefix.length))).toEqual(['kept']);
    expect(await coordinator.refresh(lost)).toBe(false);
    await expect(coordinator.commit([], [{ put: `${prefix}x`, value: bytes('1'), lease: lost }])).rejects.toThrow();
  });
}
