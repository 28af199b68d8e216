import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
});
