import { overflowErr, typeErr, valueErr } from '../../errors/query-error.ts';
import { call as callMsg } from '../../errors/messages/call.ts';
import { numbers } from '../../errors/messages/numbers.ts';
import { scalars as msg } from '../../errors/messages/scalars.ts';
import type { Query } from '../../evaluator/query.ts';
import { INT_MIN } from '../../values/int.ts';
import { matches, type Match } from '../../values/regex.ts';
import { byteLength, canonical, isAscii } from '../../values/str.ts';
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
    out.keep(search.text(search.subject.slice(from, at)));
    out.replace(old, null, shift);
    from = at + search.sought.length;
  }
  out.keep(search.text(search.subject.slice(from)));
  return out.end();
}

function replaceRegex(q: Query, self: string, old: Regex, by: string | Closure, n: number): string {
  const out = new Output(q, self, by);
  let from = 0;
  for (const match of matches(old, self, regexBudget(q), n)) {
    out.keep(self.slice(from, match.start));
    out.replace(match.text, match.groups, 0);
    from = match.end;
  }
  out.keep(self.slice(from));
  return out.end();
}

/** The text that comes about, and where in the old one it has come to, in bytes. */
class Output {
  private readonly q: Query;
  private readonly self: string;
  private readonly by: string | Closure;
  /** Whether lengths are bytes. A str in place of the parts asks for no positions. */
  private readonly ascii: boolean;
  private text = '';
  private position = 0;

  constructor(q: Query, self: string, by: string | Closure) {
    this.q = q;
    this.self = self;
    this.by = by;
    this.ascii = typeof by === 'string' || isAscii(self);
  }

  /** A part that stays. */
  keep(part: string): void {
    this.add(part);
    this.pass(part);
  }

  /** A part that goes; a closure is asked with the groups and the match of a regular expression, then the positions. */
  replace(part: string, groups: Match['groups'] | null, shift: number): void {
    const { q, by } = this;
    if (typeof by === 'string') {
      q.step();
      this.add(by);
      return;
    }
    const args: Value[] = groups === null ? [] : groupsTaken(groups);
    if (groups !== null) args.push(part);
    args.push(this.position + shift);
    this.pass(part);
    args.push(this.position + shift, this.self);
    const answer = q.call(by, args);
    if (typeof answer !== 'string') throw typeErr(msg.replaceCallback(typeName(answer)), DOCS);
    this.add(answer);
  }

  end(): string {
    return canonical(this.text);
  }

  private add(part: string): void {
    this.text += part;
    this.q.assertBytes(this.text.length);
  }

  private pass(part: string): void {
    this.position += this.ascii ? part.length : byteLength(part);
  }
}
