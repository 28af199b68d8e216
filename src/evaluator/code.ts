/**
 * Executable code: what `resolve.ts` makes of a syntax tree and `run.ts` runs.
 *
 * All nodes are of one class with the same fields, so that the one switch in `run.ts` always reads the same
 * object layout, whatever mix of operations a query has. What the fields mean for each operation stands
 * beside its number in {@link OP}.
 */
import type { Closure, Value } from '../values/value.ts';
import type { Shape } from '../values/shape.ts';
import type { Builtin } from '../functions/registry.ts';
import type { Cursor } from './cursor.ts';
import type { Difference } from './difference.ts';
import type { Frame } from './frame.ts';
import type { Query } from './query.ts';

export class Code {
  op: number;
  /** Offset in the source text, for errors. */
  pos: number;
  a: Code | null;
  b: Code | null;
  c: Code | null;
  list: readonly Code[];
  /** A name: of a variable, property, method, type. */
  name: string;
  /** A slot, a count or flags. */
  n: number;
  /** A constant value. */
  value: Value;
  /** A built-in that is called by name. */
  fn: Builtin | null;
  /** Methods of that name, by tag of the receiver. */
  methods: readonly (Builtin | null)[] | null;
  /** Anything else that belongs to one operation; see {@link OP}. */
  extra: unknown;
  /** Inline cache: the shape that was met last and where the property stands in it. */
  shape: Shape | null;
  at: number;
  /** Inline cache of a free name: the scope of the caller in which it was found last, and its slot there. */
  scope: FrameScope | null;
  at2: number;

  constructor(op: number, pos: number) {
    this.op = op;
    this.pos = pos;
    this.a = null;
    this.b = null;
    this.c = null;
    this.list = NONE;
    this.name = '';
    this.n = 0;
    this.value = null;
    this.fn = null;
    this.methods = null;
    this.extra = null;
    this.shape = null;
    this.at = 0;
    this.scope = null;
    this.at2 = 0;
  }
}

const NONE: readonly Code[] = [];

/** The variables of a query or of a closure's body: one table for all its runs. */
export class FrameScope {
  readonly slots: Map<string, number>;
  readonly names: string[];
  /** The text that positions in its code refer to. */
  readonly source: string;
  constructor(source: string) {
    this.slots = new Map();
    this.names = [];
    this.source = source;
  }

  /** The slot of a name, made when there is none yet. */
  slot(name: string): number {
    let slot = this.slots.get(name);
    if (slot === undefined) {
      slot = this.names.length;
      this.slots.set(name, slot);
      this.names.push(name);
    }
    return slot;
  }

  /** A slot without a name, for the evaluator's own use. */
  temporary(): number {
    this.names.push('');
    return this.names.length - 1;
  }
}

/** What a call by name has found out about its name; see `calleeOf`. */
export class CallSite {
  /** The scope that the call stands in. */
  readonly home: FrameScope;
  /** The state of the tables of names in which it was looked up there; null before. */
  names: object | null;
  /** The procedure of that name; null where it stands in no table, and is that of a variable. */
  procedure: Closure | null;
  /** The scope of the caller in which the variable was found last, and its slot there. */
  scope: FrameScope | null;
  slot: number;

  constructor(home: FrameScope) {
    this.home = home;
    this.names = null;
    this.procedure = null;
    this.scope = null;
    this.slot = 0;
  }
}

/** In which kinds of scope running a text makes a change. */
export const CHANGES = { never: 0, collection: 1, thingsdb: 2 } as const;

/** A query or the body of a closure, ready to run. */
export interface FunctionCode {
  readonly scope: FrameScope;
  readonly body: Code;
  /** False for a query, whose variables may be given from outside. */
  readonly isClosure: boolean;
  /** Slots of the parameters, in order. */
  readonly params: readonly number[];
  /** Bits of {@link CHANGES}. */
  readonly changes: number;
  /** True when a `return`, or a `break` that has no loop, leaves it by throwing, from within an expression. */
  readonly throws: boolean;
  /** True when `nse()` stands in it, reached or not. */
  readonly nse: boolean;
  /** How often it was interpreted; see {@link Codegen}. */
  heat: number;
  /** The same as a function of JavaScript, once it has been run often. */
  compiled: CompiledBody | null;
  /** Loops around {@link compiled}, of a closure. */
  sweeps: Sweeps | null;
  /** The keys that it compares, undefined until somebody asks; see `differenceOf`. */
  difference: Difference | null | undefined;
}

/**
 * Runs a body. A closure is given its first three arguments; further ones stand in their slots. One that is called
 * without a frame makes it when something could look at it: many never do.
 */
export type CompiledBody = (q: Query, f: Frame | null, a: Value, b: Value, c: Value) => Value;

/**
 * A loop that calls a closure for items from position `i` up to `n`, with the position of each, or its id. Answers the position that it
 * reached: before `n` the clock is to be looked at.
 */
export type Sweep<T> = (q: Query, f: Frame, items: readonly Value[], i: number, n: number, pos: number, ids: boolean, to: T) => number;

