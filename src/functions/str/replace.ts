import { overflowErr, typeErr, valueErr } from '../../errors/query-error.ts';
import { call as callMsg } from '../../errors/messages/call.ts';
import { numbers } from '../../errors/messages/numbers.ts';
import { scalars as msg } from '../../errors/messages/scalars.ts';
import type { Query } from '../../evaluator/query.ts';
import { INT_MIN } from '../../values/int.ts';
import { matches } from '../../values/regex.ts';
import { byteLength, canonical } from '../../values/str.ts';
import { Regex, typeName, type Closure, type Value } from '../../values/value.ts';
import { groupsTaken, regexBudget } from '../regex/_search.ts';
import { builtin } from '../builtin.ts';
import { places, placesFromRight, searchIn } from './_search.ts';

const DOCS = 'data-types/str/replace';

/**
 * `replace(old, new)`, `replace(old, new, n)`: n times at most, counted from the right when it is negative. New may
 * be a closure, which gets the start and the end (in bytes) and the whole text; of a regular expression its groups
 * and the match before these. A str is taken as it is: no `$1`.
 */
export default builtin({
  name: 'replace', on: 'str', args: ['str|regex', 'str|closure', 'int?'], change: 'never',
  // ThingsDB counts one too few for the third.
  typeMessage: (n, got) => (n === 2 ? callMsg.argType('replace', 2, '`int`', got) : null),
  run: (q, self, old, by, n) => {
    if (n === 0) return self;
    if (n === INT_MIN) throw overflowErr(numbers.overflow());
    if (old instanceof Regex) {
      if (n !== undefined && n < 0) throw valueErr(msg.backwardReplace(), DOCS);
      return replaceRegex(q, self, old, by, Number(n ?? Infinity));
    }
    if (old === '') throw valueErr(msg.replaceEmpty());
    return replaceStr(q, self, old, by, Number(n ?? Infinity));
  },
});

function replaceStr(q: Query, self: string, old: string, by: string | Closure, n: number): string {
  const search = searchIn(self, old);
  const out = new Output(q, self, by);
  // Counted from the right, ThingsDB tells a closure positions that are too large by the length of what is replaced.
  const shift = n < 0 ? byteLength(old) : 0;
  let from = 0;
  for (const at of n < 0 ? placesFromRight(search, -n) : places(search, n)) {
    const between = search.subject.slice(from, at);
    from = at + search.sought.length;
    out.keep(search.text(between), search.bytes ? between.length : -1);
    out.replace(old, [], shift);
  }
  out.keep(search.text(search.subject.slice(from)), 0);
  return out.end();
}

function replaceRegex(q: Query, self: string, old: Regex, by: string | Closure, n: number): string {
  const out = new Output(q, self, by);
  let from = 0;
  for (const match of matches(old, self, regexBudget(q), n)) {
    out.keep(self.slice(from, match.start), -1);
    out.replace(match.text, [...groupsTaken(match.groups), match.text]);
    from = match.end;
  }
  out.keep(self.slice(from), 0);
  return out.end();
}

/** The text that comes about, and where in the old one it has come to, in bytes. */
class Output {
  private readonly q: Query;
  private readonly self: string;
  private readonly by: string | Closure;
  private readonly parts: string[] = [];
  private units = 0;
  private position = 0;

  constructor(q: Query, self: string, by: string | Closure) {
    this.q = q;
    this.self = self;
    this.by = by;
  }

  /** A part that stays; `bytes` -1: to be counted, where it matters. */
  keep(part: string, bytes: number): void {
    this.add(part);
    if (typeof this.by !== 'string') this.position += bytes < 0 ? byteLength(part) : bytes;
  }

  /** A part that goes; `args` come before the positions when a closure is asked. */
  replace(part: string, args: readonly Value[], shift = 0): void {
    const { q, by } = this;
    if (typeof by === 'string') {
      q.step();
      this.add(by);
      return;
    }
    const start = this.position;
    this.position += byteLength(part);
    const answer = q.call(by, [...args, start + shift, this.position + shift, this.self]);
    if (typeof answer !== 'string') throw typeErr(msg.replaceCallback(typeName(answer)), DOCS);
    this.add(answer);
  }

  end(): string {
    return canonical(this.parts.join(''));
  }

  private add(part: string): void {
    this.units += part.length;
    this.q.assertBytes(this.units);
    if (part !== '') this.parts.push(part);
  }
}
