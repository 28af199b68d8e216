/** The properties of a thing are as JavaScript's own objects have them, wherever their values are kept. */
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/check/seeded.ts';
import * as raw from '../../src/values/raw.ts';
import { emptyShape, sharedShapes } from '../../src/values/shape.ts';
import { parseSpec } from '../../src/values/spec-parse.ts';
import { Type } from '../../src/values/type.ts';
import { List, Thing, type Value } from '../../src/values/value.ts';

/** What a thing should be: entries in the order in which it keeps them. */
class Model {
  readonly entries: [string, Value][] = [];

  find(key: string): number {
    return this.entries.findIndex(([name]) => name === key);
  }

  set(key: string, value: Value): void {
    const at = this.find(key);
    if (at < 0) this.entries.push([key, value]);
    else this.entries[at]![1] = value;
  }

  /** The last takes the place of what goes. */
  delete(key: string): Value {
    const at = this.find(key);
    const [, value] = this.entries[at]!;
    const last = this.entries.pop()!;
    if (at < this.entries.length) this.entries[at] = last;
    return value;
  }
}

const contentOf = (thing: Thing): [string, Value][] => thing.shape.keys.map((key, at) => [key, thing.valueAt(at)]);

test.each([3, 5, 12])('any changes of a thing with up to %i properties', most => {
  const random = seededRandom(most);
  const pick = (n: number): number => Math.floor(random() * n);
  const thing = raw.makeThing();
  let model = new Model();
  for (let i = 0; i < 3_000; i++) {
    const key = `p${pick(most)}`;
    const there = model.find(key) >= 0;
    const choice = pick(20);
    if (choice === 0) {
      expect(raw.clearThing(thing)).toEqual(model.entries.map(([, value]) => value));
      model = new Model();
    } else if (choice < 5 && there) {
      expect(raw.delProperty(thing, key)).toBe(model.delete(key));
    } else if (choice < 7 && there) {
      raw.renProperty(thing, key, `renamed_${i}`);
      model.set(`renamed_${i}`, model.delete(key));
    } else if (choice === 7) raw.compact(thing);
    else {
      const value = choice % 2 === 0 ? new List([i]) : i;
      raw.setProperty(thing, key, value);
      model.set(key, value);
    }
    expect(contentOf(thing)).toEqual(model.entries);
    expect(thing.toValues()).toEqual(model.entries.map(([, value]) => value));
    for (const [name, value] of contentOf(thing)) if (value instanceof List) expect([value.owner === thing, value.key]).toEqual([true, name]);
  }
});

test('what is taken out is kept alive no longer', () => {
  for (const count of [1, 4, 5, 6]) {
    const keys = Array.from({ length: count }, (_, i) => `p${i}`);
    const held = keys.map(key => new List([key]));
    const thing = new Thing(keys.reduce((shape, key) => shape.with(key), emptyShape()), held);
    for (const key of keys) raw.delProperty(thing, key);
    const kept = Object.values(thing).flat();
    expect(held.filter(list => kept.includes(list))).toEqual([]);
  }
});

test('things that are restricted alike have the same shapes, and keep the restriction whatever they lose', () => {
  const names = { types: new Map([['T', new Type(0, 'T', 0)], ['U', new Type(1, 'U', 0)]]), enums: new Map() };
  const restricted = (text: string): Thing => {
    const thing = raw.makeThing([['a', null]]);
    raw.restrictThing(thing, parseSpec(text, names));
    raw.setProperty(thing, 'b', null);
    return thing;
  };
  const texts = ['int', 'int?', 'T?', 'U?', '[]'];
  expect(texts.map(text => restricted(text).shape === restricted(text).shape)).toEqual(texts.map(() => true));
  expect(new Set([raw.makeThing([['a', null], ['b', null]]), ...texts.map(restricted)].map(({ shape }) => shape)).size).toBe(texts.length + 1);
  const thing = restricted('T?');
  names.types.get('T')!.name = 'V';
  raw.delProperty(thing, 'a');
  expect(thing.spec?.text).toBe('V?');
  raw.clearThing(thing);
  expect([thing.spec?.text, thing.shape.keys]).toEqual(['V?', []]);
  raw.restrictThing(thing, null);
  expect(thing.shape).toBe(emptyShape());
});

test('restrictions that nobody repeats do not pile up', () => {
  const names = { types: new Map(), enums: new Map() };
  const thing = raw.makeThing();
  let most = 0;
  for (let i = 0; i < 45_000; i++) {
    raw.restrictThing(thing, parseSpec(`int<0:${i}>`, names));
    most = Math.max(most, sharedShapes());
  }
  expect(most).toBe(20_000);
});
