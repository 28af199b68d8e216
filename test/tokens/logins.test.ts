/** Logging in: limits on attempts, what is remembered of passwords, and what the log says. */
import { afterEach, describe, expect, test } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import { Attempts, type AttemptOptions } from '../../src/server/attempts.ts';
import { listenHttpApi } from '../../src/server/http-api.ts';
import { LocalBackend } from '../../src/server/local.ts';
import { Logins } from '../../src/server/logins.ts';
import type { Listener } from '../../src/server/listen.ts';

const WRONG = { name: 'auth_err', message: 'invalid username or password' };
const TOO_MANY = { name: 'auth_err', message: expect.stringMatching(/^too many failed log-ins; try again in \d+ seconds$/) };

describe('attempts', () => {
  const at = (options: Partial<AttemptOptions> = {}) => {
    const clock = { ms: 0 };
    return { clock, attempts: new Attempts(() => clock.ms, options) };
  };

  test('of one address are limited, those of others are not', () => {
    const { clock, attempts } = at({ perAddress: 3, seconds: 10 });
    for (let i = 0; i < 3; i++) {
      attempts.check('1.1.1.1');
      attempts.failed('1.1.1.1');
    }
    expect(() => attempts.check('1.1.1.1')).toThrow(expect.objectContaining({ seconds: 10 }));
    attempts.check('2.2.2.2');
    clock.ms = 9_500;
    expect(() => attempts.check('1.1.1.1')).toThrow(expect.objectContaining({ seconds: 1 }));
    clock.ms = 10_000;
    attempts.check('1.1.1.1');
  });

  test('on one user are limited, from whatever addresses', () => {
    const { attempts } = at({ perUser: 5 });
    for (let i = 0; i < 5; i++) attempts.failed(`1.1.1.${i}`, 'anna');
    expect(() => attempts.check('9.9.9.9', 'anna')).toThrow(expect.objectContaining(TOO_MANY));
    attempts.check('9.9.9.9', 'bert');
  });

  test('are remembered in bounded memory', () => {
    const { attempts } = at({ maxRemembered: 100, perAddress: 1 });
    for (let i = 0; i < 10_000; i++) attempts.failed(`address ${i}`, `user ${i}`);
    expect(attempts.remembered).toBe(100);
    expect(() => attempts.check('address 9999')).toThrow();
    attempts.check('address 1');
  });

  test('without a limit, or without an address, are not limited', () => {
    const { attempts } = at({ perAddress: 0, perUser: 0 });
    for (let i = 0; i < 500; i++) attempts.failed('1.1.1.1', 'anna');
    attempts.check('1.1.1.1', 'anna');
    const pipe = at({ perAddress: 1 }).attempts;
    for (let i = 0; i < 500; i++) pipe.failed('');
    pipe.check('');
  });
});

describe('a log-in', () => {
  function logins(options: Partial<AttemptOptions> = {}) {
    const host = testHost();
    const checks: string[] = [];
    const clock = { ms: 0 };
    const { checkPassword } = host.secrets;
    const engine = new Engine({
      host: {
        ...host,
        monotonic: () => clock.ms,
        secrets: { ...host.secrets, checkPassword: (password, hash) => (checks.push(hash), checkPassword(password, hash)) },
      },
    });
    engine.init();
    return { engine, clock, checks, logins: new Logins(engine, options) };
  }

  test('by a wrong name costs what one by a wrong password does', async () => {
    const { engine, checks, logins: to } = logins();
    await expect(to.byPassword('admin', 'x', '')).rejects.toMatchObject(WRONG);
    await expect(to.byPassword('nobody', 'x', '')).rejects.toMatchObject(WRONG);
    engine.system.usersByName.get('admin')!.passwordHash = null;
    await expect(to.byPassword('admin', 'pass', '')).rejects.toMatchObject(WRONG);
    expect(checks).toEqual(Array(3).fill(engine.host.secrets.initialPassword));
  });

  test('that was right is not hashed again for a minute, unless the password changes', async () => {
    const { engine, clock, checks, logins: to } = logins();
    const admin = engine.system.usersByName.get('admin')!;
    for (let i = 0; i < 5; i++) expect(await to.byPassword('admin', 'pass', '')).toBe(admin);
    expect(checks.length).toBe(1);
    await expect(to.byPassword('admin', 'wrong', '')).rejects.toMatchObject(WRONG);
    expect(checks.length).toBe(2);
    clock.ms = 59_999;
    await to.byPassword('admin', 'pass', '');
    expect(checks.length).toBe(2);
    clock.ms = 60_001;
    await to.byPassword('admin', 'pass', '');
    expect(checks.length).toBe(3);
    admin.passwordHash = await engine.host.secrets.hashPassword('other');
    await expect(to.byPassword('admin', 'pass', '')).rejects.toMatchObject(WRONG);
    expect(JSON.stringify(to, (_, value: unknown) => (value instanceof Map ? [...value] : value instanceof Engine ? '' : value))).not.toContain('pass"');
  });

  test('is refused after too many, also when they come all at once', async () => {
    const { checks, logins: to } = logins({ perAddress: 10 });
    const results = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => to.byPassword(`user${i}`, 'x', '1.1.1.1')));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(checks.length).toBeLessThanOrEqual(11);
    await expect(to.byPassword('admin', 'pass', '1.1.1.1')).rejects.toMatchObject(TOO_MANY);
    await to.byPassword('admin', 'pass', '2.2.2.2');
  });

  test('by token counts too', () => {
    const { logins: to } = logins({ perAddress: 2 });
    for (let i = 0; i < 2; i++) expect(() => to.byToken('nonsense', '1.1.1.1')).toThrow(expect.objectContaining({ message: 'invalid token' }));
    expect(() => to.byToken('nonsense', '1.1.1.1')).toThrow(expect.objectContaining(TOO_MANY));
  });

  test('with a removed user is refused, though the password was right when it was asked', async () => {
    const { engine, logins: to } = logins();
    const asked = to.byPassword('admin', 'pass', '');
    engine.system.removeUser(engine.system.usersByName.get('admin')!);
    await expect(asked).rejects.toMatchObject(WRONG);
  });
});

describe('over HTTP', () => {
  let api: Listener;
  afterEach(() => api.close());

  test('failures are in the log, without the password or the key', async () => {
    const engine = new Engine({ host: testHost() });
    engine.init();
    const log: string[] = [];
    api = await listenHttpApi(new LocalBackend(engine, null, { perAddress: 3 }), { host: '127.0.0.1', port: 0 }, { docsUrl: '', maxBody: 1000, maxConnections: 10, version: '', origins: new Set(), certificate: null, log: (_, text) => log.push(text) });
    const post = (Authorization: string) =>
      fetch(`http://127.0.0.1:${api.port}/t`, { method: 'POST', headers: { Authorization, 'Content-Type': 'application/json' }, body: '{"type":"query","code":"1;"}' });
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
    expect((await post(basic('admin:pass'))).status).toBe(200);
    for (const wrong of [basic('admin:secret-1'), 'Bearer secret-2', basic('secret-3:x')]) expect((await post(wrong)).status).toBe(401);
    expect(log).toEqual([
      'authentication failed `invalid username or password` from `127.0.0.1`',
      'authentication failed `invalid token` from `127.0.0.1`',
      'authentication failed `invalid username or password` from `127.0.0.1`',
    ]);
    expect((await post(basic('admin:pass'))).status).toBe(429);
    expect(log[3]).toMatch(/too many failed log-ins/);
  });
});
