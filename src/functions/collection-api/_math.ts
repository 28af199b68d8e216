/** What the functions of mathematics share: an int or a float in, a double to work with. */
import { numbers } from '../../errors/messages/numbers.ts';
import { valueErr } from '../../errors/query-error.ts';
import { Float, float } from '../../values/value.ts';

export type Numeric = number | bigint | Float;

export const doubleOf = (x: Numeric): number => (x instanceof Float ? x.value : Number(x));

/** The boxed result of `f`; a domain error where `outside` says so. Nan passes through. */
export function mathOf(x: Numeric, f: (x: number) => number, outside: (x: number) => boolean): Float {
  const value = doubleOf(x);
  if (outside(value)) throw valueErr(numbers.domain());
  return float(f(value));
}
