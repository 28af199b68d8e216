/** Errors of queries as the library throws them. */
import { caret, locate, type Place } from '../errors/locate.ts';
import { errorName } from '../errors/codes.ts';

/**
 * A query failed. `name` and `code` are ThingsDB's (`lookup_err`, -54); `message` is its text.
 */
export class ThingscopeError extends Error {
  /** Number of the error: -54. */
  readonly code: number;
  /** What was probably meant: the nearest name that exists; '' when there is nothing to say. */
  readonly hint: string;
  /** Page of the documentation: `data-types/list/push`; '' when there is none. */
  readonly docs: string;
  /** Where it went wrong, in the query or in the text of a closure that it called; null when that is not known. */
  readonly place: Place | null;
  /** With `request_cancel_err`: what was asked is done, and only its answer is lost. When false that is not known. */
  readonly done: boolean;
  private readonly source: string;
  private readonly offset: number;

  constructor(error: { code: number; message: string; hint?: string; docs?: string; pos?: number; source?: string; done?: boolean }, query: string) {
    super(error.message);
    this.name = errorName(error.code);
    this.code = error.code;
    this.hint = error.hint ?? '';
    this.docs = error.docs ?? '';
    this.done = error.done ?? false;
    this.offset = error.pos ?? -1;
    this.source = error.source || query;
    this.place = this.offset < 0 ? null : locate(this.source, this.offset);
  }

  /** Several lines for people: the text, the line of the query with a caret under the place, the hint. */
  explain(): string {
    const lines = [`${this.name} (${this.code}): ${this.message}`];
    if (this.offset >= 0) lines.push(caret(this.source, this.offset));
    if (this.hint !== '') lines.push(`did you mean \`${this.hint}\`?`);
    return lines.join('\n');
  }
}
