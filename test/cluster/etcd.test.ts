import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { only, startingWith } from '../../src/cluster/coordinator.ts';
import { Etcd, EtcdError, parseEndpoints } from '../../src/cluster/etcd.ts';
import { coordinatorCases } from './coordinator.cases.ts';
import { EtcdProcess, missingEtcd } from './etcd-process.ts';

const missing = missingEtcd();
if (missing !== '') console.warn(`\n*** tests of etcd are SKIPPED: ${missing} ***\n`);

test('addresses', () => {
  expect(parseEndpoints('http://a:1,b, https://c:2379')).toEqual(['http://a:1', 'http://b:2379', 'https://c:2379']);
  expect(() => parseEndpoints('ftp://a')).toThrow(EtcdError);
  expect(() => parseEndpoints('http://a b')).toThrow(EtcdError);
});

describe.skipIf(missing !== '')('etcd', () => {
  let process: EtcdProcess;
  let client: Etcd;
  let count = 0;

  beforeAll(async () => {
    process = await EtcdProcess.start();
    client = process.client();
  });

  afterAll(async () => {
    client.close();
    await process.stop();
  });

  coordinatorCases(async () => ({
    coordinator: client, prefix: `p${count++}/`,
    pass: seconds => new Promise(resolve => setTimeout(resolve, seconds * 1000)),
  }));

  test('long values go through, and many of them', async () => {
    const value = new Uint8Array(64 * 1024).map((_, i) => i);
    for (let i = 0; i < 40; i++) await client.commit([], [{ put: `long/${i}`, value }]);
    const { pairs } = await client.read({ from: 'long/', to: 'long0', limit: 32 });
    expect(pairs.length).toBe(32);
    expect(pairs.every(pair => Buffer.compare(pair.value, value) === 0)).toBe(true);
  });

  test('goes to the next endpoint when one is not there', async () => {
    const both = new Etcd({ endpoints: ['http://127.0.0.1:1', process.url], login: null, tls: {}, timeoutMs: 1_000 });
    await expect(both.grant(2)).rejects.toThrow();
    expect(await both.grant(2)).not.toBe('');
    both.close();
  });

  test('by TLS, with certificates of both sides', async () => {
    const secure = await EtcdProcess.start({ tls: true, certificates: true });
    const { ca } = secure.tls as { readonly ca: string };
    const stranger = new Etcd({ endpoints: [secure.url], login: null, tls: { ca }, timeoutMs: 1_000 });
    const known = secure.client();
    expect((await known.commit([], [{ put: 'a', value: Uint8Array.of(1) }])).done).toBe(true);
    await expect(stranger.read(only('a'))).rejects.toThrow();
    // A certificate cannot stand in for a login, and etcd's gateway refuses one that has a name then.
    await secure.askForLogin({ name: 'x', password: 'p' }, 'a');
    const named = secure.client({ name: 'x', password: 'p' });
    await expect(named.read(only('a'))).rejects.toThrow('CommonName of client sending a request against gateway');
    for (const of of [stranger, known, named]) of.close();
    await secure.stop();
  });

  test('with a login, which is made again when it has ended, and reaches its own keys only', { timeout: 20_000 }, async () => {
    const login = { name: 'thingscope', password: 'secret' };
    const guarded = await EtcdProcess.start({ tls: true });
    await guarded.askForLogin(login, 'own/');
    const own = guarded.client(login);
    const wrong = guarded.client({ ...login, password: 'guess' });
    const put = { put: 'own/a', value: Uint8Array.of(1) };
    const { revision } = await own.commit([{ key: put.put, created: 0 }], [put]);
    expect(await own.refresh(await own.grant(2))).toBe(true);
    await expect(own.read(only('other'))).rejects.toThrow('permission denied');
    await expect(wrong.read(only('own/a'))).rejects.toThrow('authentication failed');
    await expect(guarded.client().read(only('own/a'))).rejects.toThrow('user name is empty');
    await guarded.endLogins(login);
    await expect(own.read(only('own/a'))).rejects.toThrow('invalid auth token');
    expect((await own.read(only('own/a'))).pairs.length).toBe(1);
    await new Promise<void>((resolve, reject) => {
      const stop = own.watch(startingWith('own/'), revision, {
        changed: () => {
          stop();
          resolve();
        },
        lost: reject,
      });
    });
    await own.commit([], [put]);
    await own.compact(revision);
    for (const of of [own, wrong]) of.close();
    await guarded.stop();
  });
});
