/**
 * What a built-in function or method of the language is: facts as data, and `run`.
 *
 * One file a function and receiver, at the path of its page in the documentation. From the facts follow:
 * the check of the number of arguments and of their types with ThingsDB's texts, whether a query that names
 * the function makes a change, in which scopes it exists, which privilege it needs, the end of its error
 * texts, the REPL's help and completion, and the editors' word lists.
 *
 * The types of `run`'s parameters are computed from `on` and `args`: a misspelt type or a wrong use is a
 * compile error. `run` sees the query through {@link Query} alone; closures are called through it.
 */
import type {
  Anonymous, Bytes, Closure, DateTime, ErrorValue, Float, Future, List, Member, Module, MpData, Regex, Room, Task, Thing, ThingSet, Value, Wrap,
} from '../values/value.ts';
import type { Query } from '../evaluator/query.ts';

/** Words for types in `on` and `args`; each is a tag or a group of tags. */
export interface TypeWords {
  any: Value;
  nil: null;
  bool: boolean;
  int: number | bigint;
  float: Float;
  str: string;
  bytes: Bytes;
  mpdata: MpData;
  regex: Regex;
  list: List;
  tuple: List;
  set: ThingSet;
  thing: Thing;
  wrap: Wrap;
  anonymous: Anonymous;
  closure: Closure;
  error: ErrorValue;
  datetime: DateTime;
  timeval: DateTime;
  room: Room;
  task: Task;
  future: Future;
  module: Module;
  enum: Member;
}

type Word = keyof TypeWords;
type Union<S extends string> = S extends `${infer A}|${infer B}` ? Union<A> | Union<B> : S extends Word ? TypeWords[S] : never;

/** An argument that `run` evaluates itself, by calling it; nothing is checked before. */
export interface Lazy {
  (): Value;
  /** True when it gives a constant or what a variable holds: nothing is seen and done by it. */
  known?: boolean;
}

/**
 * How an argument is written: `'int'`, `'str|bytes'`; `'int?'` may be left out (then undefined); `'...any'`
 * takes all that follow (last only); `'lazy'`, `'lazy?'` and `'...lazy'` hand over thunks, for `try`, `push`
 * and others that decide themselves when, or whether, an argument is evaluated. `'lazy:str'` is a thunk that
 * checks the type when it is called: for functions that look up what argument 1 names before they evaluate 2.
 */
export type ArgValue<S extends string> = S extends 'lazy' ? Lazy
  : S extends 'lazy?' ? Lazy | undefined
  : S extends `lazy:${infer T}?` ? (() => Union<T>) | undefined
  : S extends `lazy:${infer T}` ? () => Union<T>
  : S extends `${infer T}?` ? Union<T> | undefined
  : Union<S>;

type Params<A extends readonly string[]> = A extends readonly [infer H extends string, ...infer R extends readonly string[]]
  ? H extends '...lazy' ? Lazy[]
    : H extends `...${infer T}` ? Union<T>[]
    : [ArgValue<H>, ...Params<R>]
  : [];

/** Scope in which a call of this name makes the query a change; `both` is a collection and `@thingsdb`. */
export type ChangeIn = 'never' | 'collection' | 'thingsdb' | 'both';

export interface BuiltinFacts {
  /** The language's own name; the file has the same. */
  readonly name: string;
  /** Name in error texts, where ThingsDB shows another one. */
  readonly shownAs?: string;
  /** Where calling it by name makes the query a change, decided from the text before it runs. */
  readonly change: ChangeIn;
  /** Makes no change when called straight on a variable, a literal or a built-in's result: `x.push(1)`. */
  readonly freeOnVariable?: boolean;
  /** Makes no change after `nse()` stands earlier in the text. */
  readonly freeUnderNse?: boolean;
  /** A closure literal as first argument does not count for the query (`future`, `then`, `else`): it gets a change of its own. */
  readonly ownChangeForClosure?: boolean;
  /** The answer is the argument itself, not a fresh value: what follows the dot on it may change something stored. */
  readonly passesThrough?: boolean;
  /** `nse` itself: what follows in the text makes no change where `freeUnderNse` says so. */
  readonly setsNse?: boolean;
  /** Scopes that have it; elsewhere it is undefined, with a hint to these. Default: all. */
  readonly scope?: 'collection' | 'thingsdb' | 'node' | 'collection|thingsdb';
  /** Privilege that is checked on the scope before anything else. */
  readonly needs?: 'QUERY' | 'CHANGE' | 'GRANT' | 'JOIN' | 'RUN' | 'FULL';
  /** Changes need `commit()` first where the scope keeps a history of commits. */
  readonly needsCommit?: boolean;
  /**
   * It changes its receiver: refused while the receiver is in use by an iteration, and, when it is stored, in
   * a query without a change; both before the first argument is evaluated. While arguments are evaluated the
   * receiver is in use itself.
   */
  readonly mutates?: boolean;
  /** It quotes its first argument as written: the text is in {@link Query.argumentText} when `run` starts. */
  readonly quotesArgument?: boolean;
  /** Fewest arguments, where a rest argument needs at least one. */
  readonly atLeast?: number;
  /** Only untyped things have it. */
  readonly untypedOnly?: boolean;
  /** Only typed things have it. */
  readonly typedOnly?: boolean;
  /** Counts of arguments for which the usual text does not hold: gives the text, or null for the usual. */
  readonly countMessage?: (given: number) => string | null;
  /** Text for a wrong type of argument `n` (from 0), where ThingsDB departs from the usual one; null for the usual. */
  readonly typeMessage?: (n: number, got: string, given: number) => string | null;
}

export interface FunctionSpec<A extends readonly string[]> extends BuiltinFacts {
  readonly on?: never;
  readonly args: A;
  readonly run: (q: Query, ...args: Params<A>) => Value;
}

export interface MethodSpec<On extends string, A extends readonly string[]> extends BuiltinFacts {
  /** The receiver: `'str'`, or several: `'list|tuple'`. */
  readonly on: On;
  readonly args: A;
  readonly run: (q: Query, self: Union<On>, ...args: Params<A>) => Value;
}

/** A built-in as the evaluator sees it: the facts, with types of parameters forgotten. */
export interface BuiltinSpec extends BuiltinFacts {
  readonly on?: string | undefined;
  readonly args: readonly string[];
  readonly run: (q: Query, ...args: never[]) => Value;
}

/** Declares a function that is called by name: `now()`. */
export function builtin<const A extends readonly string[]>(spec: FunctionSpec<A>): BuiltinSpec;
/** Declares a method: `'x'.upper()`. */
export function builtin<const On extends string, const A extends readonly string[]>(spec: MethodSpec<On, A>): BuiltinSpec;
export function builtin(spec: unknown): BuiltinSpec {
  return spec as BuiltinSpec;
}
