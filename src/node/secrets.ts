/**
 * Passwords and token keys on Node: passwords by scrypt with a salt for each, of token keys only a hash.
 *
 * A kept password reads `scrypt$N$r$p$salt$hash` (base64), so that its cost can be raised later without
 * breaking those that are kept.
 */
import { createHash, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import type { Secrets } from '../host.ts';

/** OWASP's smallest advice for scrypt: 16 MiB and about 40 ms on a slow core. */
const COST = { N: 16_384, r: 8, p: 1 } as const;
const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** 128 bits and more, in as many characters as ThingsDB's own keys have: clients look for that. */
const KEY_BYTES = 16;

export function nodeSecrets(cost: { readonly N: number; readonly r: number; readonly p: number } = COST): Secrets {
  return {
    hashPassword(password) {
      const salt = randomBytes(SALT_BYTES);
      const hash = scryptSync(password, salt, HASH_BYTES, cost);
      return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), hash.toString('base64')].join('$');
    },
    checkPassword(password, kept) {
      const [kind, N, r, p, salt, hash] = kept.split('$');
      if (kind !== 'scrypt' || salt === undefined || hash === undefined) return false;
      const want = Buffer.from(hash, 'base64');
      const got = scryptSync(password, Buffer.from(salt, 'base64'), want.length, { N: Number(N), r: Number(r), p: Number(p) });
      return timingSafeEqual(got, want);
    },
    newKey: () => randomBytes(KEY_BYTES).toString('base64url'),
    hashKey: key => createHash('sha256').update(key).digest('base64url'),
  };
}
