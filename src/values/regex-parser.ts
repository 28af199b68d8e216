/**
 * Patterns of regular expressions, as PCRE2 reads them, to trees. Characters, not bytes: `.` and classes take
 * whole characters, and a byte that is no valid UTF-8 counts as one (see `str.ts`).
 */
import { pattern as why } from '../errors/messages/regex.ts';

export type Node =
  | { readonly kind: 'char'; readonly char: number; readonly fold: boolean }
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'seq'; readonly items: readonly Node[] }
  | { readonly kind: 'alt'; readonly options: readonly Node[] }
  | { readonly kind: 'capture'; readonly index: number; readonly body: Node }
  | { readonly kind: 'repeat'; readonly body: Node; readonly min: number; readonly max: number; readonly mode: RepeatMode }
  | { readonly kind: 'assert'; readonly what: number }
  | { readonly kind: 'look'; readonly behind: boolean; readonly negative: boolean; readonly body: Node }
  | { readonly kind: 'atomic'; readonly body: Node }
  | { readonly kind: 'back'; readonly groups: readonly number[]; readonly fold: boolean }
  | { readonly kind: 'if'; readonly test: number | Node; readonly yes: Node; readonly no: Node }
  | { readonly kind: 'keep' };

export type RepeatMode = 'greedy' | 'lazy' | 'possessive';

/** Assertions that take no characters. */
export const ASSERT = {
  /** `\A`, and `^` without m. */
  start: 0,
  /** `^` with m: also after a line feed, unless it ends the text. */
  lineStart: 1,
  /** `\z` */
  end: 2,
  /** `\Z`, and `$` without m: at the end or before a line feed that ends the text. */
  lastLine: 3,
  /** `$` with m. */
  lineEnd: 4,
  /** `\G`: where the search began. */
  from: 5,
  word: 6,
  notWord: 7,
} as const;

export interface Parsed {
  readonly node: Node;
  /** Number of capturing groups. */
  readonly groups: number;
}

/** Thrown with PCRE2's text of what is wrong. */
export class PatternError {
  readonly why: string;
  constructor(text: string) {
    this.why = text;
  }
}

function fail(text: string): never {
  throw new PatternError(text);
}

const MAX_CHAR = 0x10ffff;
const EMPTY: Node = { kind: 'seq', items: [] };

// --- Sets of characters --------------------------------------------------------------------------------------

/** Pairs: first and last of each range. */
type Ranges = readonly number[];

const DIGIT: Ranges = [0x30, 0x39];
const WORD: Ranges = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
const SPACE: Ranges = [0x09, 0x0d, 0x20, 0x20];
const HORIZONTAL: Ranges = [0x09, 0x09, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x180e, 0x180e, 0x2000, 0x200a, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000];
const VERTICAL: Ranges = [0x0a, 0x0d, 0x85, 0x85, 0x2028, 0x2029];
const NEWLINE: Ranges = [0x0a, 0x0a];

const POSIX: Readonly<Record<string, Ranges>> = {
  alpha: [0x41, 0x5a, 0x61, 0x7a],
  lower: [0x61, 0x7a],
  upper: [0x41, 0x5a],
  alnum: [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a],
  ascii: [0x00, 0x7f],
  blank: [0x09, 0x09, 0x20, 0x20],
  cntrl: [0x00, 0x1f, 0x7f, 0x7f],
  digit: DIGIT,
  graph: [0x21, 0x7e],
  print: [0x20, 0x7e],
  punct: [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e],
  space: SPACE,
  word: WORD,
  xdigit: [0x30, 0x39, 0x41, 0x46, 0x61, 0x66],
};

function complement(ranges: Ranges): number[] {
  const out: number[] = [];
  let next = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    if (ranges[i]! > next) out.push(next, ranges[i]! - 1);
    next = ranges[i + 1]! + 1;
  }
  if (next <= MAX_CHAR) out.push(next, MAX_CHAR);
  return out;
}

function normalize(ranges: Ranges): number[] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i]!, ranges[i + 1]!]);
  pairs.sort((a, b) => a[0] - b[0]);
  const out: number[] = [];
  for (const [low, high] of pairs) {
    if (out.length > 0 && low <= out[out.length - 1]! + 1) out[out.length - 1] = Math.max(out[out.length - 1]!, high);
    else out.push(low, high);
  }
  return out;
}

function within(ranges: Ranges, char: number): boolean {
  let low = 0;
  let high = ranges.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (char > ranges[2 * middle + 1]!) low = middle + 1;
    else high = middle;
  }
  return 2 * low < ranges.length && char >= ranges[2 * low]!;
}

/**
 * Simple case folding: characters that `/i` takes for the same have the same fold. Dotless i folds to itself;
 * characters whose other case is several characters do too.
 */
