/** Texts of errors that a query makes. */
import { ERR_HIGHEST, ERR_LOWEST } from '../../errors/codes.ts';
import { scalars as msg } from '../../errors/messages/scalars.ts';
import { typeErr, valueErr } from '../../errors/query-error.ts';
import { call as callMsg } from '../../errors/messages/call.ts';
import { LANGUAGE } from '../../evaluator/limits.ts';
import { byteLength, isUtf8 } from '../../values/str.ts';
import { typeName, type Value } from '../../values/value.ts';

/** A text that an error may have. */
export function errorText(text: string): string {
  const bytes = byteLength(text);
  if (bytes > LANGUAGE.errorBytes) throw valueErr(msg.errorLength(LANGUAGE.errorBytes, bytes));
  if (!isUtf8(text)) throw valueErr(msg.errorUtf8());
  return text;
}

/** Argument `n` (from 1) of `fn`, which is the text of an error and evaluated only when it is needed. */
export function errorTextArgument(fn: string, n: number, value: Value, docs = `collection-api/${fn}`): string {
  if (typeof value !== 'string') throw typeErr(callMsg.argType(fn, n, '`str`', typeName(value)), docs);
  return errorText(value);
}

/** A code that user code may give an error. */
export function errorCode(fn: string, code: number | bigint): number {
  if (code < ERR_LOWEST || code > ERR_HIGHEST) throw valueErr(msg.errorCode(fn, ERR_LOWEST, ERR_HIGHEST, code), 'collection-api/err');
  return Number(code);
}