export interface Sweeps {
  /** Puts the answers into `to`, each at its item's position. */
  readonly values: Sweep<Value[]>;
  /** The same, as items of a list. */
  readonly items: Sweep<Value[]>;
  /** Adds the items to `to` for which the answer is true. */
  readonly chosen: Sweep<Value[]>;
  /** Answers -1 minus the position of the first item for which the answer is as true as `to` says. */
  readonly first: Sweep<boolean>;
  /** Calls it with the answer to the item before, and the item; `to` has the first and then the last. */
  readonly fold: Sweep<{ value: Value }>;
}

/** The variables of a `for` loop, and how often its body was interpreted. */
export class Loop {
  readonly slots: readonly number[];
  heat: number;
  compiled: CompiledLoop | null;

  constructor(slots: readonly number[]) {
    this.slots = slots;
    this.heat = 0;
    this.compiled = null;
  }
}

/** Runs the rest of a loop; undefined, or the value of a `return`, which the frame's exit flag tells. */
export type CompiledLoop = (f: Frame, cursor: Cursor) => Value | undefined;

/**
 * The operations. `a`, `b`, `c` are operands; `list` arguments.
 *
 * Return, break and continue in the place of a statement set a flag on the frame; within an expression
 * (`[1, return 2]`), which is rare, they throw (`leave`), so that expressions need not look at the flag.
 */
export const OP = {
  /** `value` */
  constant: 0,
  /** Raises `extra`, a QueryError: a literal that is out of range. */
  raise: 1,
  /** Reads slot `n`; `name` is looked up through the callers while the slot is empty. */
  local: 2,
  /** Reads `name`, which this body does not assign, through the callers. */
  free: 3,
  /** Slot `n` = a */
  setLocal: 4,
  /** `name` op= a; `n` is the slot or -1, `at` the operator (see {@link ARITH}). */
  compound: 5,
  /** Reads temporary slot `n`. */
  temporary: 6,
  /** a, then b: one operation each, in the order of {@link ARITH}. */
  add: 10,
  sub: 11,
  mul: 12,
  div: 13,
  mod: 14,
  and: 15,
  or: 16,
  xor: 17,
  shl: 18,
  shr: 19,
  eq: 20,
  ne: 21,
  lt: 22,
  gt: 23,
  le: 24,
  ge: 25,
  /** a && b, a || b, a ? b : c */
  logicalAnd: 30,
  logicalOr: 31,
  ternary: 32,
  /** Unary on a. */
  not: 33,
  negate: 34,
  plus: 35,
  invert: 36,
  /** `list` of statements; the value is that of the last one. `n` 1: one of them may set the frame's exit flag. */
  block: 40,
  /** if (a) b else c */
  if: 41,
  /** for (variables in a) b; `extra`: {@link Loop}. `n` 1: b may throw break or continue. */
  for: 42,
  /** return a, b, c. */
  return: 43,
  break: 44,
  continue: 45,
  /** `list` as a list; `n` 1 makes a tuple. */
  list: 50,
  /** Properties: names in `extra: string[]`, values in `list`. */
  thing: 51,
  /** `name`{…}: names in `extra: (string|pos)[]`, values in `list`. */
  instance: 52,
  /** `name`{member}: member in `extra` or, computed, in a. */
  member: 53,
  /** &{…}: a is the thing; evaluated once in a query. */
  anonymous: 54,
  /** `extra`: ClosureTemplate */
  closure: 55,
  /** Texts and expressions in `list`. */
  template: 56,
  regex: 57,
  /** `fn`(list) */
  callBuiltin: 60,
  /** `name`(list), where name is not a built-in: type, enum, procedure, module or variable. `n`: slot or -1. `extra`: {@link CallSite} */
  callName: 61,
  /** Root of the collection. */
  root: 70,
  /** a.name */
  property: 71,
  /** a.name op= b; `at` is the operator, -1 for plain; `n` 1: b is a fresh list or set that nobody else has. */
  setProperty: 72,
  /** a.name(list) */
  method: 73,
  /** a[b] */
  index: 74,
  /** a[list[0]:list[1]:list[2]], each may be the constant nil. */
  slice: 75,
  /** a[b] op= c */
  setIndex: 76,
  /** a[list] op= c */
  setSlice: 77,
  /** a..b: when a is nil or an error that is the value; else it is put in temporary slot `n` and b is run. */
  guard: 78,
} as const;

/** Operators as numbers, for compound assignments: the same as their operations. */
export const ARITH: Readonly<Record<string, number>> = {
  '+': OP.add, '-': OP.sub, '*': OP.mul, '/': OP.div, '%': OP.mod,
  '&': OP.and, '|': OP.or, '^': OP.xor, '<<': OP.shl, '>>': OP.shr,
  '==': OP.eq, '!=': OP.ne, '<': OP.lt, '>': OP.gt, '<=': OP.le, '>=': OP.ge,
};

/** The sign of an operation, for error texts. */
export const SIGN: Readonly<Record<number, string>> = Object.fromEntries(Object.entries(ARITH).map(([sign, op]) => [op, sign]));
