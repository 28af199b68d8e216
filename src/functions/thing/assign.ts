import { lookupErr, typeErr } from '../../errors/query-error.ts';
import { change as changeMsg, shownProperty } from '../../errors/messages/change.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import { setProperty } from '../../collection/mutate.ts';
import { eachProperty } from '../../values/shape.ts';
import type { Thing, Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

/** Copies the properties of another thing. Where a type or a restriction rules, all are checked before any is set. */
export default builtin({
  name: 'assign', on: 'thing', args: ['thing'], change: 'collection', freeUnderNse: true, mutates: true,
  run: (q, self, other) => {
    const entries: [string, Value][] = [];
    eachProperty(other, (key, value) => entries.push([key, value]));
    q.spend(entries.length);
    if (self.type !== null) assertAssignable(self, other, entries);
    if (self.type !== null || self.spec !== null) {
      for (const [key, value] of entries) q.fitProperty(self, self.shape.find(key), key, value, false);
    }
    for (const [key, value] of entries) setProperty(q, self, key, value);
    return self;
  },
});

function assertAssignable(self: Thing, other: Thing, entries: readonly [string, Value][]): void {
  const type = self.type!;
  if (other.type !== null && other.type !== type) throw typeErr(msg.assignFrom(type.name, other.type.name), 'data-types/thing/assign');
  for (const [key] of entries) {
    const field = type.field(key);
    if (field === null) throw lookupErr(changeMsg.typeNoProperty(type.name, shownProperty(key)));
    if (field.relation !== null) throw typeErr(msg.assignRelation(key), 'data-types/thing/assign');
  }
}
