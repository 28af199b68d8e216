/**
 * Regular expressions, as PCRE2 reads them, on characters: making, searching, and never hanging.
 *
 * `regex-parser.ts` makes a tree of a pattern and `regex-machine.ts` matches it step by step, with a bound on the
 * steps. Where an estimate from the tree says that JavaScript's own RegExp is sure to be quick on a text of
 * this length, that is used, compiled from the tree (never from the pattern, whose syntax means other things there).
 */
import { regex as texts } from '../errors/messages/regex.ts';
import { operationErr, valueErr } from '../errors/query-error.ts';
import { Machine, OutOfSteps, addFirst, firstTable, singleSet } from './regex-machine.ts';
import type { Steps } from './regex-machine.ts';
import { ASSERT, PatternError, parsePattern } from './regex-parser.ts';
import type { Node, Parsed } from './regex-parser.ts';
import { isAscii } from './str.ts';
import { Regex } from './value.ts';

/** A match: where it is (UTF-16 units), its text, and its groups; null for one that took no part. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly groups: readonly (string | null)[];
}

/** What the matches of one operation may cost together. */
export class Budget implements Steps {
  left: number;
  private asked: string | null = null;
  private ascii = false;

  /** The machine does about as many steps in a millisecond. */
  constructor(milliseconds: number) {
    this.left = milliseconds * 35_000;
  }

  /** {@link isAscii}, asked once for all searches in a text. */
  isAscii(text: string): boolean {
    if (this.asked !== text) {
      this.asked = text;
      this.ascii = isAscii(text);
    }
    return this.ascii;
  }
}

/** At most `factor` · length ^ `degree` steps; null where a native search must not be tried. */
type Cost = { readonly factor: number; readonly degree: number } | null;

interface Program {
  readonly machine: Machine;
  readonly groups: number;
  /** What a native search may cost. */
  readonly cost: Cost;
  /** For ASCII texts, and for others (null when case does not count). Made when first needed. */
  native: RegExp | null;
  nativeWide: RegExp | null;
  readonly node: Node;
  readonly wide: boolean;
}

/** Compiled patterns by `/pattern/flags`; dropped all at once when there are many. */
const programs = new Map<string, Program>();
const PROGRAMS_MAX = 1_000;

/** Characters that a native search may have to look at. */
const NATIVE_WORK = 20_000_000;

// --- Making --------------------------------------------------------------------------------------------------

/** The regex of a literal: `/pattern/flags`. A pattern or flag that is wrong is a value error. */
export function makeRegex(pattern: string, flags: string): Regex {
  const made = new Regex(pattern, flags);
  made.compiled = programFor(pattern, flags);
  return made;
}

/** A regex from its text, `/pattern/flags`; the last slash ends the pattern. */
export function regexOfText(text: string): Regex {
  const end = text.lastIndexOf('/');
  return makeRegex(text.slice(1, end), text.slice(end + 1));
}

/** `regex(pattern, flags)`: joins them to a text and reads that, so that a slash in the flags ends the pattern. */
export function regexOfParts(pattern: string, flags: string): Regex {
  if (!/^[!-~]*$/.test(flags)) throw valueErr(texts.flags());
  return regexOfText(`/${pattern}/${flags}`);
}

const programOf = (regex: Regex): Program => ((regex.compiled as Program | null) ??= programFor(regex.pattern, regex.flags)) as Program;

function programFor(pattern: string, flags: string): Program {
  const source = `/${pattern}/${flags}`;
  let program = programs.get(source);
  if (program === undefined) {
    if (programs.size >= PROGRAMS_MAX) programs.clear();
    programs.set(source, (program = compile(pattern, flags)));
  }
  return program;
}

function compile(pattern: string, flags: string): Program {
  const bad = /[^imsg]/gu;
  const wrong = [...flags.matchAll(bad)].pop();
  if (wrong !== undefined) throw valueErr(texts.flag(wrong[0]));
  try {
    const parsed: Parsed = parsePattern(pattern, flags);
    const wide = !folds(parsed.node);
    return {
      machine: new Machine(parsed),
      groups: parsed.groups,
      cost: new Estimate().cost(parsed),
      native: null,
      nativeWide: null,
      node: parsed.node,
      wide,
    };
  } catch (error) {
    if (error instanceof PatternError) throw valueErr(texts.compile(`/${pattern}/${flags}`, error.why));
    throw error;
  }
}

