/** The set of a type's instances is as JavaScript's own, in whatever order things become instances. */
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/check/seeded.ts';
import { IdTable } from '../../src/values/id-table.ts';
import { InstanceSet } from '../../src/values/instance-set.ts';
import { emptyShape } from '../../src/values/shape.ts';
import { Thing } from '../../src/values/value.ts';

/** What is stored, and an instance set and JavaScript's own of some of it. */
class Instances {
  readonly table = new IdTable<Thing>();
  readonly set = new InstanceSet(this.table);
  readonly model = new Set<Thing>();
  private nextId = 1;

  /** A new thing, after some ids that others got; it is an instance if that is said. */
  make(gap: number, typed: boolean): Thing {
    const thing = new Thing(emptyShape());
    thing.id = this.nextId += gap;
    this.table.add(thing.id, thing);
    if (typed) this.add(thing);
    return thing;
  }

  add(thing: Thing): void {
    this.set.add(thing);
    this.model.add(thing);
  }

  delete(thing: Thing): void {
    expect(this.set.delete(thing)).toBe(this.model.delete(thing));
  }

  check(): void {
    expect(this.set.size).toBe(this.model.size);
    const ids = [...this.model].map(({ id }) => id).join();
    expect([...this.set].map(({ id }) => id).join()).toBe(ids);
    expect([...this.set.portions()].flat().map(({ id }) => id).join()).toBe(ids);
  }
}

test.each<[string, number, number]>([
  ['close together', 3, 0],
  ['with some that were plain before', 3, 0.01],
  ['far apart', 9_000, 0],
])('instances whose ids are %s', (_, gap, late) => {
  const all = new Instances();
  const random = seededRandom(gap);
  const made: Thing[] = [];
  let wrong = 0;
  for (let i = 0; i < 6_000; i++) {
    made.push(all.make(1 + Math.floor(random() * gap), random() < 0.7));
    if (random() < 0.3) all.delete(made[Math.floor(random() * made.length)]!);
    if (random() < late) all.add(made[Math.floor(random() * made.length)]!);
    const one = made[Math.floor(random() * made.length)]!;
    if (all.set.has(one) !== all.model.has(one)) wrong++;
    if (i % 500 === 0) all.check();
  }
  all.check();
  expect(wrong).toBe(0);
  for (const thing of made) all.delete(thing);
  all.check();
  expect(all.set.has(all.make(1, true))).toBe(true);
  all.check();
});

test('instances come and go while they are walked over', () => {
  const all = new Instances();
  const made = Array.from({ length: 10_000 }, () => all.make(1, true));
  const seen: number[] = [];
  const expected: number[] = [];
  const ownWalk = all.model.values();
  for (const thing of all.set) {
    seen.push(thing.id);
    expected.push(ownWalk.next().value!.id);
    const at = seen.length;
    if (at % 3 === 0) all.delete(made[at]!);
    if (at % 5 === 0 && at + 5_000 < made.length) all.delete(made[at + 5_000]!);
    if (at % 7 === 0 && at < 1_000) all.make(1, true);
    if (at === 2_000) all.add(made[3]!);
  }
  expect(seen).toEqual(expected);
  expect(ownWalk.next().done).toBe(true);
});
