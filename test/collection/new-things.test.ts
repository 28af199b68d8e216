/** What becomes stored, and what does not because of an error, half-way. */
import { expect, test } from 'vitest';
import { wrongCounts } from '../../src/check/dump.ts';
import { setup } from '../engine/setup.ts';

test('what was found to be new, but was not stored for an error, can be stored later', () => {
  const s = setup();
  s.query("y = {}; deep = []; for (i in range(1100)) deep = [deep]; x = {y: y, deep: deep}; error = try(.x = x).msg(); .error = error; .y = y; .list = [y]; nil;");
  expect(s.same('[.keys(), .error, .y.id(), .list[0].id()];')).toEqual([['error', 'y', 'list'], 'value is nested too deep to be stored', 2, 2]);
  for (const { system } of [s.engine, s.replica]) expect(wrongCounts(system.collectionsByName.get('stuff')!)).toEqual([]);
});
