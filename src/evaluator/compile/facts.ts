/** What the generator asks about code before it writes it. */
import { CHANGES, OP, type Code, type FrameScope, type FunctionCode, type Loop } from '../code.ts';

/** Calls `see` for a node and all below it; the bodies of closures are code of their own. */
export function visit(c: Code, see: (part: Code) => void): void {
  see(c);
  for (const part of [c.a, c.b, c.c]) if (part !== null) visit(part, see);
  for (const part of c.list) visit(part, see);
}

/** Operations that neither assign a variable nor call anything that could. They may raise an error. */
const QUIET: ReadonlySet<number> = new Set([
  OP.constant, OP.raise, OP.local, OP.temporary, OP.add, OP.sub, OP.mul, OP.div, OP.mod, OP.and, OP.or, OP.xor, OP.shl, OP.shr,
  OP.eq, OP.ne, OP.lt, OP.gt, OP.le, OP.ge, OP.logicalAnd, OP.logicalOr, OP.ternary, OP.not, OP.negate, OP.plus, OP.invert,
  OP.list, OP.thing, OP.closure, OP.template, OP.regex, OP.root, OP.property,
]);

/** Whether evaluating it changes nothing that anybody could see: no variable, no value, no lock. */
export function isQuiet(c: Code): boolean {
  let quiet = true;
  visit(c, part => {
    if (!QUIET.has(part.op)) quiet = false;
  });
  return quiet;
}

/** Slots that a node itself assigns. */
function assignedBy(c: Code): readonly number[] {
  if (c.op === OP.setLocal || c.op === OP.compound || c.op === OP.guard) return [c.n];
  return c.op === OP.for ? (c.extra as Loop).slots : [];
}

/** Slots of variables that may have a value of their own here; in a query, or around a loop, all that are named. */
export function variablesOf(body: Code, params: readonly number[], around: FrameScope | null): number[] {
  const slots = new Set(params);
  visit(body, part => {
    for (const slot of assignedBy(part)) slots.add(slot);
    if (part.op === OP.temporary) slots.add(part.n);
    if (around !== null && (part.op === OP.local || (part.op === OP.callName && part.n >= 0))) slots.add(part.n);
  });
  return [...slots].sort((a, b) => a - b);
}

/** Nothing is called by it. */
const NO_NAME = '';

/** Whether a closure calls one name only, which may be its own, with no more arguments than it takes. */
export function mayCallItself({ scope, body, isClosure, params, changes }: FunctionCode): boolean {
  if (!isClosure || changes !== CHANGES.never || params.length > 3) return false;
  const names = new Set<string>();
  visit(body, ({ op, name, list }) => {
    if (op === OP.callName) names.add(list.length > params.length || scope.slots.has(name) ? NO_NAME : name);
  });
  return names.size === 1 && !names.has(NO_NAME);
}
