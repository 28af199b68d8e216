import { setProperty } from '../../collection/mutate.ts';
import { copyValue } from '../../collection/schema-ops.ts';
import { redefineField, setMethod } from '../../collection/schema-events.ts';
import { lookupErr, numArgumentsErr, operationErr, typeErr, type QueryError } from '../../errors/query-error.ts';
import { change as changeMsg } from '../../errors/messages/change.ts';
import { mod as msg } from '../../errors/messages/types.ts';
import { bindClosures } from '../../evaluator/anonymous.ts';
import { defaultOf } from '../../evaluator/instance.ts';
import { allInstances } from '../../evaluator/held.ts';
import type { Query } from '../../evaluator/query.ts';
import { checkDependencies, declaredAs, readEntry, selfReferences } from '../../values/definition.ts';
import { accept } from '../../collection/fit.ts';
import { getProperty } from '../../values/raw.ts';
import { Spec } from '../../values/spec.ts';
import { specProblem } from '../../values/spec-check.ts';
import { COMPAT, compatible } from '../../values/spec-compat.ts';
import type { Field, Type } from '../../values/type.ts';
import { Closure, type Thing, type Value } from '../../values/value.ts';
import { caught } from './_caught.ts';
import { isDefinition } from './_mod_type_add.ts';
import { apply, definitionOf, stamp, unlocked } from './_schema.ts';
import type { Task } from './_task.ts';

/** `mod_type(T, 'mod', name, definition, closure)`: another definition of a field, or another method. */
export function modInType(task: Task<Type>): void {
  const { q, target: type } = task;
  const name = task.member();
  task.takes(4, 5);
  if (!type.has(name)) throw lookupErr(changeMsg.typeNoPropertyOrMethod(type.name, name));
  if (type.idName === name) throw typeErr(msg.modId());
  const field = type.field(name);
  if (field !== null && field.relation !== null) throw typeErr(msg.modRelation(type.name, name));
  const definition = task.arg(4);
  if (!isDefinition(definition)) task.wrongType(4, '`str` or type `closure`', definition);
  bindClosures(q, definition);
  readEntry(q.theCollection(), type, name, definition, {
    id: () => {
      throw typeErr(field === null ? msg.methodToId() : msg.propertyToId());
    },
    method: (_name, closure) => {
      if (field !== null) throw typeErr(msg.propertyToMethod(), task.docs);
      if (task.count > 4) throw numArgumentsErr(msg.modMethodCount(), task.docs);
      apply(q, setMethod, { type: type.id, name, closure, replace: true });
    },
    field: (_name, spec) => {
      if (field === null) throw typeErr(msg.methodToProperty(), task.docs);
      if (type.wrapOnly && task.count > 4) throw numArgumentsErr(msg.modWrapOnlyCount(), task.docs);
      redefine(task, field, spec);
    },
  });
}

function redefine(task: Task<Type>, field: Field, spec: Spec): void {
  const { q, target: type } = task;
  const references = selfReferences(type) - (field.spec.names === type ? 1 : 0) + (spec.names === type ? 1 : 0);
  unlocked(type, () => checkDependencies(type, field.name, spec, references));
  const closure = task.count > 4 ? task.closure(5) : null;
  if (closure === null) {
    // Without instances there are no values that could not fit.
    if (!type.wrapOnly) assertCompatible(field, spec, task.docs);
    apply(q, redefineField, { type: type.id, field: definitionOf(field.name, declaredAs(spec)), at: stamp(q) });
  } else migrate(task, field, spec, closure);
}

function assertCompatible({ name, spec: old, type }: Field, spec: Spec, docs: string): void {
  const c = compatible(old, spec);
  if (c === COMPAT.nillable) throw operationErr(msg.wasNillable(spec.text, name, type.name), docs);
  if (c === COMPAT.no) throw operationErr(msg.notCompatible(spec.text, name, type.name, old.text), docs);
}

/**
 * The field takes anything while the closure is called with each instance; it answers the new value, or nil to
 * keep the old one. Where that does not fit the default is taken. The new definition holds in any case: what
 * went wrong is said at the end.
 */
function migrate({ q, target: type }: Task<Type>, field: Field, spec: Spec, closure: Closure): void {
  const { name } = field;
  const fallback = defaultOf(q, spec);
  apply(q, redefineField, { type: type.id, field: definitionOf(name, 'any'), at: 0 });
  let failed: string | null = null;
  try {
    for (const thing of allInstances(q, type)) {
      const problem = migrateOne(q, thing, field, spec, closure, fallback);
      failed ??= problem;
    }
  } finally {
    // Whatever the closure made, or changed after its turn, and all that is left when the query's budget is used up.
    for (const thing of allInstances(q, type)) {
      const problem = specProblem(type, name, spec, getProperty(thing, name)!);
      if (problem === null) continue;
      failed ??= msg.modOthers(name, type.name, problem.message);
      put(q, thing, name, copyValue(fallback));
    }
    apply(q, redefineField, { type: type.id, field: definitionOf(name, declaredAs(spec)), at: stamp(q) });
  }
  if (failed !== null) throw operationErr(failed);
}

/** Gives what went wrong. */
function migrateOne(q: Query, thing: Thing, { name, type }: Field, spec: Spec, closure: Closure, fallback: Value): string | null {
  const before = getProperty(thing, name)!;
  let answer: Value = null;
  let error: QueryError | null = null;
  try {
    answer = q.call(closure, [thing]);
    if (answer !== null) error = specProblem(type, name, spec, answer);
  } catch (e) {
    error = caught(q, e);
  }
  if (error === null && answer !== null) {
    put(q, thing, name, accept(q, spec, answer, false));
    return null;
  }
  const kept = error === null ? getProperty(thing, name)! : before;
  const problem = specProblem(type, name, spec, kept);
  put(q, thing, name, problem === null ? accept(q, spec, kept, true) : copyValue(fallback));
  if (error !== null) return msg.modErrors(name, type.name, error.text(q.docsUrl));
  return problem === null ? null : msg.modKeep(name, type.name, problem.message);
}

function put(q: Query, thing: Thing, name: string, value: Value): void {
  if (getProperty(thing, name) !== value) setProperty(q, thing, name, value, true);
}
