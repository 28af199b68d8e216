/** Events that collections and `@thingsdb` have in common: of procedures, and of the history of commits. */
import { assert } from '../errors/assert.ts';
import { Closure } from '../values/value.ts';
import type { Commit, Procedure } from './collection.ts';
import { eventKind, type Target } from './event.ts';

/** What has procedures and a history: a collection, or `@thingsdb`. */
export interface ProcedureTarget extends Target {
  readonly procedures: Map<string, Procedure>;
  /** What keeps the history. */
  readonly historian: { history: Commit[] | null };
}

/** Also gives a procedure that exists another closure. */
export const setProcedure = eventKind(20, 'new_procedure', { name: 'str', closure: 'value', createdAt: 'int' },
  (to: ProcedureTarget, { name, closure, createdAt }) => {
    assert(closure instanceof Closure, 'a procedure is a closure');
    to.procedures.set(name, { name, closure, createdAt });
  });

export const delProcedure = eventKind(21, 'del_procedure', { name: 'str' }, (to: ProcedureTarget, { name }) => {
  to.procedures.delete(name);
});

export const renProcedure = eventKind(22, 'rename_procedure', { name: 'str', to: 'str' }, (target: ProcedureTarget, { name, to }) => {
  const procedure = target.procedures.get(name);
  assert(procedure !== undefined, 'a procedure that is renamed exists');
  target.procedures.delete(name);
  procedure.name = to;
  target.procedures.set(to, procedure);
});

/** The history may have been switched off by the same query. */
export const newCommit = eventKind(25, 'commit', { id: 'int', createdAt: 'int', by: 'str', message: 'str', code: 'str', error: 'str?' },
  ({ historian }: ProcedureTarget, commit) => {
    historian.history?.push(commit);
  });

export const PROCEDURE_EVENTS = [setProcedure, delProcedure, renProcedure, newCommit] as const;
