/** The `is_…` functions: none of them fails, save `is_inf`. */
import { TAG, tagOf } from '../../values/value.ts';
import { builtin, type BuiltinSpec } from '../builtin.ts';

/** A function that tells whether a value is of one of these types. */
export function typeTest(name: string, ...types: (keyof typeof TAG)[]): BuiltinSpec {
  const tags = types.map(type => TAG[type]) as number[];
  return builtin({ name, args: ['any'], change: 'never', run: (_q, x) => tags.includes(tagOf(x)) });
}

/** A function that tells whether a value is a str of some form. */
export function textTest(name: string, test: (text: string) => boolean): BuiltinSpec {
  return builtin({ name, args: ['any'], change: 'never', run: (_q, x) => typeof x === 'string' && test(x) });
}
