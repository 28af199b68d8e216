import { typeErr, valueErr } from '../../errors/query-error.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import { deepOf } from '../../values/deep.ts';
import { makeThing } from '../../values/raw.ts';
import { eachProperty } from '../../values/shape.ts';
import { List, TAG, Thing, isInt, typeName, type Member, type ThingSet, type Value, type Wrap } from '../../values/value.ts';
import type { Query } from '../../evaluator/query.ts';
import { builtin } from '../builtin.ts';

const DOCS = 'data-types/thing/search';
const LIMIT_MAX = 255;

/** Where a thing is referred to, below this one: first found, first listed. */
export default builtin({
  name: 'search', on: 'thing', args: ['thing', 'thing?'], change: 'never',
  run: (q, self, target, options) => {
    let deep = 1;
    let limit = 1;
    if (options !== undefined) {
      eachProperty(options, (name, value) => {
        if (name === 'deep') deep = deepOf(value);
        else if (name === 'limit') limit = limitOf(value);
        else throw valueErr(msg.searchOption(name), DOCS);
      });
    }
    const search = new Search(q, target, limit);
    search.thing(self, deep);
    return new List(search.found);
  },
});

function limitOf(value: Value): number {
  if (!isInt(value)) throw typeErr(msg.limitType(typeName(value)), DOCS);
  if (value < 0 || value > LIMIT_MAX) throw valueErr(msg.limitRange(String(value)));
  return Number(value);
}

class Search {
  readonly found: Thing[];
  private readonly q: Query;
  private readonly target: Thing;
  private readonly limit: number;
  /** The things that are being looked through below the first, so that rings end. */
  private readonly open: Set<Thing>;

  constructor(q: Query, target: Thing, limit: number) {
    this.found = [];
    this.q = q;
    this.target = target;
    this.limit = limit;
    this.open = new Set();
  }

  thing(parent: Thing, deep: number): void {
    if (deep === 0) return;
    this.q.spend(1 + parent.count);
    eachProperty(parent, (key, value) => this.value(parent, key, value, value, deep));
  }

  /** Wraps and members stand for their things. */
  private value(parent: Thing, key: string, held: Value, holder: Value, deep: number): void {
    if (typeof held !== 'object' || held === null || this.found.length >= this.limit) return;
    const value = held.tag === TAG.wrap ? (held as Wrap).thing : held.tag === TAG.member ? (held as Member).value : held;
    if (typeof value !== 'object' || value === null) return;
    switch (value.tag) {
      case TAG.thing:
        if (value === this.target) this.found.push(this.place(parent, key, holder));
        else if (deep > 1 && !this.open.has(value as Thing)) {
          this.open.add(value as Thing);
          this.thing(value as Thing, deep - 1);
          this.open.delete(value as Thing);
        }
        return;
      case TAG.list:
      case TAG.tuple:
        for (const item of (value as List).items) if (typeof item === 'object') this.value(parent, key, item, value, deep);
        return;
      case TAG.set:
        for (const item of (value as ThingSet).things) this.value(parent, key, item, value, deep);
    }
  }

  private place(parent: Thing, key: string, holder: Value): Thing {
    return makeThing([['parent', parent], ['parent_type', typeName(parent)], ['key', key], ['key_type', holder instanceof Thing ? 'thing' : typeName(holder)]]);
  }
}