export function foldChar(char: number): number {
  if (char < 0x80) return char >= 0x41 && char <= 0x5a ? char + 32 : char;
  if (char === 0x131 || isUncased(char)) return char;
  const upper = String.fromCodePoint(char).toUpperCase();
  const up = upper.codePointAt(0)!;
  const base = upper.length === (up > 0xffff ? 2 : 1) ? up : char;
  const lower = String.fromCodePoint(base).toLowerCase();
  const low = lower.codePointAt(0)!;
  return lower.length === (low > 0xffff ? 2 : 1) ? low : base;
}

function hasCase(char: number): boolean {
  const text = String.fromCodePoint(char);
  return text.toLowerCase() !== text || text.toUpperCase() !== text;
}

/** Large stretches in which no character has case; folding a range skips them. */
const UNCASED: Ranges = [0x3000, 0xa63f, 0xac00, 0xfaff, 0x11000, 0x1189f, 0x118e0, 0x16e3f, 0x16e80, 0x1e8ff, 0x1e944, MAX_CHAR];
const isUncased = (char: number): boolean => char >= 0x3000 && within(UNCASED, char);

function foldRanges(ranges: Ranges): number[] {
  const out: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    for (let char = ranges[i]!; char <= ranges[i + 1]!; char++) {
      if (isUncased(char)) {
        // To the end of the stretch, or of the range, at once.
        let end = char;
        for (let k = 0; k < UNCASED.length; k += 2) if (char >= UNCASED[k]! && char <= UNCASED[k + 1]!) end = UNCASED[k + 1]!;
        end = Math.min(end, ranges[i + 1]!);
        out.push(char, end);
        char = end;
      } else {
        const folded = foldChar(char);
        out.push(folded, folded);
      }
    }
  }
  return normalize(out);
}

/** A property such as `\p{L}`, tested by the platform one character at a time. */
interface Property {
  readonly test: RegExp;
  readonly negated: boolean;
}

/** Which characters a class, an escape or the dot takes. */
export class CharSet {
  private readonly ranges: Ranges;
  /** Folded characters; null where case counts. */
  private readonly folded: Ranges | null;
  private readonly properties: readonly Property[];
  private readonly negated: boolean;
  /** Answers for the first 256 characters: 0 not asked yet, 1 no, 2 yes. */
  private readonly table: Uint8Array;

  constructor(ranges: Ranges, folded: Ranges | null = null, properties: readonly Property[] = [], negated = false) {
    this.ranges = normalize(ranges);
    this.folded = folded;
    this.properties = properties;
    this.negated = negated;
    this.table = new Uint8Array(256);
  }

  has(char: number): boolean {
    if (char > 255) return this.look(char);
    const known = this.table[char]!;
    return known === 0 ? this.learn(char) : known === 2;
  }

  private learn(char: number): boolean {
    const answer = this.look(char);
    this.table[char] = answer ? 2 : 1;
    return answer;
  }

  /** The set of what is in either; null when that is not simply their ranges. */
  static union(sets: readonly CharSet[]): CharSet | null {
    if (sets.some((set) => set.folded !== null || set.properties.length > 0 || set.negated)) return null;
    return new CharSet(sets.flatMap((set) => set.ranges));
  }

  private look(char: number): boolean {
    if (within(this.ranges, char) || (this.folded !== null && within(this.folded, foldChar(char)))) return !this.negated;
    for (const property of this.properties) {
      if (property.test.test(String.fromCodePoint(char)) !== property.negated) return !this.negated;
    }
    return this.negated;
  }

  /** Whether any character beyond ASCII may be in it; true when in doubt. */
  get beyondAscii(): boolean {
    if (this.folded !== null || this.properties.length > 0 || this.negated) return true;
    return this.ranges.length > 0 && this.ranges[this.ranges.length - 1]! > 0x7f;
  }

  /** As a class of JavaScript's with flag u; null where that cannot say it. */
  get source(): string | null {
    if (this.folded !== null || this.properties.some((property) => property.test.source.startsWith('['))) return null;
    const hex = (char: number): string => `\\u{${char.toString(16)}}`;
    let out = this.negated ? '[^' : '[';
    for (let i = 0; i < this.ranges.length; i += 2) out += `${hex(this.ranges[i]!)}-${hex(this.ranges[i + 1]!)}`;
    for (const property of this.properties) out += property.negated ? property.test.source.replace('\\p', '\\P') : property.test.source;
    return `${out}]`;
  }
}

