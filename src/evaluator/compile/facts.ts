/** What the generator asks about code before it writes it. */
import { OP, type Code } from '../code.ts';

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
