/** What tokens may do: never more than their user, and of that what their restrictions leave. */
import { describe, expect, test } from 'vitest';
import { dumpText } from '../../src/check/dump.ts';
import { testHost } from '../../src/check/test-host.ts';
import { Engine, type CommittedChange } from '../../src/engine.ts';
import { loadSnapshot } from '../../src/snapshot/load.ts';
import { takeSnapshot } from '../../src/snapshot/take.ts';
import { START } from '../engine/setup.ts';
import { T, STUFF, ask, call, outcome, tokens } from './setup.ts';

const lacks = (name: string, mask: string, scope: string): string =>
  `forbidden_err: token \`${name}\` is missing the required privileges (\`${mask}\`) on scope \`${scope}\``;
const userLacks = (name: string, mask: string, scope: string): string => lacks(name, mask, scope).replace('token', 'user');
const C = '@collection:stuff';

describe('a token', () => {
  test('without options has all rights of its user', () => {
    const { engine, token } = tokens();
    const key = token("'anna'");
    expect(ask(engine, key, STUFF, '.n = 5;')).toBe(5);
    expect(ask(engine, key, T, "new_user('carl');")).toBe('carl');
    expect(call(engine, key, STUFF, 'bump')).toBe(6);
  });

  test('that is read only changes nothing, neither by a query nor by a procedure', () => {
    const { engine, token } = tokens();
    const key = token("'anna', nil, '', {name: 'reader', access: 'read_only'}");
    expect(ask(engine, key, STUFF, '.n;')).toBe(0);
    expect(ask(engine, key, STUFF, '.n = 1;')).toBe(lacks('reader', 'CHANGE', C));
    expect(call(engine, key, STUFF, 'read')).toBe(0);
    expect(call(engine, key, STUFF, 'bump')).toBe(lacks('reader', 'CHANGE', C));
    expect(ask(engine, key, T, "has_user('anna');")).toBe(lacks('reader', 'GRANT', '@thingsdb'));
  });

  test('with privileges has these in every scope', () => {
    const { engine, token } = tokens();
    const key = token("'anna', nil, '', {name: 'p', privileges: QUERY | RUN}");
    for (const scope of [STUFF, '//other', T]) expect(ask(engine, key, scope, '1;')).toBe(1);
    expect(ask(engine, key, STUFF, '.n = 1;')).toBe(lacks('p', 'CHANGE', C));
    expect(call(engine, key, STUFF, 'bump')).toBe(lacks('p', 'CHANGE', C));
    expect(() => engine.forRooms(engine.login(key).user, { kind: 'collection', name: 'stuff' }, engine.login(key))).toThrow();
  });

  test('with scopes has rights in these, by id, and in no other', () => {
    const { engine, admin, token } = tokens();
    const key = token("'anna', nil, '', {name: 's', scopes: [['//stuff', QUERY | CHANGE], ['@t', QUERY]]}");
    expect(ask(engine, key, STUFF, '.n = 3;')).toBe(3);
    expect(ask(engine, key, T, '1;')).toBe(1);
    expect(ask(engine, key, T, "new_collection('x');")).toBe(lacks('s', 'CHANGE', '@thingsdb'));
    expect(ask(engine, key, '//other', '1;')).toBe(lacks('s', 'QUERY', '@collection:other'));
    expect(ask(engine, key, '@node', '1;')).toBe(lacks('s', 'QUERY', '@node'));
    admin("rename_collection('stuff', 'things'); rename_collection('other', 'stuff');");
    expect(ask(engine, key, '//things', '.n;')).toBe(3);
    expect(ask(engine, key, STUFF, '1;')).toBe(lacks('s', 'QUERY', C));
  });

  test('with procedures may run these and nothing else', () => {
    const { engine, token } = tokens();
    const key = token("'anna', nil, '', {name: 'ci', procedures: [['//stuff', 'bump']]}");
    expect(call(engine, key, STUFF, 'bump')).toBe(1);
    expect(call(engine, key, STUFF, 'read')).toBe(lacks('ci', 'RUN', C));
    expect(ask(engine, key, STUFF, '1;')).toBe(lacks('ci', 'QUERY', C));
    expect(ask(engine, key, T, '1;')).toBe(lacks('ci', 'QUERY', '@thingsdb'));
  });

  test('adds up what it is given', () => {
    const { engine, token } = tokens();
    const key = token("'anna', nil, '', {name: 'sum', privileges: QUERY, scopes: [['//stuff', CHANGE]], procedures: [['//stuff', 'read']]}");
    expect(ask(engine, key, STUFF, '.n = 2;')).toBe(2);
    expect(ask(engine, key, '//other', '1;')).toBe(1);
    expect(ask(engine, key, '//other', '.x = 1;')).toBe(lacks('sum', 'CHANGE', '@collection:other'));
    expect(call(engine, key, STUFF, 'read')).toBe(2);
    expect(call(engine, key, STUFF, 'bump')).toBe(lacks('sum', 'RUN', C));
  });

  test('that lists a procedure and is read only runs it if it changes nothing', () => {
    const { engine, token } = tokens();
    const key = token("'anna', nil, '', {name: 'r', access: 'read_only', procedures: [['//stuff', 'read'], ['//stuff', 'bump']]}");
    expect(call(engine, key, STUFF, 'read')).toBe(0);
    expect(call(engine, key, STUFF, 'bump')).toBe(lacks('r', 'CHANGE', C));
  });

  test('gives no more than its user has, at the moment of use', () => {
    const { engine, admin, token } = tokens();
    const key = token("'bert', nil, '', {privileges: FULL, procedures: [['//stuff', 'read']]}");
    expect(ask(engine, key, STUFF, '.n;')).toBe(0);
    expect(ask(engine, key, STUFF, '.n = 1;')).toBe(userLacks('bert', 'CHANGE', C));
    expect(call(engine, key, STUFF, 'read')).toBe(userLacks('bert', 'RUN', C));
    admin("grant('//stuff', 'bert', CHANGE | RUN);");
    expect(ask(engine, key, STUFF, '.n = 1;')).toBe(1);
    expect(call(engine, key, STUFF, 'read')).toBe(1);
    admin("revoke('//stuff', 'bert', FULL);");
    expect(ask(engine, key, STUFF, '.n;')).toBe(userLacks('bert', 'QUERY', C));
  });

  test('that allows nothing, allows nothing', () => {
    const { engine, token } = tokens();
    const key = token("'anna', nil, '', {name: 'none', scopes: []}");
    expect(ask(engine, key, STUFF, '1;')).toBe(lacks('none', 'QUERY', C));
    expect(call(engine, key, STUFF, 'read')).toBe(lacks('none', 'RUN', C));
  });

  test('goes by the whitelists of its user too', () => {
    const { engine, admin, token } = tokens();
    admin("whitelist_add('anna', 'procedures', 'read');");
    const key = token("'anna', nil, '', {procedures: [['//stuff', 'bump']]}");
    expect(call(engine, key, STUFF, 'bump')).toBe('forbidden_err: no match in whitelist for `bump`');
  });
});