/** Alternatives; those of single characters are a set. */
function oneOf(options: readonly Node[]): Node {
  const sets: CharSet[] = [];
  for (const option of options) {
    if (option.kind === 'set') sets.push(option.set);
    else if (option.kind === 'char' && !option.fold) sets.push(new CharSet([option.char, option.char]));
    else return { kind: 'alt', options };
  }
  const set = CharSet.union(sets);
  return set === null ? { kind: 'alt', options } : { kind: 'set', set };
}

const setNode = (ranges: Ranges): Node => ({ kind: 'set', set: new CharSet(ranges) });
const not = (ranges: Ranges): Node => ({ kind: 'set', set: new CharSet(ranges, null, [], true) });

// --- Parsing -------------------------------------------------------------------------------------------------

interface Options {
  fold: boolean;
  lines: boolean;
  dotAll: boolean;
  extended: boolean;
  /** `(?xx)`: blanks mean nothing in classes either. */
  more: boolean;
  noCapture: boolean;
  ungreedy: boolean;
  duplicates: boolean;
}

/** Levels of parentheses. */
const DEPTH_MAX = 250;

/** Parses a pattern with the flags i, m and s (g is the caller's). */
export function parsePattern(source: string, flags: string): Parsed {
  return new Parser(source, flags).parse();
}

class Parser {
  private readonly source: string;
  private at = 0;
  private options: Options;
  private groups = 0;
  private depth = 0;
  private readonly total: number;
  private readonly names = new Map<string, number[]>();
  private readonly laterNames: Set<string>;
  /** References by name may stand before their group: they are settled at the end. */
  private readonly patches: (() => void)[] = [];
  /** Looks around that are open here. */
  private looks = 0;
  /** Whether the item before may be followed by a quantifier. */
  private repeatable = false;

  constructor(source: string, flags: string) {
    this.source = source;
    this.options = {
      fold: flags.includes('i'),
      lines: flags.includes('m'),
      dotAll: flags.includes('s'),
      extended: false,
      more: false,
      noCapture: false,
      ungreedy: false,
      duplicates: false,
    };
    const { count, names } = survey(source);
    this.total = count;
    this.laterNames = names;
  }

  parse(): Parsed {
    const node = this.alternatives(0);
    if (this.at < this.source.length) fail(why.unmatched);
    for (const patch of this.patches) patch();
    return { node, groups: this.groups };
  }

  private looking(text: string): boolean {
    return this.source.startsWith(text, this.at);
  }

  private eat(text: string): boolean {
    if (!this.looking(text)) return false;
    this.at += text.length;
    return true;
  }

  private more(): boolean {
    return this.at < this.source.length;
  }

  private next(): number {
    const char = this.source.codePointAt(this.at)!;
    this.at += char > 0xffff ? 2 : 1;
    return char;
  }

  /** Alternatives up to `)` or the end. `reset`: group number to which each goes back for `(?|`, or 0. */
  private alternatives(reset: number): Node {
    const options: Node[] = [];
    let highest = this.groups;
    do {
      if (reset > 0) this.groups = reset - 1;
      options.push(this.sequence());
      highest = Math.max(highest, this.groups);
    } while (this.eat('|'));
    this.groups = highest;
    return options.length === 1 ? options[0]! : oneOf(options);
  }

  private sequence(): Node {
    const items: Node[] = [];
    while (this.more()) {
      if (this.looking('|') || this.looking(')')) break;
      if (this.skip()) continue;
      if (this.eat('\\Q')) {
        this.quoted(items);
        continue;
      }
      const quantifier = this.quantifier();
      if (quantifier !== null) {
        const body = items.pop();
        if (body === undefined || !this.repeatable) fail(why.nothingToRepeat);
        items.push({ kind: 'repeat', body, ...quantifier });
        this.repeatable = false;
        continue;
      }
      this.repeatable = true;
      const item = this.atom();
      if (item !== null) items.push(item);
    }
    return items.length === 1 ? items[0]! : { kind: 'seq', items };
  }
  /** `\Q…\E`: characters as they are. A quantifier behind it takes the last one only. */
  private quoted(items: Node[]): void {
    const end = this.source.indexOf('\\E', this.at);
    const stop = end === -1 ? this.source.length : end;
    while (this.at < stop) items.push(this.charNode(this.next()));
    this.repeatable = true;
  }

  /** Comments, `\E`, an empty `\Q\E`, and white space under x. */
  private skip(): boolean {
    if (this.eat('(?#')) {
      const end = this.source.indexOf(')', this.at);
      if (end === -1) fail(why.comment);
      this.at = end + 1;
      return true;
    }
    if (this.eat('\\Q\\E') || this.eat('\\E')) return true;
    if (!this.options.extended) return false;
    if (/\s/.test(this.source[this.at]!)) {
      this.at++;
      return true;
    }
    if (!this.eat('#')) return false;
    const end = this.source.indexOf('\n', this.at);
    this.at = end === -1 ? this.source.length : end + 1;
    return true;
  }

