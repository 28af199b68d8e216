/** What becomes stored, and what does not because of an error, half-way. */
import { expect, test } from 'vitest';
import { wrongCounts } from '../../src/check/dump.ts';
import { Change } from '../../src/collection/event.ts';
import { newThing, recordNew } from '../../src/collection/events.ts';
import { setup } from '../engine/setup.ts';

test('what was found to be new, but was not stored for an error, can be stored later', () => {
  const s = setup();
  s.query("y = {}; deep = []; for (i in range(1100)) deep = [deep]; x = {y: y, deep: deep}; error = try(.x = x).msg(); .error = error; .y = y; .list = [y]; nil;");
  expect(s.same('[.keys(), .error, .y.id(), .list[0].id()];')).toEqual([['error', 'y', 'list'], 'value is nested too deep to be stored', 2, 2]);
  for (const { system } of [s.engine, s.replica]) expect(wrongCounts(system.collectionsByName.get('stuff')!)).toEqual([]);
});

test('a new thing is recorded as the fields of its event say', () => {
  const s = setup();
  s.query(`
    set_type('T', {name: 'str', tags: '[str]', next: 'T?', size: 'float'});
    .plain = {id: 7, name: 'x', big: 5000000000, minus: -3, yes: true, no: false, none: nil, half: 0.5, long: '${'y'.repeat(40)}', more: 'né', list: [1, [2]], set: set({})};
    .typed = T{name: 'n', tags: ['a'], next: T{}};
    .restricted = {a: 1}.restrict('int'); .any = {a: 1}.restrict('any');
    .dict = {}; .dict['b c'] = 1; .dict['a'] = 2; .own = {x: 1, y: 2, z: 3}; .own.del('x'); .empty = {}; .many = {}; range(40).each(|i| .many.set(\`k{i}\`, i)); nil;`);
  const { things } = s.engine.system.collectionsByName.get('stuff')!;
  expect(things.size).toBe(11);
  for (const thing of things.values()) {
    const { type, spec, shape } = thing;
    const [ours, plain] = [new Change(1, 1), new Change(1, 1)];
    recordNew(ours, thing);
    plain.record(newThing, {
      thing, type: type?.id ?? -1, restrict: spec === null || spec.isVoid ? null : spec.text, dict: shape.dict, keys: type === null ? shape.keys : [], values: thing.toValues(),
    });
    expect(ours.bytes()).toEqual(plain.bytes());
    expect(ours.count).toBe(1);
  }
});