describe('a restricted token', () => {
  test('gets no password and no other token for its own user', () => {
    const { engine, token } = tokens();
    const key = token("'anna', nil, '', {name: 'c', scopes: [['@t', QUERY | CHANGE]]}");
    for (const code of ["new_token('anna');", "set_password('anna', 'x');", `del_token('${engine.login(key).id}');`]) {
      expect(ask(engine, key, T, code)).toBe(lacks('c', 'GRANT', '@thingsdb'));
    }
    expect(ask(engine, key, T, 'tokens_info().len();')).toBe(1);
  });

  test('plans no task in `@thingsdb` that could do what it may not', () => {
    const { engine, token } = tokens();
    const key = token("'anna', nil, '', {name: 'c', scopes: [['@t', QUERY | CHANGE], ['//stuff', QUERY | CHANGE]]}");
    const plan = 'task(datetime(), || nil); nil;';
    expect(ask(engine, key, T, plan)).toBe(lacks('c', 'FULL', '@thingsdb'));
    expect(ask(engine, key, STUFF, plan)).toBe(null);
    expect(ask(engine, token("'anna'"), T, plan)).toBe(null);
    for (const change of ['set_closure(|| nil)', 'set_args([])']) {
      expect(ask(engine, key, T, `tasks()[0].${change};`)).toBe(lacks('c', 'FULL', '@thingsdb'));
    }
  });

  test('keeps its limits in futures', async () => {
    const { engine, admin, token } = tokens();
    admin("new_procedure('give', || new_user('eve'));");
    const key = token("'anna', nil, '', {name: 'f', scopes: [['@t', QUERY | CHANGE]]}");
    await expect(ask(engine, key, T, "future(|| new_user('eve'));")).rejects.toMatchObject({ message: lacks('f', 'GRANT', '@thingsdb').slice(15) });
  });

  test('does in a listed procedure what its user may', () => {
    const { engine, admin, token } = tokens();
    admin("new_procedure('give', || new_user('eve'));");
    const key = token("'anna', nil, '', {procedures: [['@t', 'give']]}");
    expect(call(engine, key, T, 'give')).toBe('eve');
    expect(ask(engine, key, T, "new_user('mallory');")).toMatch(/^forbidden_err/);
  });

  test('sees no definitions without CHANGE', () => {
    const { engine, token } = tokens();
    const key = token("'anna', nil, '', {privileges: QUERY}");
    expect(ask(engine, key, STUFF, "procedure_info('read').load().has('definition');")).toBe(false);
    expect(ask(engine, token("'anna'"), STUFF, "procedure_info('read').load().has('definition');")).toBe(true);
  });
});

