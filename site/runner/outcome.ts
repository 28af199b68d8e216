/** What the worker tells of a query: plain data, since it crosses from the worker to the page. */
import type { ChangeRecord } from '../../src/core.ts';

export interface Mistake {
  /** `lookup_err`. */
  readonly name: string;
  /** -54. */
  readonly code: number;
  readonly message: string;
  /** Nearest name that exists; '' when there is nothing to say. */
  readonly hint: string;
  /** Page of the documentation: `data-types/list/push`; '' when there is none. */
  readonly docs: string;
  /** Offset in the query; -1 when the place is not in it. */
  readonly offset: number;
  /** The line with a caret under the place; '' when the place is not known. */
  readonly caret: string;
}

export type Outcome = {
  /** What the query changed, also when it failed half-way. */
  readonly changes: readonly ChangeRecord[];
  /** What `log()` said. */
  readonly warnings: readonly string[];
  readonly milliseconds: number;
} & ({ readonly json: string } | { readonly mistake: Mistake } | { readonly stopped: string });
