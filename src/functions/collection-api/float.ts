import { scalars as msg } from '../../errors/messages/scalars.ts';
import { typeErr } from '../../errors/query-error.ts';
import { parseFloatText } from '../../values/float.ts';
import { toDouble } from '../../values/int.ts';
import { DateTime, ErrorValue, Float, Member, float, isInt, typeName, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({ name: 'float', args: ['any?'], change: 'never', run: (_q, x) => float(x === undefined ? 0 : toFloat(x)) });

function toFloat(x: Value): number {
  if (x instanceof Float) return x.value;
  if (isInt(x)) return toDouble(x);
  if (typeof x === 'string') return parseFloatText(x);
  if (typeof x === 'boolean') return x ? 1 : 0;
  if (x instanceof DateTime) return toDouble(x.ts);
  if (x instanceof ErrorValue) return x.code;
  if (x instanceof Member) return toFloat(x.value);
  throw typeErr(msg.convert(typeName(x), 'float'));
}