describe('the attempts', () => {
  const ALL = "'anna', nil, '', {name: 'all', privileges: FULL}";

  test('expired token', () => {
    const { engine, clock, token } = tokens();
    const key = token("'anna', '10 seconds'");
    const open = engine.login(key);
    clock.now += 11;
    expect(ask(engine, key, STUFF, '1;')).toBe('auth_err: token is expired');
    // A connection that is open stays open, and may do nothing.
    expect(ask(engine, open, STUFF, '1;')).toBe('auth_err: token is expired');
  });

  test('revoked token', () => {
    const { engine, admin, token } = tokens();
    const key = token(ALL);
    const open = engine.login(key);
    admin(`del_token('${key}');`);
    expect(ask(engine, key, STUFF, '1;')).toBe('auth_err: invalid token');
    expect(ask(engine, open, STUFF, '1;')).toBe('auth_err: invalid token');
  });

  test('token of a removed user', () => {
    const { engine, admin, token } = tokens();
    const key = token(ALL);
    const open = engine.login(key);
    admin("del_user('anna'); new_user('anna'); grant('//stuff', 'anna', FULL);");
    expect(ask(engine, key, STUFF, '1;')).toBe('auth_err: invalid token');
    expect(ask(engine, open, STUFF, '1;')).toBe('auth_err: invalid token');
  });

  test('token of a renamed user', () => {
    const { engine, admin, token } = tokens();
    const key = token(ALL);
    admin("rename_user('anna', 'joan');");
    expect(ask(engine, key, STUFF, 'user_info().load().name;')).toBe('joan');
  });

  test('token of a downgraded user', () => {
    const { engine, admin, token } = tokens();
    const key = token(ALL);
    admin("revoke('//stuff', 'anna', CHANGE);");
    expect(ask(engine, key, STUFF, '.n;')).toBe(0);
    expect(ask(engine, key, STUFF, '.n = 1;')).toBe(userLacks('anna', 'CHANGE', C));
  });

  test('token in a wrong scope', () => {
    const { engine, token } = tokens();
    const key = token("'anna', nil, '', {name: 'w', scopes: [['//other', FULL]]}");
    expect(ask(engine, key, STUFF, '1;')).toBe(lacks('w', 'QUERY', C));
  });

  test('token with a wrong procedure', () => {
    const { engine, token } = tokens();
    const key = token("'anna', nil, '', {name: 'w', procedures: [['//other', 'bump']]}");
    expect(call(engine, key, STUFF, 'bump')).toBe(lacks('w', 'RUN', C));
  });

  test('token of a user in another scope', () => {
    const { engine, token } = tokens();
    const key = token("'bert', nil, '', {name: 'b', scopes: [['//other', FULL], ['//stuff', FULL]]}");
    expect(ask(engine, key, '//other', '1;')).toBe(userLacks('bert', 'QUERY', '@collection:other'));
    expect(ask(engine, key, STUFF, '1;')).toBe(1);
  });

  test('key with a typo, a key of ThingsDB that nobody has, an id, a hash', () => {
    const { engine, token } = tokens();
    const key = token(ALL);
    const { hash, id } = engine.login(key);
    const typo = key.slice(0, 10) + (key[10] === 'a' ? 'b' : 'a') + key.slice(11);
    for (const wrong of [typo, 'AAAAAAAAAAAAAAAAAAAAAA', id, hash, '', key.toLowerCase() + ' ']) {
      expect(ask(engine, wrong, STUFF, '1;')).toBe('auth_err: invalid token');
    }
  });

  test('replay on a follower', () => {
    const { engine, replica, clock, admin, token } = tokens();
    const key = token("'anna', '1 hour', '', {name: 'ci', access: 'read_only', scopes: [['//stuff', FULL]], procedures: [['//other', 'x']], rooms: [['//stuff', 'lobby']]}");
    expect(replica.system.tokens).toEqual(engine.system.tokens);
    expect(ask(replica, key, STUFF, '.n;')).toBe(0);
    expect(ask(replica, key, '//other', '1;')).toBe(lacks('ci', 'QUERY', '@collection:other'));
    const gone = token(ALL);
    admin(`del_token('${gone}');`);
    expect(ask(replica, gone, STUFF, '1;')).toBe('auth_err: invalid token');
    clock.now += 3601;
    expect(ask(replica, key, STUFF, '.n;')).toBe('auth_err: token is expired');
    expect(replica.system.tokenAudit).toEqual(engine.system.tokenAudit);
  });

  test('replay after a restart, from changes and from a snapshot', async () => {
    const { engine, clock, admin, token, pass } = tokens();
    const changes: CommittedChange[] = [];
    engine.onChange(change => changes.push(change));
    const before = await snapshotOf(engine);
    const key = token("'anna', '1 hour', 'd', {name: 'ci', access: 'read_only', scopes: [['//stuff', FULL]], procedures: [['//other', 'x']], rooms: [['//stuff', 'lobby']]}");
    const gone = token(ALL);
    engine.login(key);
    await pass(1);
    admin(`del_token('${gone}');`);
    const fromChanges = await started(before);
    for (const change of changes) fromChanges.apply(change);
    for (const restarted of [fromChanges, await started(await snapshotOf(engine))]) {
      expect(dumpText(restarted)).toBe(dumpText(engine));
      expect(ask(restarted, key, STUFF, '.n;')).toBe(0);
      expect(ask(restarted, key, STUFF, '.n = 1;')).toBe(lacks('ci', 'CHANGE', C));
      expect(ask(restarted, gone, STUFF, '1;')).toBe('auth_err: invalid token');
      expect(restarted.system.tokenByHash(engine.login(key).hash)).toMatchObject({ recordedUse: clock.now - 1, createdBy: 'admin' });
    }
  });
});

