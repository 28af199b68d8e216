/**
 * A mistake in a query, or one that its data brought about: what a client receives as an error package.
 *
 * A plain class, not an `Error`: a user's mistake needs no JavaScript stack, and making one costs several
 * microseconds, which `try` in a loop would pay every time. The library wraps it in a real `Error`
 * (`ThingscopeError`) at its edge. Mistakes of our own are `assert`ed instead.
 */
import { ERR, errorName } from './codes.ts';

export class QueryError {
  readonly code: number;
  readonly message: string;
  /** Offset in `source` (UTF-16 units); -1 while unknown. Set once, nearest to the mistake. */
  pos: number;
  /** The text that `pos` refers to: that of a closure which the query called; '' is the query itself. */
  source: string;
  /** Page of the documentation, as `data-types/list/push`; '' when there is none. */
  readonly docs: string;
  /** The end of `message` that follows the address of the page, where ThingsDB has it so: ` (in argument …)`. */
  tail: string;
  /** What the user may have meant: the nearest name that exists. '' when there is none. */
  readonly hint: string;
  /** Whether what was asked is done all the same, and only the answer is missing. */
  done: boolean;

  constructor(code: number, message: string, docs = '', hint = '', pos = -1) {
    this.code = code;
    this.message = message;
    this.pos = pos;
    this.source = '';
    this.tail = '';
    this.docs = docs;
    this.hint = hint;
    this.done = false;
  }

  /** `lookup_err`, `type_err`, … */
  get name(): string {
    return errorName(this.code);
  }

  /** The text that a client sees: with `base` set it ends as ThingsDB's do, with the address of the page. */
  text(base = ''): string {
    if (base === '' || this.docs === '') return this.message;
    const { message, tail, docs } = this;
    return `${message.slice(0, message.length - tail.length)}; see ${base}/${docs}${tail}`;
  }

  toString(): string {
    return `${this.name}: ${this.message}`;
  }
}

export const assertErr = (message: string, docs = ''): QueryError => new QueryError(ERR.assert, message, docs);
export const nodeErr = (message: string, docs = ''): QueryError => new QueryError(ERR.node, message, docs);
export const cancelErr = (message: string): QueryError => new QueryError(ERR.requestCancel, message);
/** For what is done, but cannot be answered. */
export const doneErr = (message: string): QueryError => {
  const error = cancelErr(message);
  error.done = true;
  return error;
};
export const badDataErr = (message: string, docs = ''): QueryError => new QueryError(ERR.badData, message, docs);
export const lookupErr = (message: string, docs = '', hint = ''): QueryError => new QueryError(ERR.lookup, message, docs, hint);
export const forbiddenErr = (message: string, docs = ''): QueryError => new QueryError(ERR.forbidden, message, docs);
export const authErr = (message: string, docs = ''): QueryError => new QueryError(ERR.auth, message, docs);
export const maxQuotaErr = (message: string, docs = ''): QueryError => new QueryError(ERR.maxQuota, message, docs);
export const zeroDivErr = (message: string, docs = ''): QueryError => new QueryError(ERR.zeroDiv, message, docs);
export const overflowErr = (message: string, docs = ''): QueryError => new QueryError(ERR.overflow, message, docs);
export const valueErr = (message: string, docs = ''): QueryError => new QueryError(ERR.value, message, docs);
export const typeErr = (message: string, docs = ''): QueryError => new QueryError(ERR.type, message, docs);
export const numArgumentsErr = (message: string, docs = ''): QueryError => new QueryError(ERR.numArguments, message, docs);
export const operationErr = (message: string, docs = ''): QueryError => new QueryError(ERR.operation, message, docs);
