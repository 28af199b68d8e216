/**
 * Comparisons that are the difference of two keys, as in `sort(|a, b| a.age - b.age)`: to sort by the keys, each of which
 * is evaluated once, gives the same as to compare pairs, as long as nobody can see which pairs are compared.
 */
import { OP, type Code, type FunctionCode } from './code.ts';

export interface Difference {
  /** The key of one item. */
  readonly key: FunctionCode;
  /** The key of the second parameter comes first: from high to low. */
  readonly reverse: boolean;
}

/** What a body of two parameters is the difference of; null when it is none. */
export function differenceOf(code: FunctionCode): Difference | null {
  const { params: [first, second], body } = code;
  if (first === undefined || second === undefined || first === second || body.op !== OP.sub) return null;
  for (const [one, other] of [[first, second], [second, first]] as const) {
    if (!isSame(body.a!, one, body.b!, other)) continue;
    return { key: { ...code, body: body.a!, params: [one], heat: 0, compiled: null, sweeps: null, difference: null }, reverse: one === second };
  }
  return null;
}

/** Operations whose value depends on their operands alone, and that change nothing. */
const PURE: ReadonlySet<number> = new Set([
  OP.constant, OP.local, OP.property, OP.add, OP.sub, OP.mul, OP.div, OP.mod, OP.and, OP.or, OP.xor, OP.shl, OP.shr, OP.negate, OP.plus, OP.invert,
  OP.eq, OP.ne, OP.lt, OP.gt, OP.le, OP.ge, OP.not, OP.logicalAnd, OP.logicalOr, OP.ternary,
]);

/** Whether `x` says of the variable in slot `a`, and of nothing else, what `y` says of that in slot `b`. */
function isSame(x: Code, a: number, y: Code, b: number): boolean {
  if (x.op !== y.op || !PURE.has(x.op)) return false;
  if (x.op === OP.local) return x.n === a && y.n === b;
  if (x.name !== y.name || x.value !== y.value) return false;
  return isSameOrNone(x.a, a, y.a, b) && isSameOrNone(x.b, a, y.b, b) && isSameOrNone(x.c, a, y.c, b);
}

const isSameOrNone = (x: Code | null, a: number, y: Code | null, b: number): boolean => (x === null || y === null ? x === y : isSame(x, a, y, b));