// --- Searching -----------------------------------------------------------------------------------------------

/** The first match at or after `from`, or null. What it costs is taken from the budget; past it, an error. */
export function exec(regex: Regex, text: string, from: number, budget: Budget): Match | null {
  const native = nativeFor(programOf(regex), text, from, budget);
  return native !== null ? execNative(native, text, from, budget) : execMachine(regex, text, from, budget);
}

function execNative(native: RegExp, text: string, from: number, budget: Budget): Match | null {
  native.lastIndex = from;
  const m = native.exec(text);
  budget.left -= ((m === null ? text.length : m.index) - from) >> 6;
  if (m === null) return null;
  const groups: (string | null)[] = [];
  for (let i = 1; i < m.length; i++) groups.push(m[i] ?? null);
  return { start: m.index, end: m.index + m[0].length, text: m[0], groups };
}

function execMachine(regex: Regex, text: string, from: number, budget: Budget): Match | null {
  let spans: number[] | null;
  try {
    spans = programOf(regex).machine.exec(text, from, budget);
  } catch (error) {
    if (error instanceof OutOfSteps) throw operationErr(texts.tooLong(`/${regex.pattern}/${regex.flags}`));
    throw error;
  }
  if (spans === null) return null;
  const groups: (string | null)[] = [];
  for (let i = 2; i < spans.length; i += 2) groups.push(spans[i + 1]! < 0 || spans[i]! < 0 ? null : text.slice(spans[i]!, spans[i + 1]!));
  return { start: spans[0]!, end: spans[1]!, text: text.slice(spans[0]!, spans[1]!), groups };
}

/** Whether there is a match anywhere. */
export function test(regex: Regex, text: string, budget: Budget): boolean {
  return exec(regex, text, 0, budget) !== null;
}

/**
 * All matches from left to right, at most `max`. After an empty match the search goes on a character later, as in
 * PCRE and JavaScript.
 */
export function* matches(regex: Regex, text: string, budget: Budget, max = Infinity): Generator<Match, void> {
  // What may run natively may do so in all of what is left, too.
  let native: RegExp | null = null;
  for (let from = 0, n = 0; n < max && from <= text.length; n++) {
    native ??= nativeFor(programOf(regex), text, from, budget);
    const match = native !== null ? execNative(native, text, from, budget) : execMachine(regex, text, from, budget);
    if (match === null) return;
    yield match;
    from = match.end > match.start ? match.end : match.end + (text.codePointAt(match.end)! > 0xffff ? 2 : 1);
  }
}

function nativeFor(program: Program, text: string, from: number, budget: Budget): RegExp | null {
  const { cost } = program;
  if (cost === null || cost.factor * (text.length - from + 1) ** cost.degree > NATIVE_WORK) return null;
  if (budget.isAscii(text)) return (program.native ??= new RegExp(sourceOf(program.node, true), 'g'));
  if (!program.wide) return null;
  return (program.nativeWide ??= new RegExp(sourceOf(program.node, false), 'gu'));
}

function folds(node: Node): boolean {
  switch (node.kind) {
    case 'char':
      return node.fold;
    case 'set':
      return node.set.source === null;
    case 'seq':
      return node.items.some(folds);
    case 'alt':
      return node.options.some(folds);
    case 'capture':
    case 'atomic':
    case 'look':
    case 'repeat':
      return folds(node.body);
    default:
      return false;
  }
}

// --- The native form -----------------------------------------------------------------------------------------

/** A tree as a pattern of JavaScript's: for ASCII texts (without flags), or for all (flag u). */
function sourceOf(node: Node, ascii: boolean): string {
  switch (node.kind) {
    case 'char':
    case 'set':
      if (ascii) return asciiClass(node);
      return node.kind === 'set' ? node.set.source! : `\\u{${node.char.toString(16)}}`;
    case 'seq':
      return node.items.map((item) => sourceOf(item, ascii)).join('');
    case 'alt':
      return `(?:${node.options.map((option) => sourceOf(option, ascii)).join('|')})`;
    case 'capture':
      return `(${sourceOf(node.body, ascii)})`;
    case 'repeat': {
      const times = `{${node.min},${node.max === Infinity ? '' : node.max}}`;
      return `(?:${sourceOf(node.body, ascii)})${times}${node.mode === 'lazy' ? '?' : ''}`;
    }
    case 'assert':
      return ASSERTIONS[node.what]!;
    default:
      throw new Error(`no native form of ${node.kind}`);
  }
}

