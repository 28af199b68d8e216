/** The functions that make an error value of one code: `lookup_err()`, `type_err('text')`. Nothing is raised. */
import { defaultMessage } from '../../errors/codes.ts';
import { ErrorValue } from '../../values/value.ts';
import { builtin, type BuiltinSpec } from '../builtin.ts';
import { errorText } from './_text.ts';

export function errorConstructor(name: string, code: number): BuiltinSpec {
  return builtin({
    name, args: ['str?'], change: 'never',
    run: (_q, text) => new ErrorValue(code, text === undefined ? defaultMessage(code) : errorText(text)),
  });
}
