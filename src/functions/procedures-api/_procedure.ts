/** What the functions about procedures share. Procedures live in collections and in `@thingsdb`. */
import type { Procedure } from '../../collection/collection.ts';
import type { EventKind } from '../../collection/event.ts';
import type { ProcedureTarget } from '../../collection/procedure-events.ts';
import { assert } from '../../errors/assert.ts';
import { lookupErr, valueErr } from '../../errors/query-error.ts';
import { procedures as msg } from '../../errors/messages/admin.ts';
import type { Query } from '../../evaluator/query.ts';
import { closureText } from '../../evaluator/text.ts';
import { docText } from '../../../grammar/text.ts';
import { PRIVILEGE } from '../../system/access.ts';
import { isName } from '../../values/shape.ts';
import { compareStr } from '../../values/str.ts';
import type { Closure } from '../../values/value.ts';
import type { Writer } from '../../wire/msgpack.ts';

/** The procedures of the scope; a function that asks for them exists in scopes that have some. */
export function proceduresOf(q: Query): Map<string, Procedure> {
  const procedures = q.procedures();
  assert(procedures !== null, 'the function exists in scopes with procedures only');
  return procedures;
}

export function sortedProcedures(q: Query): Procedure[] {
  return [...proceduresOf(q).values()].sort((a, b) => compareStr(a.name, b.name));
}

/** Does what an event says to the procedures of the scope, and records it. */
export function change<F extends EventKind['fields']>(
  q: Query, kind: EventKind<ProcedureTarget, F>, args: Parameters<EventKind<ProcedureTarget, F>['run']>[1],
): void {
  assert(q.change !== null, 'the name of such a function makes the query a change');
  q.change.do(kind, q.replica ?? q.system.replica, args);
}

export function procedureNamed(q: Query, name: string): Procedure {
  assertProcedureName(name);
  const procedure = proceduresOf(q).get(name);
  if (procedure === undefined) throw lookupErr(msg.notFound(name));
  return procedure;
}

export function assertProcedureName(name: string): void {
  if (!isName(name)) throw valueErr(msg.naming(), 'overview/names');
}

export function assertNewProcedureName(q: Query, name: string): void {
  assertProcedureName(name);
  if (proceduresOf(q).has(name)) throw lookupErr(msg.exists(name));
}

export function docOf(q: Query, closure: Closure): string {
  q.codeOf(closure); // reads the tree, should it not be there yet
  return docText(closure.node!);
}

export function packProcedure(w: Writer, q: Query, { name, closure, createdAt }: Procedure): void {
  const mayChange = (q.rightsOn(q.access()) & PRIVILEGE.CHANGE) !== 0;
  w.map(mayChange ? 6 : 5);
  w.str('doc');
  w.str(docOf(q, closure));
  w.str('name');
  w.str(name);
  w.str('created_at');
  w.int(createdAt);
  packClosureFacts(w, q, closure, mayChange);
}

/** What is told of a closure under its name, of a method too: `definition` is for those who may change it. */
export function packClosureFacts(w: Writer, q: Query, closure: Closure, withDefinition: boolean): void {
  if (withDefinition) {
    w.str('definition');
    w.str(closureText(q, closure));
  }
  w.str('with_side_effects');
  w.bool(q.hasSideEffects(closure));
  w.str('arguments');
  const { params } = closure.node!;
  w.array(params.length);
  for (const param of params) w.str(param.name);
}