/** By {@link ASSERT}. A negated class of JavaScript's takes line feeds. */
const ASSERTIONS: readonly string[] = [
  '^', '(?:^|(?<=\\n)(?=[^]))', '(?![^])', '(?=\\n?(?![^]))', '(?=\\n|(?![^]))', '', '\\b', '\\B',
];

/** A class of the ASCII characters that a node takes, whatever its case. */
function asciiClass(node: Node): string {
  const set = singleSet(node)!;
  const hex = (char: number): string => `\\x${char.toString(16).padStart(2, '0')}`;
  let out = '[';
  for (let char = 0; char < 128; char++) {
    if (!set.has(char)) continue;
    const start = char;
    while (char < 127 && set.has(char + 1)) char++;
    out += char > start ? `${hex(start)}-${hex(char)}` : hex(start);
  }
  return `${out}]`;
}

/**
 * What a native search costs at most. A power of the length of the text: 1 for the places where it may start, 1 for
 * what one attempt reads, and 1 for every loop that can give back characters to what follows. A factor of 2 for
 * every choice that the next character does not settle. None for what may cost more than a power, and for what has
 * no native form or another meaning there.
 */
class Estimate {
  private loops = 0;
  private factor = 1;
  private copies = 1;
  private captures = 0;
  private runs = false;

  cost({ node, groups }: Parsed): Cost {
    // Groups that share a number, `(?|(a)|(b))`, are two there.
    if (!this.visit(node, new Uint8Array(129), false) || this.captures !== groups) return null;
    return { factor: this.factor, degree: 1 + (this.runs ? 1 : 0) + this.loops };
  }

  /** `follow`: what can come behind; `inLoop`: whether a loop is around. False when it must not run natively. */
  private visit(node: Node, follow: Uint8Array, inLoop: boolean): boolean {
    switch (node.kind) {
      case 'char':
      case 'set':
        return true;
      case 'assert':
        return node.what !== ASSERT.from;
      case 'seq': {
        let behind = follow;
        for (let i = node.items.length - 1; i >= 0; i--) {
          const item = node.items[i]!;
          if (!this.visit(item, behind, inLoop)) return false;
          const table = new Uint8Array(129);
          if (addFirst(item, table)) for (let k = 0; k < 129; k++) table[k]! |= behind[k]!;
          behind = table;
        }
        return true;
      }
      case 'alt': {
        const seen = new Uint8Array(129);
        for (const option of node.options) {
          if (!this.visit(option, follow, inLoop)) return false;
          const first = firstTable(option);
          if (first === null || overlap(first, seen)) {
            if (inLoop) return false;
            this.factor *= 2;
          }
          if (first !== null) for (let k = 0; k < 129; k++) seen[k]! |= first[k]!;
        }
        return true;
      }
      case 'capture':
        this.captures++;
        // In a loop JavaScript forgets what the last iteration captured.
        return !inLoop && this.visit(node.body, follow, inLoop);
      case 'repeat':
        return this.repeat(node, follow, inLoop);
      default:
        return false;
    }
  }

  private repeat(node: Node & { kind: 'repeat' }, follow: Uint8Array, inLoop: boolean): boolean {
    if (node.mode === 'possessive') return false;
    // Counted loops are copied there, one in another many times.
    this.copies *= Math.max(1, node.max === Infinity ? node.min : node.max);
    if (this.copies > 2000) return false;
    const first = firstTable(node.body);
    if (first === null) return false;
    const optional = node.min === 0 && node.max === 1;
    const ambiguous = overlap(first, follow);
    if (ambiguous) {
      if (inLoop) return false;
      if (optional) this.factor *= 2;
      else this.loops++;
    }
    if (singleSet(node.body) !== null) {
      if (!optional) this.runs = true;
      return true;
    }
    if (optional) return this.visit(node.body, follow, inLoop);
    this.runs = true;
    const around = new Uint8Array(129);
    for (let k = 0; k < 129; k++) around[k] = first[k]! | follow[k]!;
    return this.visit(node.body, around, true);
  }
}

function overlap(a: Uint8Array, b: Uint8Array): boolean {
  for (let k = 0; k < 129; k++) if (a[k]! & b[k]!) return true;
  return false;
}
