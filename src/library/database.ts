/** What `open()` and `connect()` give: the same, whether the data is in this process or on a server. */
import type { Plain } from '../wire/plain.ts';
import type { AnyArgs, AnyName, DatabaseSchema, ProcedureArgs, ProcedureResult, Untyped } from './schema.ts';

/** Values that queries take as variables: what {@link Plain} has, and what converts to it without a doubt. */
export type Vars = Readonly<Record<string, unknown>>;

/** With a `Schema` (see `thingscope types`) only its procedures can be called, with their arguments. */
export interface Database<S extends DatabaseSchema = Untyped> {
  /**
   * Runs a query.
   *
   * @param scope `'//stuff'` (a collection), `'@thingsdb'`, `'@node'` or any other spelling that ThingsDB takes.
   * @param code The query.
   * @param vars Variables of the query by name.
   * @returns Its value: int → number (bigint beyond ±(2^53−1)), float → number, str → string, bytes → Uint8Array,
   *   list and set → array, thing → object with its id as `#`.
   * @throws {ThingscopeError} when the query fails. What it did before it failed stays.
   */
  query<T = Plain>(scope: string, code: string, vars?: Vars): Promise<T>;
  /** Runs a query on the default scope. */
  query<T = Plain>(code: string): Promise<T>;
  /** Runs a query on the default scope, with the values of a template as its variables: ``db.query`.n += ${step}` ``. */
  query<T = Plain>(template: TemplateStringsArray, ...values: unknown[]): Promise<T>;
  /** Calls a procedure, with arguments by position or by name. */
  run<T = Plain>(scope: string, procedure: AnyName<S>, ...args: AnyArgs<S>): Promise<T>;
  run<N extends keyof S['procedures'] & string>(scope: string, procedure: N, ...args: ProcedureArgs<S['procedures'][N]>): Promise<ProcedureResult<S['procedures'][N]>>;
  close(): Promise<void>;
}