  private quantifier(): { min: number; max: number; mode: RepeatMode } | null {
    let min: number;
    let max: number;
    if (this.eat('*')) [min, max] = [0, Infinity];
    else if (this.eat('+')) [min, max] = [1, Infinity];
    else if (this.eat('?')) [min, max] = [0, 1];
    else {
      const m = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.source.slice(this.at, this.at + 40));
      if (m === null) return null;
      this.at += m[0].length;
      min = Number(m[1]);
      max = m[2] === undefined ? min : m[3] === '' ? Infinity : Number(m[3]);
      if (min > 65_535 || (max > 65_535 && max !== Infinity)) fail(why.quantifierBig);
      if (max < min) fail(why.quantifierOrder);
    }
    if (this.eat('+')) return { min, max, mode: 'possessive' };
    return { min, max, mode: this.eat('?') !== this.options.ungreedy ? 'lazy' : 'greedy' };
  }

  private charNode(char: number): Node {
    const fold = this.options.fold && hasCase(char);
    return { kind: 'char', char: fold ? foldChar(char) : char, fold };
  }

  /** One item; null for what only sets options. */
  private atom(): Node | null {
    const char = this.next();
    switch (String.fromCodePoint(char)) {
      case '\\':
        return this.escape();
      case '(':
        return this.group();
      case '[':
        return this.charClass();
      case '.':
        return this.options.dotAll ? setNode([0, MAX_CHAR]) : not(NEWLINE);
      case '^':
        return this.assertion(this.options.lines ? ASSERT.lineStart : ASSERT.start);
      case '$':
        return this.assertion(this.options.lines ? ASSERT.lineEnd : ASSERT.lastLine);
      default:
        return this.charNode(char);
    }
  }

  private assertion(what: number): Node {
    this.repeatable = false;
    return { kind: 'assert', what };
  }

  private group(): Node | null {
    if (++this.depth > DEPTH_MAX) fail(why.tooDeep);
    const saved = { ...this.options };
    const node = this.groupBody(saved);
    this.depth--;
    return node;
  }

  /** Behind `(`. Options that are set inside end with the group. */
  private groupBody(saved: Options): Node | null {
    if (this.looking('*')) return this.verb();
    if (!this.eat('?')) {
      if (this.options.noCapture) return this.close(this.alternatives(0), saved);
      return this.capture(saved, ++this.groups);
    }
    if (!this.more()) fail(why.parenthesis);
    if (this.eat(':')) return this.close(this.alternatives(0), saved);
    if (this.eat('|')) return this.close(this.alternatives(this.groups + 1), saved);
    if (this.eat('>')) return { kind: 'atomic', body: this.close(this.alternatives(0), saved) };
    if (this.eat('=')) return this.look(false, false, saved);
    if (this.eat('!')) return this.look(false, true, saved);
    if (this.eat('<=')) return this.look(true, false, saved);
    if (this.eat('<!')) return this.look(true, true, saved);
    if (this.eat('(')) return this.conditional(saved);
    if (this.eat('<')) return this.named('>', saved);
    if (this.eat("'")) return this.named("'", saved);
    if (this.eat('P')) {
      if (!this.more()) fail(why.parenthesis);
      if (this.eat('<')) return this.named('>', saved);
      if (this.eat('=')) return this.byName(this.name(')'));
      if (this.eat('>')) return this.subroutine(this.name(')'));
      return fail(why.afterQuestionP);
    }
    if (this.eat('&')) return this.subroutine(this.name(')'));
    if (this.looking('C')) fail(why.callout);
    const call = /^(?:R|[+-]?\d+)/.exec(this.source.slice(this.at));
    if (call !== null) {
      this.at += call[0].length;
      if (!this.eat(')')) fail(why.parenthesis);
      const n = call[0] === 'R' ? 0 : Number(call[0]);
      const target = call[0].startsWith('-') ? this.groups + 1 + n : call[0].startsWith('+') ? this.groups + n : n;
      return fail(target < 0 || target > this.total || (target === 0 && n !== 0) ? why.reference : why.recursion);
    }
    return this.setOptions(saved);
  }

  private subroutine(name: string): never {
    fail(this.laterNames.has(name) ? why.recursion : why.reference);
  }

  /** `(?i)`, `(?m-s:…)`, `(?^)`. */
  private setOptions(saved: Options): Node | null {
    const options = { ...this.options };
    let on = true;
    let minus = false;
    if (this.eat('^')) Object.assign(options, { fold: false, lines: false, dotAll: false, extended: false, more: false, noCapture: false });
    for (;;) {
      if (!this.more()) fail(why.parenthesis);
      const c = String.fromCodePoint(this.next());
      if (c === ')') {
        // Until the end of the group around it.
        this.options = options;
        this.repeatable = false;
        return null;
      }
      if (c === ':') {
        this.options = options;
        return this.close(this.alternatives(0), saved);
      }
      if (c === '-') {
        if (minus) fail(why.hyphen);
        minus = true;
        on = false;
      } else if (c === 'i') options.fold = on;
      else if (c === 'm') options.lines = on;
      else if (c === 's') options.dotAll = on;
      else if (c === 'n') options.noCapture = on;
      else if (c === 'U') options.ungreedy = on;
      else if (c === 'J') options.duplicates = on;
      else if (c === 'x') {
        options.extended = on;
        options.more = on && this.eat('x');
      } else fail(why.afterQuestion);
    }
  }

  /** The end of a group. */
  private close<T>(node: T, saved: Options): T {
    if (!this.eat(')')) fail(why.parenthesis);
    this.options = saved;
    this.repeatable = true;
    return node;
  }

  private capture(saved: Options, index: number): Node {
    return { kind: 'capture', index, body: this.close(this.alternatives(0), saved) };
  }

  private look(behind: boolean, negative: boolean, saved: Options): Node {
    this.looks++;
    const body = this.close(this.alternatives(0), saved);
    if (behind) {
      for (const option of body.kind === 'alt' ? body.options : [body]) if (fixedLength(option) < 0) fail(why.lookbehind);
    }
    this.looks--;
    return { kind: 'look', behind, negative, body };
  }

  private named(end: string, saved: Options): Node {
    const name = this.name(end);
    const index = ++this.groups;
    const known = this.names.get(name);
    if (known === undefined) this.names.set(name, [index]);
    else if (!known.includes(index)) {
      if (!this.options.duplicates) fail(why.nameTwice);
      known.push(index);
    }
    return this.capture(saved, index);
  }

  private name(end: string): string {
    const m = /^\w*/.exec(this.source.slice(this.at))!;
    if (m[0] === '') fail(why.nameExpected);
    if (/^\d/.test(m[0])) fail(why.nameDigit);
    if (m[0].length > 32) fail(why.nameLong);
    this.at += m[0].length;
    if (!this.eat(end)) fail(why.nameEnd);
    return m[0];
  }

  private byName(name: string): Node {
    const groups: number[] = [];
    this.patches.push(() => groups.push(...(this.names.get(name) ?? fail(why.reference))));
    return { kind: 'back', groups, fold: this.options.fold };
  }

  /** Of several mistakes this is the last to be told. */
  private mustExist(group: number): void {
    if (group < 1) fail(why.reference);
    this.patches.push(() => {
      if (group > this.groups) fail(why.reference);
    });
  }

  private byNumber(n: number): Node {
    this.mustExist(n);
    return { kind: 'back', groups: [n], fold: this.options.fold };
  }

  /** Behind `(?(`. */
  private conditional(saved: Options): Node {
    let test: number | Node;
    const number = /^([+-]?)(\d+)\)/.exec(this.source.slice(this.at));
    if (number !== null) {
      this.at += number[0].length;
      const n = Number(number[2]);
      test = number[1] === '-' ? this.groups + 1 - n : number[1] === '+' ? this.groups + n : n;
      this.mustExist(test);
    } else if (this.eat('?=')) test = this.look(false, false, { ...this.options });
    else if (this.eat('?!')) test = this.look(false, true, { ...this.options });
    else if (this.eat('?<=')) test = this.look(true, false, { ...this.options });
    else if (this.eat('?<!')) test = this.look(true, true, { ...this.options });
    else if (this.looking('R')) fail(why.recursion);
    else {
      const name = this.eat('<') ? this.name('>') : this.eat("'") ? this.name("'") : null;
      if (name !== null && !this.eat(')')) fail(why.parenthesis);
      const back = this.byName(name ?? this.name(')'));
      test = back;
    }
    const options = [this.sequence()];
    while (this.eat('|')) options.push(this.sequence());
    this.close(null, saved);
    if (options.length > 2) fail(why.branches);
    return { kind: 'if', test, yes: options[0]!, no: options[1] ?? EMPTY };
  }

  private verb(): Node {
    const m = /^\*([A-Za-z_]*)(:[^)]*)?\)/.exec(this.source.slice(this.at));
    if (m !== null && (m[1] === 'FAIL' || m[1] === 'F')) {
      this.at += m[0].length;
      return setNode([]);
    }
    return fail(m !== null && /^[A-Z]/.test(m[1]!) ? why.verbUnsupported : why.verb);
  }

  // --- Escapes -----------------------------------------------------------------------------------------------

  /** Behind a backslash, outside a class. */
  private escape(): Node {
    if (!this.more()) fail(why.escapeEnd);
    const start = this.at;
    const c = String.fromCodePoint(this.next());
    switch (c) {
      case 'd':
        return setNode(DIGIT);
      case 'D':
        return not(DIGIT);
      case 'w':
        return setNode(WORD);
      case 'W':
        return not(WORD);
      case 's':
        return setNode(SPACE);
      case 'S':
        return not(SPACE);
      case 'h':
        return setNode(HORIZONTAL);
      case 'H':
        return not(HORIZONTAL);
      case 'v':
        return setNode(VERTICAL);
      case 'V':
        return not(VERTICAL);
      case 'N':
        if (this.looking('{') && !/^\{\d+(?:,\d*)?\}/.test(this.source.slice(this.at))) {
          if (!this.eat('{U+')) fail(why.escapeUnsupported);
          return this.charNode(this.braced(16, why.hex));
        }
        return not(NEWLINE);
      case 'p':
      case 'P':
        return { kind: 'set', set: new CharSet([], null, [this.property(c === 'P')]) };
      case 'R':
        // A line ending as a whole: "\r\n" is not given back in parts.
        return {
          kind: 'atomic',
          body: { kind: 'alt', options: [{ kind: 'seq', items: [{ kind: 'char', char: 13, fold: false }, { kind: 'char', char: 10, fold: false }] }, setNode(VERTICAL)] },
        };
      case 'X':
        // A character with the marks that follow it.
        return {
          kind: 'atomic',
          body: { kind: 'seq', items: [setNode([0, MAX_CHAR]), { kind: 'repeat', body: marks(), min: 0, max: Infinity, mode: 'possessive' }] },
        };
      case 'C':
        return fail(why.singleByte);
      case 'K':
        this.repeatable = false;
        if (this.looks > 0) fail(why.keep);
        return { kind: 'keep' };
      case 'A':
        return this.assertion(ASSERT.start);
      case 'z':
        return this.assertion(ASSERT.end);
      case 'Z':
        return this.assertion(ASSERT.lastLine);
      case 'G':
        return this.assertion(ASSERT.from);
      case 'b':
        return this.assertion(ASSERT.word);
      case 'B':
        return this.assertion(ASSERT.notWord);
      case 'k': {
        const end = this.eat('<') ? '>' : this.eat('{') ? '}' : this.eat("'") ? "'" : fail(why.afterK);
        return this.byName(this.name(end));
      }
      case 'g':
        return this.reference();
      default:
        break;
    }
    if (c >= '1' && c <= '9') {
      const digits = /^\d+/.exec(this.source.slice(start))![0];
      const n = Number(digits);
      // Up to 9, or as many groups as there are: a reference. Else octal.
      if (n < 10 || n <= this.total || c >= '8') {
        this.at = start + digits.length;
        return this.byNumber(n);
      }
    }
    this.at = start;
    return this.charNode(this.escapedChar(false));
  }

  /** Behind `\g`. */
  private reference(): Node {
    const rest = this.source.slice(this.at);
    const braced = /^\{([+-]?)(\d+)\}/.exec(rest) ?? /^([+-]?)(\d+)/.exec(rest);
    if (braced !== null) {
      this.at += braced[0].length;
      const n = Number(braced[2]);
      return this.byNumber(braced[1] === '-' ? this.groups + 1 - n : braced[1] === '+' ? this.groups + n : n);
    }
    if (this.eat('{')) return this.byName(this.name('}'));
    const call = /^(?:<([+-]?)(\d+)>|'([+-]?)(\d+)')/.exec(rest);
    if (call !== null) fail(Number(call[2] ?? call[4]) > this.total ? why.reference : why.recursion);
    if (this.eat('<')) return this.subroutine(this.name('>'));
    if (this.eat("'")) return this.subroutine(this.name("'"));
    return fail(why.afterG);
  }

  /** A character that is written with a backslash, here behind it; the same in and outside classes. */
  private escapedChar(inClass: boolean): number {
    if (!this.more()) fail(why.escapeEnd);
    const char = this.next();
    const c = String.fromCodePoint(char);
    switch (c) {
      case 'a':
        return 7;
      case 'e':
        return 27;
      case 'f':
        return 12;
      case 'n':
        return 10;
      case 'r':
        return 13;
      case 't':
        return 9;
      case 'c': {
        if (!this.more()) fail(why.controlEnd);
        const control = this.next();
        if (control < 0x20 || control > 0x7e) fail(why.control);
        return (control >= 0x61 && control <= 0x7a ? control - 32 : control) ^ 0x40;
      }
      case 'x': {
        if (this.eat('{')) return this.braced(16, why.hex);
        const digits = /^[0-9a-fA-F]{0,2}/.exec(this.source.slice(this.at, this.at + 2))![0];
        this.at += digits.length;
        return parseInt(digits || '0', 16);
      }
      case 'o':
        if (!this.eat('{')) fail(why.octalBrace);
        return this.braced(8, why.octal);
      case 'F':
      case 'L':
      case 'l':
      case 'U':
      case 'u':
        return fail(why.escapeUnsupported);
      default:
        break;
    }
    if (c >= '0' && c <= '7') {
      const digits = /^[0-7]{1,3}/.exec(this.source.slice(this.at - 1, this.at + 2))![0];
      this.at += digits.length - 1;
      return parseInt(digits, 8);
    }
    if (inClass && (c === '8' || c === '9')) return char;
    if (/[a-zA-Z0-9]/.test(c)) fail(why.escape);
    return char;
  }

  /** Digits up to `}`. */
  private braced(base: 8 | 16, wrong: string): number {
    const digits = (base === 16 ? /^[0-9a-fA-F]*/ : /^[0-7]*/).exec(this.source.slice(this.at))![0];
    this.at += digits.length;
    if (digits === '' && (!this.more() || this.looking('}'))) fail(why.noDigits);
    if (!this.eat('}')) fail(wrong);
    const char = parseInt(digits, base);
    if (char > MAX_CHAR) fail(why.codePoint);
    return char;
  }

  /** Behind `\p` or `\P`. */
  private property(negated: boolean): Property {
    const m = /^(?:\{\s*(\^?)\s*([\w&=: -]+?)\s*\}|([A-Za-z]))/.exec(this.source.slice(this.at));
    if (m === null) fail(why.propertyForm);
    this.at += m[0].length;
    const test = propertyTest(m[2] ?? m[3]!);
    if (test === null) fail(why.property);
    return { test, negated: negated !== (m[1] === '^') };
  }

  // --- Classes -----------------------------------------------------------------------------------------------

  /** Behind `[`. */
  private charClass(): Node {
    const posix = /^([:.=])(?:(?!\1\])[^\]])*\1\]/.exec(this.source.slice(this.at));
    if (posix !== null) fail(posix[1] === ':' ? why.posixPlace : why.collating);
    const negated = this.eat('^');
    const literal: number[] = [];
    const ranges: number[] = [];
    const properties: Property[] = [];
    let quoted = false;
    // A `]` that comes first is a character.
    let empty = true;
    for (;;) {
      if (!this.more()) fail(why.bracket);
      if (this.eat('\\E')) {
        quoted = false;
        continue;
      }
      if (!quoted && this.eat('\\Q')) {
        quoted = true;
        continue;
      }
      if (!quoted && !empty && this.eat(']')) break;
      if (!quoted && this.options.more && /[ \t]/.test(this.source[this.at]!)) {
        this.at++;
        continue;
      }
      empty = false;
      const low = this.classItem(quoted, ranges, properties);
      // A range: a hyphen that does not stand at the end, with a character on either side.
      if (quoted || !this.looking('-') || this.source[this.at + 1] === ']' || this.at + 1 >= this.source.length) {
        if (low >= 0) literal.push(low, low);
        continue;
      }
      if (low < 0) {
        this.at++;
        // `[\d-a]` is no range; `[\d-]` is a hyphen, seen above.
        fail(why.range);
      }
      this.at++;
      if (this.eat('\\Q')) quoted = true;
      const high = this.classItem(quoted, [], []);
      if (high < 0) fail(why.range);
      if (high < low) fail(why.rangeOrder);
      literal.push(low, high);
    }
    const fold = this.options.fold;
    return {
      kind: 'set',
      set: new CharSet([...literal, ...ranges], fold ? foldRanges(normalize(literal)) : null, properties, negated),
    };
  }

  /** One item of a class: its character, or −1 when it went into the ranges or properties. */
  private classItem(quoted: boolean, ranges: number[], properties: Property[]): number {
    if (!this.more()) fail(why.bracket);
    if (!quoted && this.looking('[')) {
      const posix = /^\[([:.=])(\^?)((?:(?!\1\])[^\]\\])*)\1\]/.exec(this.source.slice(this.at));
      if (posix !== null) {
        if (posix[1] !== ':') fail(why.collating);
        const known = Object.hasOwn(POSIX, posix[3]!) ? POSIX[posix[3]!] : undefined;
        if (known === undefined) fail(why.posixName);
        // Case does not count: upper and lower are any letter.
        const set = this.options.fold && (posix[3] === 'upper' || posix[3] === 'lower') ? POSIX['alpha']! : known;
        this.at += posix[0].length;
        ranges.push(...(posix[2] === '^' ? complement(set) : set));
        return -1;
      }
    }
    const char = this.next();
    if (quoted || char !== 0x5c) return char;
    if (!this.more()) fail(why.escapeEnd);
    const c = this.source[this.at]!;
    const set = CLASS_ESCAPES[c];
    if (set !== undefined) {
      this.at++;
      ranges.push(...set);
      return -1;
    }
    switch (c) {
      case 'p':
      case 'P':
        this.at++;
        properties.push(this.property(c === 'P'));
        return -1;
      case 'b':
        this.at++;
        return 8;
      case 'N':
        if (this.source.startsWith('N{U+', this.at)) {
          this.at += 4;
          return this.braced(16, why.hex);
        }
        return fail(why.classN);
      case 'B':
      case 'R':
      case 'X':
        return fail(why.classEscape);
      default:
        return this.escapedChar(true);
    }
  }
}

