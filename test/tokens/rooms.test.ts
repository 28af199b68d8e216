/** Tokens in requests about rooms, over a session without a socket. */
import { expect, test } from 'vitest';
import { Clients } from '../../src/server/clients.ts';
import { LocalBackend } from '../../src/server/local.ts';
import type { Transport } from '../../src/server/session.ts';
import { PACKET } from '../../src/wire/packet.ts';
import { Inbox, query as queryPacket, request } from '../server/wire-client.ts';
import { tokens } from './setup.ts';

function connected() {
  const all = tokens();
  const inbox = new Inbox();
  const work: (() => void)[] = [];
  const transport: Transport = { name: 'test', pending: 0, write: bytes => (inbox.push(bytes.slice()), true), pause() {}, resume() {}, close() {}, later: run => void work.push(run) };
  const session = new Clients(new LocalBackend(all.engine)).open(transport, 'tcp')!;
  /** Sends packages; gives the types and bodies, or error texts, of what has come since. */
  const ask = (...packages: Uint8Array[]): unknown[] => {
    for (const one of packages) session.receive(one);
    for (let run = work.shift(); run !== undefined; run = work.shift()) run();
    return inbox.all.splice(0).map(({ type, body }) => [type, (body as { error_msg?: string } | undefined)?.error_msg ?? body]);
  };
  const [lobby, attic] = [...all.engine.system.collectionsByName.get('stuff')!.rooms.values()];
  return { ...all, ask, lobby: lobby!, attic: attic! };
}

test('only those that a token lists are joined, and emitted to', () => {
  const { token, ask, lobby, attic } = connected();
  const key = token("'anna', nil, '', {name: 'r', rooms: [['//stuff', 'lobby']]}");
  const lacks = (mask: string): unknown => [PACKET.error, `token \`r\` is missing the required privileges (\`${mask}\`) on scope \`@collection:stuff\``];
  expect(ask(request(PACKET.auth, 1, key))).toEqual([[PACKET.ok, undefined]]);
  const joined = { scope: '@collection:stuff', id: lobby.id };
  expect(ask(request(PACKET.join, 2, ['//stuff', 'attic', 'lobby', attic.id]))).toEqual([[PACKET.data, [null, lobby.id, null]], [PACKET.roomJoin, joined]]);
  expect(ask(request(PACKET.join, 3, ['//stuff', 'attic']))).toEqual([lacks('JOIN')]);
  expect(ask(request(PACKET.emit, 4, ['//stuff', 'lobby', 'hi']))).toEqual([[PACKET.roomEmit, { ...joined, event: 'hi', args: [] }], [PACKET.ok, undefined]]);
  expect(ask(request(PACKET.emit, 5, ['//stuff', attic.id, 'hi']))).toEqual([lacks('JOIN')]);
  expect(ask(queryPacket(6, '.lobby.emit("x");'))).toEqual([lacks('QUERY')]);
  expect(ask(request(PACKET.leave, 7, ['//stuff', 'lobby']))).toEqual([[PACKET.roomLeave, joined], [PACKET.data, [lobby.id]]]);
});

test('what is emitted is not heard any more with a token that was removed', () => {
  const { engine, admin, query, token, ask, lobby } = connected();
  const key = token("'anna', nil, '', {name: 'r', rooms: [['//stuff', 'lobby']]}");
  ask(request(PACKET.auth, 1, key), request(PACKET.join, 2, ['//stuff', 'lobby']));
  query('.lobby.emit("one");');
  expect(ask()).toEqual([[PACKET.roomEmit, { scope: '@collection:stuff', id: lobby.id, event: 'one', args: [] }]]);
  admin(`del_token('${engine.login(key).id}');`);
  query('.lobby.emit("two");');
  expect(ask()).toEqual([]);
  expect(lobby.listeners).toBe(null);
  expect(ask(request(PACKET.join, 3, ['//stuff', 'lobby']))).toEqual([[PACKET.error, 'invalid token']]);
});
