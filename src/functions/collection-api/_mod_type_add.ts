import { setProperty, store } from '../../collection/mutate.ts';
import { addField, setIdName, setMethod } from '../../collection/schema-events.ts';
import { addValue, copyValue } from '../../collection/schema-ops.ts';
import { lookupErr, numArgumentsErr, operationErr, type QueryError } from '../../errors/query-error.ts';
import { mod as msg, types as typeMsg } from '../../errors/messages/types.ts';
import { defaultOf } from '../../evaluator/instance.ts';
import { looseInstances } from '../../evaluator/held.ts';
import { checkDependencies, declaredAs, readEntry, selfReferences } from '../../values/definition.ts';
import { accept } from '../../collection/fit.ts';
import type { Spec } from '../../values/spec.ts';
import { specProblem } from '../../values/spec-check.ts';
import type { Type } from '../../values/type.ts';
import { Closure, List, Thing, type Value } from '../../values/value.ts';
import { bindClosures } from '../../evaluator/anonymous.ts';
import { caught } from './_caught.ts';
import { apply, definitionOf, stamp, unlocked } from './_schema.ts';
import type { Task } from './_task.ts';

/** `mod_type(T, 'add', name, definition, value or closure)`: a field, a method or the name of the id. */
export function addToType(task: Task<Type>): void {
  const { q, target: type } = task;
  const name = task.member();
  task.takes(4, 5);
  if (type.has(name)) throw lookupErr(msg.exists(name, type.name));
  const definition = task.arg(4);
  if (!isDefinition(definition)) task.wrongType(4, '`str` or type `closure`', definition);
  bindClosures(q, definition);
  readEntry(q.theCollection(), type, name, definition, {
    id: () => {
      if (task.count > 4) throw numArgumentsErr(msg.addIdCount(), task.docs);
      if (type.idName !== null) throw lookupErr(typeMsg.multipleIds(type.name));
      apply(q, setIdName, { type: type.id, name, at: stamp(q) });
    },
    method: (_name, closure) => {
      if (task.count > 4) throw numArgumentsErr(msg.addMethodCount(), task.docs);
      apply(q, setMethod, { type: type.id, name, closure, replace: false });
    },
    field: (_name, spec) => addFieldTo(task, name, spec),
  });
}

export function isDefinition(value: Value): boolean {
  return typeof value === 'string' || value instanceof Closure || value instanceof Thing || value instanceof List;
}

/** All instances get one value, the given or the default one; a closure then gives each a value of its own. */
function addFieldTo(task: Task<Type>, name: string, spec: Spec): void {
  const { q, target: type } = task;
  if (type.wrapOnly && task.count > 4) throw numArgumentsErr(msg.addWrapOnlyCount(), task.docs);
  unlocked(type, () => checkDependencies(type, name, spec, selfReferences(type) + (spec.names === type ? 1 : 0)));
  const given = task.count > 4 ? task.arg(5) : undefined;
  let value: Value;
  if (given === undefined || given instanceof Closure) value = type.wrapOnly ? null : defaultOf(q, spec);
  else {
    const problem = specProblem(type, name, spec, given);
    if (problem !== null) throw problem;
    value = accept(q, spec, given, false);
  }
  const stored = [...type.instances];
  const loose = looseInstances(q, type);
  if (stored.length > 0) store(q, value);
  apply(q, addField, { type: type.id, field: definitionOf(name, declaredAs(spec)), value: stored.length > 0 ? value : null, at: stamp(q) });
  for (const thing of loose) addValue(thing, type, copyValue(value));
  if (given instanceof Closure) fillEach(task, name, given, [...stored, ...loose]);
}

/** What the closure answers for each instance; nil, and an error, keep the default. */
function fillEach({ q, target: type }: Task<Type>, name: string, closure: Closure, instances: readonly Thing[]): void {
  let first: QueryError | null = null;
  for (const thing of instances) {
    try {
      const value = q.call(closure, [thing]);
      if (value !== null) setProperty(q, thing, name, value);
    } catch (e) {
      const error = caught(q, e);
      first ??= error;
    }
  }
  if (first !== null) throw operationErr(msg.addErrors(name, type.name, first.text(q.docsUrl)));
}