const CLASS_ESCAPES: Readonly<Record<string, Ranges | undefined>> = {
  d: DIGIT,
  D: complement(DIGIT),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
  h: HORIZONTAL,
  H: complement(HORIZONTAL),
  v: VERTICAL,
  V: complement(VERTICAL),
};

const marks = (): Node => ({ kind: 'set', set: new CharSet([0x200d, 0x200d], null, [{ test: /\p{M}/u, negated: false }]) });

/** Properties that PCRE2 has under names of its own. */
const OWN_PROPERTIES: Readonly<Record<string, string | undefined>> = {
  'L&': '[\\p{Lu}\\p{Ll}\\p{Lt}]',
  LC: '[\\p{Lu}\\p{Ll}\\p{Lt}]',
  Xan: '[\\p{L}\\p{N}]',
  Xsp: '[\\s]',
  Xps: '[\\s]',
  Xwd: '[\\p{L}\\p{N}\\p{M}\\p{Pc}]',
};

/** A test for one character; null for a name that nobody knows. */
function propertyTest(name: string): RegExp | null {
  const own = OWN_PROPERTIES[name];
  if (own !== undefined) return new RegExp(own, 'u');
  const [key, value] = name.split(/[=:]/).map((part) => part.trim());
  const candidates = value === undefined ? [key!, `Script_Extensions=${key!}`] : /^(?:sc|script)$/i.test(key!) ? [`Script=${value}`] : [`Script_Extensions=${value}`];
  for (const candidate of candidates) {
    try {
      return new RegExp(`\\p{${candidate}}`, 'u');
    } catch {
      // Not a property of this kind.
    }
  }
  return null;
}

