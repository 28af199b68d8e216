import { valueErr } from '../../errors/query-error.ts';
import { tokens as msg } from '../../errors/messages/admin.ts';

/** Characters of a key. */
const LENGTH = 22;

/** Refuses what cannot be a token's key: it has 22 characters of ASCII. */
export function assertKey(fn: string, key: string): void {
  if (key.length !== LENGTH || !/^[\x01-\x7f]*$/.test(key)) throw valueErr(msg.noKey(fn), `thingsdb-api/${fn}`);
}
