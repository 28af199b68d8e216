/**
 * All built-ins, ready for the evaluator: found by name, and for methods by the receiver's tag; with
 * their `args` read into masks of tags and counts.
 */
import { CHANGES } from '../evaluator/code.ts';
import { TAG, TAG_COUNT } from '../values/value.ts';
import { assert } from '../errors/assert.ts';
import type { BuiltinSpec } from './builtin.ts';
import type { Value } from '../values/value.ts';
import type { Query } from '../evaluator/query.ts';

export interface Param {
  /** Tags that are accepted; -1 for any. */
  readonly mask: number;
  /** "`str` or `bytes`", as error texts have it. */
  readonly words: string;
  readonly optional: boolean;
  readonly lazy: boolean;
}

export interface Builtin {
  readonly name: string;
  /** Name in error texts. */
  readonly shown: string;
  /** Page of the documentation: `data-types/list/push`. */
  readonly docs: string;
  readonly spec: BuiltinSpec;
  readonly params: readonly Param[];
  /** What all arguments after the last of `params` are; null when there is no rest. */
  readonly rest: Param | null;
  readonly min: number;
  readonly max: number;
  /** True when any argument is handed over as a thunk. */
  readonly lazy: boolean;
  /** Bits of CHANGES. */
  readonly changes: number;
  readonly freeOnVariable: boolean;
  readonly freeUnderNse: boolean;
  readonly ownChangeForClosure: boolean;
  readonly passesThrough: boolean;
  readonly setsNse: boolean;
  readonly mutates: boolean;
  /** The kinds of scope that have it; null for all. */
  readonly scopes: readonly string[] | null;
  /** True when nothing but count and types is checked before `run`: no scope, privilege, commit or lock. */
  readonly plain: boolean;
  readonly run: (q: Query, ...args: Value[]) => Value;
}

/** A built-in and where its file stands below `src/functions`: `list/push`. */
export interface Entry {
  readonly path: string;
  readonly spec: BuiltinSpec;
}

export class Registry {
  private readonly functions = new Map<string, Builtin>();
  private readonly byName = new Map<string, (Builtin | null)[]>();
  readonly all: readonly Builtin[];

  constructor(entries: readonly Entry[]) {
    const all: Builtin[] = [];
    for (const { path, spec } of entries) {
      const fn = compile(path, spec);
      all.push(fn);
      if (spec.on === undefined) {
        assert(!this.functions.has(spec.name), `function ${spec.name} is declared twice`);
        this.functions.set(spec.name, fn);
        continue;
      }
      let byTag = this.byName.get(spec.name);
      if (byTag === undefined) this.byName.set(spec.name, (byTag = new Array<Builtin | null>(TAG_COUNT).fill(null)));
      for (const word of spec.on.split('|')) {
        const tag = tagOfWord(word);
        assert(byTag[tag] === null, `method ${spec.name} on ${word} is declared twice`);
        byTag[tag] = fn;
      }
    }
    this.all = all;
  }

  /** The function that is called as `name(…)`; null when there is none. */
  function(name: string): Builtin | null {
    return this.functions.get(name) ?? null;
  }

  /** The methods of that name by tag of the receiver; null when no type has one. */
  methods(name: string): readonly (Builtin | null)[] | null {
    return this.byName.get(name) ?? null;
  }

  /** One method of that name: what the text alone decides is the same for all of one name. */
  anyMethod(name: string): Builtin | null {
    return this.byName.get(name)?.find(fn => fn !== null) ?? null;
  }

  functionNames(): Iterable<string> {
    return this.functions.keys();
  }

  /** Names of the methods that values of that tag have. */
  methodNames(tag: number): string[] {
    const names: string[] = [];
    for (const [name, byTag] of this.byName) if (byTag[tag] !== null) names.push(name);
    return names;
  }
}

const CHANGE_BITS = { never: CHANGES.never, collection: CHANGES.collection, thingsdb: CHANGES.thingsdb, both: CHANGES.collection | CHANGES.thingsdb };

function compile(path: string, spec: BuiltinSpec): Builtin {
  const params: Param[] = [];
  let rest: Param | null = null;
  let min = 0;
  for (const arg of spec.args) {
    assert(rest === null, `${path}: nothing may follow a rest argument`);
    if (arg.startsWith('...')) {
      rest = param(arg.slice(3));
      continue;
    }
    const p = param(arg);
    params.push(p);
    if (!p.optional) min = params.length;
  }
  const facts = { scope: spec.scope, needs: spec.needs, needsCommit: spec.needsCommit, mutates: spec.mutates };
  return {
    name: spec.name,
    shown: spec.shownAs ?? spec.name,
    docs: docsPage(path),
    spec,
    params,
    rest,
    min: spec.atLeast ?? min,
    max: rest === null ? params.length : Infinity,
    lazy: params.some(p => p.lazy) || (rest?.lazy ?? false),
    changes: CHANGE_BITS[spec.change],
    freeOnVariable: spec.freeOnVariable ?? false,
    freeUnderNse: spec.freeUnderNse ?? false,
    ownChangeForClosure: spec.ownChangeForClosure ?? false,
    passesThrough: spec.passesThrough ?? false,
    setsNse: spec.setsNse ?? false,
    mutates: spec.mutates ?? false,
    scopes: spec.scope?.split('|') ?? null,
    plain: Object.values(facts).every(fact => fact === undefined || fact === false),
    run: spec.run as (q: Query, ...args: Value[]) => Value,
  };
}

function param(text: string): Param {
  const optional = text.endsWith('?');
  const [, thunk, types] = /^(lazy:?)?(.*?)\??$/.exec(text)!;
  const lazy = thunk !== undefined;
  if (types === '' || types === 'any') return { mask: -1, words: '', optional, lazy };
  const words = types!.split('|');
  let mask = 0;
  for (const word of words) mask |= 1 << tagOfWord(word);
  return { mask, words: listWords(words), optional, lazy };
}

/** "`a`", "`a` or `b`", "`a`, `b` or `c`" */
function listWords(words: readonly string[]): string {
  const ticked = words.map(word => (word === 'anonymous' ? '`<anonymous>`' : `\`${word}\``));
  return ticked.length === 1 ? ticked[0]! : `${ticked.slice(0, -1).join(', ')} or ${ticked.at(-1)}`;
}

function tagOfWord(word: string): number {
  const tag = word === 'enum' ? TAG.member : (TAG as Record<string, number>)[word];
  assert(tag !== undefined, `no type is called ${word}`);
  return tag;
}

/** The docs have the folders of the types below `data-types`, that of wraps under a name of its own, and a folder each for two groups of functions. */
function docsPage(path: string): string {
  if (path.startsWith('wrap/')) return `data-types/wtype/${path.slice(5)}`;
  if (/^collection-api\/is_/.test(path)) return path.replace('/', '/is/');
  if (/^collection-api\/(abs|ceil|cos|exp|floor|log10|log2|loge|pow|round|sin|sqrt|tan)$/.test(path)) return path.replace('/', '/math/');
  return /^(collection-api|thingsdb-api|node-api|procedures-api|errors)\//.test(path) ? path : `data-types/${path}`;
}
