/**
 * Passwords and token keys on Node: passwords by scrypt with a salt for each, of token keys only a hash.
 *
 * A kept password reads `scrypt$N$r$p$salt$hash` (base64), so that its cost can be raised later without
 * breaking those that are kept. Hashing one runs on Node's pool of threads, where files are read too: a few at a
 * time, so that a flood of log-ins holds up nothing else, and of those that wait a bounded number.
 */
import { createHash, randomBytes, randomInt, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { maxQuotaErr } from '../errors/query-error.ts';
import { access as msg } from '../errors/messages/access.ts';
import type { Secrets } from '../host.ts';
import { KEY_PREFIX } from '../system/token.ts';
import { Turns } from './turns.ts';

/** OWASP's smallest advice for scrypt: 16 MiB and about 40 ms on a slow core. */
const COST = { N: 16_384, r: 8, p: 1 } as const;
const HASH_BYTES = 32;
const SALT_BYTES = 16;

/** Of Node's four threads. */
const HASHES_AT_A_TIME = 2;

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 131 bits. */
const KEY_DIGITS = 22;
const CHECK_DIGITS = 6;

/**
 * The hash of `pass`, the password of user `admin` at a first start. Everybody knows that password, so its salt need
 * be no secret either; one that is set has a salt of its own.
 */
const INITIAL_PASSWORD = 'scrypt$16384$8$1$yvck9Rsb4pUr9X5K1DqPOQ==$aBcjX0vzwMQrIOVxU61gleqfdZaGNfz15GVJLOCqMeA=';

export interface SecretsOptions {
  readonly cost: { readonly N: number; readonly r: number; readonly p: number };
  /** Passwords that may wait to be hashed; `max_quota_err` from then on. */
  readonly maxWaiting: number;
}

export function nodeSecrets(options: Partial<SecretsOptions> = {}): Secrets {
  const { cost, maxWaiting } = { cost: COST, maxWaiting: 500, ...options };
  const turns = new Turns(HASHES_AT_A_TIME, maxWaiting, waiting => maxQuotaErr(msg.hashing(waiting)));
  return {
    initialPassword: INITIAL_PASSWORD,
    async hashPassword(password) {
      const salt = randomBytes(SALT_BYTES);
      const hash = await turns.take(() => derive(password, salt, HASH_BYTES, cost));
      return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), hash.toString('base64')].join('$');
    },
    async checkPassword(password, kept) {
      const [kind, N, r, p, salt, hash] = kept.split('$');
      if (kind !== 'scrypt' || salt === undefined || hash === undefined) return false;
      const want = Buffer.from(hash, 'base64');
      const got = await turns.take(() => derive(password, Buffer.from(salt, 'base64'), want.length, { N: Number(N), r: Number(r), p: Number(p) }));
      return timingSafeEqual(got, want);
    },
    newKey,
    isSound,
    hashKey: key => createHash('sha256').update(key).digest('base64url'),
    sameHash: (a, b) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b)),
  };
}

function derive(password: string, salt: Buffer, bytes: number, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => scrypt(password, salt, bytes, cost, (error, hash) => (error === null ? resolve(hash) : reject(error))));
}

/** `tsk_`, random digits, a checksum: secret scanners find it by `tsk_[0-9A-Za-z]{28}`. */
export function newKey(): string {
  const text = KEY_PREFIX + Array.from({ length: KEY_DIGITS }, () => DIGITS[randomInt(DIGITS.length)]).join('');
  return text + checksum(text);
}

export function isSound(key: string): boolean {
  return !key.startsWith(KEY_PREFIX) || key.slice(-CHECK_DIGITS) === checksum(key.slice(0, -CHECK_DIGITS));
}

function checksum(text: string): string {
  let left = crc32(text);
  let digits = '';
  for (let i = 0; i < CHECK_DIGITS; i++) {
    digits = DIGITS[left % DIGITS.length]! + digits;
    left = Math.floor(left / DIGITS.length);
  }
  return digits;
}