async function snapshotOf(engine: Engine): Promise<Uint8Array[]> {
  const snapshot = takeSnapshot(engine);
  const blocks: Uint8Array[] = [];
  for (let block = snapshot.next(); block !== null; block = snapshot.next()) blocks.push(block);
  return blocks;
}

async function started(blocks: readonly Uint8Array[]): Promise<Engine> {
  const engine = new Engine({ host: testHost({ now: () => START }) });
  await loadSnapshot(engine, (async function* () { yield* blocks; })());
  return engine;
}

describe('rooms', () => {
  test('only those that a token lists', () => {
    const { engine, token } = tokens();
    const one = engine.login(token("'anna', nil, '', {name: 'r', rooms: [['//stuff', 'lobby']]}"));
    const scope = { kind: 'collection', name: 'stuff' } as const;
    const q = engine.forRooms(one.user, scope, one);
    const rooms = [...engine.system.collectionsByName.get('stuff')!.rooms.values()];
    expect(rooms.map(room => [room.name, q.mayJoin(room)])).toEqual([['lobby', true], ['attic', false]]);
    expect(outcome(() => engine.forRooms(one.user, { kind: 'collection', name: 'other' }, one))).toBe(lacks('r', 'JOIN', '@collection:other'));
    const bert = engine.login(token("'bert', nil, '', {rooms: [['//stuff', 'lobby']]}"));
    expect(outcome(() => engine.forRooms(bert.user, scope, bert))).toBe(userLacks('bert', 'JOIN', C));
  });
});
