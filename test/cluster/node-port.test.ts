import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { NodePort, type Invitation } from '../../src/cluster/node-port.ts';

const ports: NodePort[] = [];

afterEach(async () => {
  for (const port of ports.splice(0)) await port.close();
});

interface Setup {
  readonly port: NodePort;
  readonly at: number;
  readonly invitations: Invitation[];
}

async function open(node: number, key: string, others: ReadonlyMap<number, number> = new Map(), secret: string | null = null): Promise<Setup> {
  const invitations: Invitation[] = [];
  const port = new NodePort({
    keyFor: (purpose, cluster) => (purpose === 'invite' ? secret : cluster === 'c' ? key : null),
    invited: invitation => void invitations.push(invitation),
    log: () => {},
  });
  ports.push(port);
  port.identity = {
    cluster: 'c', node, key,
    addressOf: id => {
      const at = others.get(id);
      return at === undefined ? null : { host: '127.0.0.1', port: at };
    },
  };
  port.listen({ asked: async (from, body) => Buffer.concat([Uint8Array.of(node, from), body]) });
  return { port, at: await port.listenAt({ host: '127.0.0.1', port: 0 }, false), invitations };
}

test('nodes ask each other, many questions at a time', async () => {
  const a = await open(1, 'key');
  const b = await open(2, 'key', new Map([[1, a.at]]));
  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => b.port.call(1, Uint8Array.of(i))));
  expect(answers.map(answer => [...answer])).toEqual(Array.from({ length: 100 }, (_, i) => [1, 2, i]));
  const long = new Uint8Array(3_000_000).fill(7);
  expect((await b.port.call(1, long)).length).toBe(long.length + 2);
});

test('who has another key, or belongs to another cluster, is heard by nobody', async () => {
  const a = await open(1, 'key');
  const wrong = await open(2, 'other key', new Map([[1, a.at]]));
  await expect(wrong.port.call(1, Uint8Array.of(1))).rejects.toThrow('has another key');
  const stranger = await open(2, 'key', new Map([[1, a.at]]));
  stranger.port.identity = { ...stranger.port.identity!, cluster: 'd' };
  await expect(stranger.port.call(1, Uint8Array.of(1))).rejects.toThrow();
});

test('a question to a node that is not there fails, and the next one connects anew', async () => {
  const where = new Map<number, number>();
  const b = await open(2, 'key', where);
  await expect(b.port.call(1, Uint8Array.of(1))).rejects.toThrow();
  const a = await open(1, 'key');
  where.set(1, a.at);
  expect([...await b.port.call(1, Uint8Array.of(1))]).toEqual([1, 2, 1]);
  await a.port.close();
  await expect(b.port.call(1, Uint8Array.of(1))).rejects.toThrow();
});

test('who keeps in touch with a node learns when its process is gone, but nothing from a port that never answered', async () => {
  const a = await open(1, 'key');
  const closed = await open(3, 'key');
  await closed.port.close();
  const b = await open(2, 'key', new Map([[1, a.at], [3, closed.at]]));
  const gone: number[] = [];
  b.port.watch(3, () => void gone.push(3));
  await expect(b.port.call(3, Uint8Array.of(1))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  const told = new Promise<void>(resolve => {
    b.port.watch(1, () => {
      gone.push(1);
      resolve();
    });
  });
  // Over the connection that is watched.
  await b.port.call(1, Uint8Array.of(1));
  const stop = b.port.watch(1, () => void gone.push(0));
  stop();
  expect(gone).toEqual([]);
  await a.port.close();
  await told;
  expect(gone).toEqual([1]);
});

test('an invitation reaches a node that has the secret', async () => {
  const waiting = await open(0, 'x', new Map(), 'secret');
  const leader = await open(0, 'key');
  const address = { host: '127.0.0.1', port: waiting.at };
  const invitation: Invitation = { cluster: 'c', node: 3, uid: 'u', address: '127.0.0.1' };
  await expect(leader.port.invite(address, 'guess', invitation)).rejects.toThrow('has another key');
  expect(waiting.invitations).toEqual([]);
  await leader.port.invite(address, 'secret', invitation);
  expect(waiting.invitations).toEqual([invitation]);
});

test('a connection that does not introduce itself is closed', async () => {
  const a = await open(1, 'key');
  const closed = (bytes: Uint8Array): Promise<void> => new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port: a.at }, () => socket.write(bytes));
    socket.once('close', () => resolve()).on('error', () => {}).resume();
  });
  await closed(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
  // A question before the proof; and a head that announces more than an introduction has.
  await closed(Uint8Array.of(0, 0, 0, 0, 0, 0, 5, 250));
  await closed(Uint8Array.of(0, 0, 1, 0, 0, 0, 1, 254));
});
