/** Where writes are made durable: on this thread for as long as the disk is quick. */
import { expect, test } from 'vitest';
import { SyncPlace } from '../../src/store/sync-place.ts';

/** A place whose writes take as long as they are told to; gives how many go elsewhere before the next one here. */
class Disk {
  private time = 0;
  readonly place = new SyncPlace({ quickMs: 0.5, now: () => this.time });

  write(milliseconds: number): void {
    this.place.run(() => {
      this.time += milliseconds;
    });
  }

  elsewhere(): number {
    let n = 0;
    while (!this.place.here(100)) n++;
    return n;
  }
}

test('all writes are made here while the disk is quick, but for long ones', () => {
  const disk = new Disk();
  for (let i = 0; i < 1000; i++) {
    expect(disk.elsewhere()).toBe(0);
    disk.write(0.5);
  }
  expect(disk.place.here(1 << 13)).toBe(true);
  expect(disk.place.here((1 << 13) + 1)).toBe(false);
});

test('a slow disk is waited for less and less often', () => {
  const disk = new Disk();
  const elsewhere = Array.from({ length: 12 }, () => {
    disk.write(5);
    return disk.elsewhere();
  });
  expect(elsewhere).toEqual([16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 4096, 4096, 4096]);
  for (let i = 0; i < 62; i++) disk.write(0.1);
  disk.write(5);
  expect(disk.elsewhere()).toBe(4096);
  for (let i = 0; i < 63; i++) disk.write(0.1);
  disk.write(5);
  expect(disk.elsewhere()).toBe(16);
});

test('what counts is the mean: a slow write now and then changes nothing, a disk that is a little too slow does', () => {
  const disk = new Disk();
  for (let i = 0; i < 1000; i++) {
    disk.write(i % 10 === 0 ? 1 : 0.2);
    expect(disk.elsewhere()).toBe(0);
  }
  let here = 0;
  for (; disk.elsewhere() === 0; here++) disk.write(0.6);
  expect(here).toBeGreaterThan(1);
  expect(here).toBeLessThan(20);
});

test('a write that fails counts by its time, and 0 sends all to the other thread', () => {
  const disk = new Disk();
  expect(() => disk.place.run(() => {
    throw new Error('no space');
  })).toThrow('no space');
  expect(disk.elsewhere()).toBe(0);
  expect(new SyncPlace({ quickMs: 0, now: () => 0 }).here(1)).toBe(false);
});

test('none is made here while the disk is at something else', async () => {
  const { place } = new Disk();
  let done = (): void => {};
  const work = place.beside(new Promise<void>(resolve => (done = resolve)));
  const failing = place.beside(Promise.reject(new Error('no space')));
  expect(place.here(100)).toBe(false);
  await expect(failing).rejects.toThrow('no space');
  expect(place.here(100)).toBe(false);
  done();
  await work;
  expect(place.here(100)).toBe(true);
});
