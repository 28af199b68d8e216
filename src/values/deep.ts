/** Depths: of results, of copies, of comparisons. */
import { typeErr, valueErr } from '../errors/query-error.ts';
import { operators as msg } from '../errors/messages/operators.ts';
import { isInt, typeName, type Value } from './value.ts';

const DEEP_MAX = 127;

/** A depth that a query gives: an int from 0 to 127. */
export function deepOf(value: Value): number {
  if (!isInt(value)) throw typeErr(msg.deepType(typeName(value)));
  if (value < 0 || value > DEEP_MAX) throw valueErr(msg.deepRange(String(value)));
  return Number(value);
}

/** The flags of a result: any int, of which the low 32 bits count. */
export function flagsOf(value: Value): number {
  if (!isInt(value)) throw typeErr(msg.flagsType(typeName(value)));
  return Number(BigInt.asIntN(32, BigInt(value)));
}
