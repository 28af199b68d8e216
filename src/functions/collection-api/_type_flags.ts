import { typeErr } from '../../errors/query-error.ts';
import { call as msg } from '../../errors/messages/call.ts';
import { TYPE_FLAG, TYPE_FLAGS_ALL } from '../../values/type.ts';
import { isInt, typeName, type Value } from '../../values/value.ts';
import type { Lazy } from '../builtin.ts';

type Flags = boolean | number | bigint | undefined;

/** Flags of a type after a call of `fn`, of which they are argument `n` and the one after it, evaluated here. */
export function flagsGiven(fn: string, n: number, before: number, flags: Lazy | undefined, hideId: (() => boolean) | undefined): number {
  const given = flags?.();
  assertFlags(fn, n, given, hideId !== undefined);
  return flagsOf(before, given, hideId?.());
}

/** An int stands for all flags, so that nothing may follow it. */
function assertFlags(fn: string, n: number, given: Value | undefined, followed: boolean): asserts given is Flags {
  if (given === undefined || typeof given === 'boolean') return;
  if (followed) throw typeErr(msg.argType(fn, n, '`bool`', typeName(given)), `collection-api/${fn}`);
  // The page is this one for `set_type` too, as in ThingsDB.
  if (!isInt(given)) throw typeErr(msg.argType(fn, n, '`bool` or `int`', typeName(given)), 'collection-api/new_type');
}

/** An int adds the flags that it has, bools set or clear one each. */
function flagsOf(before: number, flags: Flags, hideId: boolean | undefined): number {
  let result = before;
  if (typeof flags === 'boolean') result = withFlag(result, TYPE_FLAG.wrapOnly, flags);
  else if (flags !== undefined) result |= Number(BigInt.asUintN(8, BigInt(flags))) & TYPE_FLAGS_ALL;
  return hideId === undefined ? result : withFlag(result, TYPE_FLAG.hideId, hideId);
}

export const withFlag = (flags: number, flag: number, on: boolean): number => (on ? flags | flag : flags & ~flag);
