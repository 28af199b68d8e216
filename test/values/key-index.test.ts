/** The index of a large dictionary's keys is as JavaScript's own map. */
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/check/seeded.ts';
import { LargeKeyIndex, MAP_KEYS_MAX } from '../../src/values/key-index.ts';
import { Shape, emptyDictShape } from '../../src/values/shape.ts';

test.each<[string, (i: number) => string]>([
  ['short keys', i => `key ${i}`],
  ['keys that only begin differently', i => `${i}${'.'.repeat(70)}`],
  ['any characters', i => String.fromCharCode(i % 0xd800, i >> 8)],
])('%s', (_, keyOf) => {
  const map = new Map([['', -1]]);
  const index = new LargeKeyIndex(new Map(map));
  const random = seededRandom(1);
  let wrong = 0;
  for (let i = 0; i < MAP_KEYS_MAX * 2; i++) {
    const key = keyOf(Math.floor(random() * MAP_KEYS_MAX * 2));
    if (random() < 0.1) {
      if (index.delete(key) !== map.delete(key)) wrong++;
    } else {
      index.set(key, i);
      map.set(key, i);
    }
    if (index.get(key) !== map.get(key)) wrong++;
  }
  for (const [key, position] of map) if (index.get(key) !== position) wrong++;
  if (index.get('not there') !== undefined) wrong++;
  expect(wrong).toBe(0);
});

test('the order of a dictionary whose keys come and go between listings', () => {
  let shape: Shape = emptyDictShape().own();
  const random = seededRandom(2);
  const listed = (): string[] => shape.order()!.map(at => shape.keys[at]!);
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 50; i++) {
      const key = `${Math.floor(random() * 300)}`;
      const at = shape.find(key);
      if (at < 0) shape = shape.with(key);
      else if (round % 3 === 0) shape.removeAt(at);
    }
    expect(listed()).toEqual([...shape.keys].sort());
    expect(shape.keys.every((key, at) => shape.find(key) === at)).toBe(true);
  }
});
