import { isInUse } from '../../collection/in-use.ts';
import { store } from '../../collection/mutate.ts';
import { toType } from '../../collection/schema-events.ts';
import { operationErr, typeErr, valueErr } from '../../errors/query-error.ts';
import { restrictions as msg, types as typeMsg } from '../../errors/messages/types.ts';
import { assertNotWrapOnly, defaultOf } from '../../evaluator/instance.ts';
import type { Query } from '../../evaluator/query.ts';
import { accept } from '../../collection/fit.ts';
import * as raw from '../../values/raw.ts';
import { eachProperty } from '../../values/shape.ts';
import { fieldProblem } from '../../values/spec-check.ts';
import { becomeTyped, type Type } from '../../values/type.ts';
import { List, TAG, ThingSet, type Thing, type Value } from '../../values/value.ts';
import { apply, typeNamed } from '../collection-api/_schema.ts';
import { builtin } from '../builtin.ts';

/** Makes a plain thing an instance: all its properties must be fields, missing ones get their default. */
export default builtin({
  name: 'to_type', on: 'thing', args: ['str'], change: 'collection', freeUnderNse: true, mutates: true, untypedOnly: true,
  run: (q, self, name) => {
    if (q.collection?.root === self && q.needsCommit() && q.commitMessage === null) throw operationErr(msg.rootCommit(), 'collection-api/commit');
    const type = typeNamed(q, name);
    assertNotWrapOnly(type);
    if (type.locks > 0) throw operationErr(typeMsg.locked(type.name));
    if (self.spec !== null && !self.spec.isVoid) throw valueErr(msg.convertRestricted());
    const values = valuesFor(q, self, type);
    if (self.id === 0) {
      raw.clearThing(self);
      becomeTyped(self, type, values);
      raw.ownValues(self);
    } else {
      for (const value of values) store(q, value);
      apply(q, toType, { thing: self, type: type.id, values });
    }
    return null;
  },
});

function valuesFor(q: Query, thing: Thing, type: Type): Value[] {
  const given = new Map<string, Value>();
  eachProperty(thing, (key, value) => {
    const field = type.field(key);
    if (field === null) throw typeErr(msg.convertNoProperty(type.name, key));
    if (field.relation !== null) throw typeErr(msg.convertRelation(key, type.name));
    if ((value instanceof List || value instanceof ThingSet) && isInUse(q, value)) throw operationErr(msg.convertInUse(key));
    const problem = fieldProblem(field, value);
    if (problem !== null) throw problem;
    given.set(key, value);
  });
  return type.fields.map(({ name, spec }) => {
    const value = given.get(name);
    if (value === undefined) return defaultOf(q, spec);
    // A list stays the same list, as does a set.
    return (value instanceof List && value.tag === TAG.list) || value instanceof ThingSet ? value : accept(q, spec, value, false);
  });
}
