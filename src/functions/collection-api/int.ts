import { scalars as msg } from '../../errors/messages/scalars.ts';
import { typeErr } from '../../errors/query-error.ts';
import { fromDouble, parseText } from '../../values/int.ts';
import { DateTime, ErrorValue, Float, Member, isInt, typeName, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({ name: 'int', args: ['any?'], change: 'never', run: (_q, x) => (x === undefined ? 0 : toInt(x)) });

function toInt(x: Value): number | bigint {
  if (isInt(x)) return x;
  if (typeof x === 'string') return parseText(x);
  if (typeof x === 'boolean') return x ? 1 : 0;
  if (x instanceof Float) return fromDouble(x.value);
  if (x instanceof DateTime) return x.ts;
  if (x instanceof ErrorValue) return x.code;
  if (x instanceof Member) return toInt(x.value);
  throw typeErr(msg.convert(typeName(x), 'int'));
}
