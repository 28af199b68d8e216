import { lookupErr, maxQuotaErr, operationErr } from '../../errors/query-error.ts';
import { enums as enumMsg } from '../../errors/messages/enums.ts';
import { types as msg } from '../../errors/messages/types.ts';
import { addFields, delType, newType, setIdName, setMethod, setTypeFlags } from '../../collection/schema-events.ts';
import { bindClosures } from '../../evaluator/anonymous.ts';
import { allInstances } from '../../evaluator/held.ts';
import type { Query } from '../../evaluator/query.ts';
import { checkDependencies, declaredAs, readDefinition, selfReferences } from '../../values/definition.ts';
import { emptyShape } from '../../values/shape.ts';
import type { Spec } from '../../values/spec.ts';
import { TYPE_FLAG, type Type } from '../../values/type.ts';
import { Thing } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { TYPES_MAX, apply, assertNotReserved, assertUnlocked, assertValidName, stamp } from './_schema.ts';
import { flagsGiven } from './_type_flags.ts';

/**
 * Gives a type its fields; makes the type when there is none. The type exists, wrap-only and in use, while the
 * definition is evaluated. When that fails a new type is gone again; one that was there keeps its methods and id.
 */
export default builtin({
  name: 'set_type', args: ['str', 'lazy:thing', 'lazy?', 'lazy:bool?'], change: 'collection', scope: 'collection', needsCommit: true,
  run: (q, name, definition, flags, hideId) => {
    assertNotReserved(name);
    const collection = q.theCollection();
    if (collection.enums.has(name)) throw lookupErr(enumMsg.exists(name));
    assertValidName('set_type', 1, 'type', name);
    const known = collection.types.get(name);
    if (known !== undefined) assertNew(known);
    else {
      if (collection.types.size >= TYPES_MAX) throw maxQuotaErr(msg.tooMany());
      apply(q, newType, { type: collection.nextTypeId, name, flags: TYPE_FLAG.wrapOnly, at: stamp(q) });
    }
    const type = collection.types.get(name)!;
    const before = known === undefined ? 0 : type.flags;
    try {
      type.locks++;
      let fields: Thing;
      let flagsAfter: number;
      try {
        fields = definition();
        flagsAfter = flagsGiven('set_type', 3, before, flags, hideId);
      } finally {
        type.locks--;
      }
      // The arguments may have made some.
      if (known !== undefined) assertNoInstances(q, known);
      if (flagsAfter !== type.flags) apply(q, setTypeFlags, { type: type.id, flags: flagsAfter, at: 0 });
      define(q, type, fields, known === undefined ? 0 : stamp(q));
    } catch (e) {
      if (known === undefined) apply(q, delType, { type: type.id });
      else if (type.flags !== before) apply(q, setTypeFlags, { type: type.id, flags: before, at: 0 });
      throw e;
    }
    return null;
  },
});

function assertNew(type: Type): void {
  assertUnlocked(type);
  if (type.fields.length > 0) throw operationErr(msg.onlyNew(), 'collection-api/mod_type');
}

function assertNoInstances(q: Query, type: Type): void {
  const instances = allInstances(q, type).length;
  if (instances > 0) throw operationErr(msg.activeInstances(type.name, instances), 'collection-api/set_type');
}

function define(q: Query, type: Type, definition: Thing, at: number): void {
  bindClosures(q, definition);
  const fields = new Thing(emptyShape());
  let references = selfReferences(type);
  readDefinition(q.theCollection(), type, definition, {
    id: name => {
      if (type.idName !== null) throw lookupErr(msg.multipleIds(type.name));
      apply(q, setIdName, { type: type.id, name, at: 0 });
    },
    method: (name, closure) => apply(q, setMethod, { type: type.id, name, closure, replace: false }),
    field: (name: string, spec: Spec) => {
      if (spec.names === type) references++;
      checkDependencies(type, name, spec, references);
      fields.append(name, declaredAs(spec));
    },
  });
  apply(q, addFields, { type: type.id, fields, at });
}