/** Counts the groups of a pattern and finds their names, for references that stand before them. */
function survey(source: string): { count: number; names: Set<string> } {
  const names = new Set<string>();
  let count = 0;
  let inClass = false;
  for (let i = 0; i < source.length; i++) {
    const c = source[i]!;
    if (c === '\\') {
      if (source[i + 1] === 'Q') {
        const end = source.indexOf('\\E', i + 2);
        i = end === -1 ? source.length : end + 1;
      } else i++;
    } else if (inClass) inClass = c !== ']';
    else if (c === '[') {
      inClass = true;
      if (source[i + 1] === '^') i++;
      if (source[i + 1] === ']') i++;
      // A POSIX class inside closes itself.
    } else if (c === '(') {
      if (source.startsWith('?(', i + 1)) {
        i += 2; // the test of a conditional
        continue;
      }
      const m = /^\((?:\?(?:P?<(\w+)>|'(\w+)'))/.exec(source.slice(i, i + 64));
      if (m !== null) names.add((m[1] ?? m[2])!);
      if (m !== null || (source[i + 1] !== '?' && source[i + 1] !== '*')) count++;
    }
  }
  return { count, names };
}

/** Characters that a node always takes; −1 when that varies. */
export function fixedLength(node: Node): number {
  switch (node.kind) {
    case 'char':
    case 'set':
      return 1;
    case 'assert':
    case 'look':
    case 'keep':
      return 0;
    case 'capture':
    case 'atomic':
      return fixedLength(node.body);
    case 'seq': {
      let sum = 0;
      for (const item of node.items) {
        const n = fixedLength(item);
        if (n < 0) return -1;
        sum += n;
      }
      return sum;
    }
    case 'alt': {
      const n = fixedLength(node.options[0]!);
      return node.options.every((option) => fixedLength(option) === n) ? n : -1;
    }
    case 'repeat': {
      const n = fixedLength(node.body);
      return node.min === node.max && n >= 0 ? n * node.min : -1;
    }
    case 'if': {
      const n = fixedLength(node.yes);
      return fixedLength(node.no) === n ? n : -1;
    }
    case 'back':
      return -1;
  }
}
