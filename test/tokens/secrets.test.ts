/** Keys and passwords as this machine keeps them. Scrypt is cheap here, but where its cost is what is tested. */
import { describe, expect, test } from 'vitest';
import { isSound, newKey, nodeSecrets } from '../../src/node/secrets.ts';

const CHEAP = { N: 16, r: 1, p: 1 };

describe('keys', () => {
  test('have a prefix, 131 random bits and a checksum, and no two are alike', () => {
    const keys = Array.from({ length: 2_000 }, newKey);
    expect(new Set(keys).size).toBe(2_000);
    for (const key of keys) {
      expect(key).toMatch(/^tsk_[0-9A-Za-z]{28}$/);
      expect(isSound(key)).toBe(true);
    }
    const digits = new Set(keys.map(key => key[4]));
    expect(digits.size).toBe(62);
  });

  test('with any one character changed, or two exchanged, are refused without a look-up', () => {
    const key = newKey();
    for (let i = 4; i < key.length; i++) {
      for (const c of '0Az9') if (c !== key[i]) expect(isSound(key.slice(0, i) + c + key.slice(i + 1))).toBe(false);
      if (i > 4 && key[i] !== key[i - 1]) expect(isSound(key.slice(0, i - 1) + key[i] + key[i - 1] + key.slice(i + 1))).toBe(false);
    }
  });

  test('of ThingsDB have no checksum', () => {
    expect(isSound('aBcDeFgHiJkLmNoPqRsTuV')).toBe(true);
  });
});

describe('passwords', () => {
  const secrets = nodeSecrets({ cost: CHEAP });

  test('are kept with a salt of their own, and their cost', async () => {
    const [a, b] = await Promise.all([secrets.hashPassword('one'), secrets.hashPassword('one')]);
    expect(a).not.toBe(b);
    expect(a).toMatch(/^scrypt\$16\$1\$1\$[^$]+\$[^$]+$/);
    expect(await secrets.checkPassword('one', a)).toBe(true);
    expect(await secrets.checkPassword('two', a)).toBe(false);
    expect(await nodeSecrets().checkPassword('one', a)).toBe(true);
    for (const other of ['', 'plain', 'md5$1$1$1$a$b', 'scrypt$16$1$1']) expect(await secrets.checkPassword('one', other)).toBe(false);
  });

  test('the first one is `pass`', async () => {
    expect(await secrets.checkPassword('pass', secrets.initialPassword)).toBe(true);
    expect(await secrets.checkPassword('Pass', secrets.initialPassword)).toBe(false);
  });

  test('are hashed while the event loop turns', async () => {
    const real = nodeSecrets();
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const started = performance.now();
    await Promise.all(Array.from({ length: 8 }, () => real.hashPassword('one')));
    const took = performance.now() - started;
    clearInterval(timer);
    // Were it done here, one turn would take all of it, or an eighth.
    expect(longest).toBeLessThan(took / 2);
  });

  test('that wait are a bounded number', async () => {
    const few = nodeSecrets({ cost: CHEAP, maxWaiting: 3 });
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => few.hashPassword('one')));
    expect(results.map(({ status }) => status)).toEqual([...Array<string>(5).fill('fulfilled'), ...Array<string>(5).fill('rejected')]);
    expect(results[9]).toMatchObject({ reason: { name: 'max_quota_err' } });
    expect(await few.hashPassword('one')).toMatch(/^scrypt/);
  });
});
