import { wrapEntries } from '../../evaluator/wraps.ts';
import type { Query } from '../../evaluator/query.ts';
import { deepOf } from '../../values/deep.ts';
import { makeThing } from '../../values/raw.ts';
import { List, Thing, ThingSet, Wrap, type Value } from '../../values/value.ts';
import { within } from '../../wire/result.ts';
import { builtin } from '../builtin.ts';
import { copyOf } from '../thing/_copy.ts';

/** What the wrap shows, as a plain thing: methods are computed. */
export default builtin({
  name: 'copy', on: 'wrap', args: ['any?'], change: 'never',
  run: (q, self, deep) => {
    const n = deep === undefined ? 1 : deepOf(deep);
    return n === 0 ? self.thing : shown(q, self, n);
  },
});

function shown(q: Query, wrap: Wrap, deep: number): Thing {
  const properties: [string, Value][] = [];
  if (deep > 0) {
    q.step();
    wrapEntries(q, wrap, deep, 0, (key, value, deep, _flags, by) => properties.push([key, within(by, () => copyOfValue(q, value, deep))]));
  }
  return makeThing(properties);
}

function copyOfValue(q: Query, value: Value, deep: number, inList = false): Value {
  if (value instanceof Wrap) return shown(q, value, deep);
  // A list may hold wraps. What is copied is what a client would see, to whom a set is a list.
  if (value instanceof List) return new List(value.items.map(item => copyOfValue(q, item, deep, true)), inList);
  if (value instanceof ThingSet) return new List([...value.things].map(thing => copyOfValue(q, thing, deep, true)), inList);
  return value instanceof Thing ? copyOf(q, value, deep, false) : value;
}
