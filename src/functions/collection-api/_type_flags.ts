import { TYPE_FLAG, TYPE_FLAGS_ALL } from '../../values/type.ts';

/** Flags of a type after a call: an int adds the flags that it has, bools set or clear one each. */
export function flagsOf(before: number, flags: boolean | number | bigint | undefined, hideId: boolean | undefined): number {
  let result = before;
  if (typeof flags === 'boolean') result = withFlag(result, TYPE_FLAG.wrapOnly, flags);
  else if (flags !== undefined) result |= Number(BigInt.asUintN(8, BigInt(flags))) & TYPE_FLAGS_ALL;
  return hideId === undefined ? result : withFlag(result, TYPE_FLAG.hideId, hideId);
}

export const withFlag = (flags: number, flag: number, on: boolean): number => (on ? flags | flag : flags & ~flag);
