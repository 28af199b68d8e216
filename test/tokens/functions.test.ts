/** Making, describing and removing tokens by the functions of the language. */
import { describe, expect, test } from 'vitest';
import { START } from '../engine/setup.ts';
import { T, STUFF, ask, outcome, tokens } from './setup.ts';

const KEY = /^tsk_[0-9A-Za-z]{28}$/;

describe('new_token', () => {
  test('gives a key that secret scanners can find; what is kept holds nothing of it', () => {
    const { engine, token } = tokens();
    const changes: Uint8Array[] = [];
    engine.onChange(change => changes.push(change.events));
    const key = token("'anna', '1 week', 'a description', {name: 'ci'}");
    expect(key).toMatch(KEY);
    const kept = JSON.stringify([...engine.system.tokens], (name, value: unknown) => (name === 'user' ? '' : value)) + changes.map(bytes => Buffer.from(bytes).toString('latin1')).join();
    for (let i = 4; i + 8 <= key.length; i++) expect(kept).not.toContain(key.slice(i, i + 8));
    expect(kept).toContain('a description');
  });

  test.each([
    ["'30 days'", 30 * 86_400], ["'1 day'", 86_400], ["'300 seconds'", 300], ["'5 minutes'", 300], ["'2 hours'", 7200], ["'1 week'", 604_800],
    ["'1 month'", 31 * 86_400], ["'1 year'", 365 * 86_400], ['timeval().move("hours", 1)', 3600], [String(START + 10), 10], ["'2026-01-02'", 86_400],
  ])('expiration %s', (expiration, seconds) => {
    const { admin, token } = tokens();
    token(`'anna', ${expiration}`);
    expect(admin("tokens_info('anna')[0].load().expires_at;")).toBe(START + seconds);
  });

  test.each(["'never'", 'nil'])('expiration %s is none', expiration => {
    const { admin, token } = tokens();
    token(`'anna', ${expiration}`);
    expect(admin("t = tokens_info('anna')[0].load(); [t.expires_at, user_info('anna').load().tokens[0].expiration_time];")).toEqual([null, 'never']);
  });

  test.each([
    ["'0 days'", 'value_err: cannot set an expiration time in the past'],
    ["'200 years'", 'value_err: expiration time is too far in the future'],
    ["'-1 days'", /^value_err/],
    ["'30 parsecs'", /^value_err/],
    ["'999999999 years'", /_err/],
  ])('refuses the expiration %s', (expiration, text) => {
    const { admin } = tokens();
    expect(outcome(() => admin(`new_token('anna', ${expiration});`))).toMatch(text);
  });

  test.each([
    ['{foo: 1}', 'value_err: unknown token option `foo`; expecting `name`, `access`, `privileges`, `scopes`, `procedures` or `rooms`'],
    ['{name: 5}', 'type_err: token option `name` is expecting type `str` but got type `int` instead'],
    ["{name: 'a\nb'}", 'value_err: token names must have at most 255 characters, none of them a control character'],
    ["{access: 'write'}", 'value_err: token option `access` must be "read_write" or "read_only"'],
    ["{privileges: 'QUERY'}", 'type_err: token option `privileges` is expecting type `int` as privileges but got type `str` instead'],
    ['{scopes: 5}', 'type_err: token option `scopes` is expecting type `list` but got type `int` instead'],
    ["{scopes: ['//stuff']}", 'type_err: token option `scopes` is expecting pairs: lists of a scope and privileges'],
    ["{scopes: [['//nope', QUERY]]}", 'lookup_err: collection `nope` not found'],
    ["{scopes: [['//stuff', nil]]}", 'type_err: token option `scopes` is expecting type `int` as privileges but got type `nil` instead'],
    ["{procedures: [['//stuff', 1]]}", 'type_err: token option `procedures` is expecting type `str` as name but got type `int` instead'],
    ["{procedures: [['@node', 'x']]}", 'value_err: scope `@node` has no procedures'],
    ["{rooms: [['@t', 'x']]}", 'value_err: scope `@t` has no rooms'],
    ["{rooms: [['//stuff', 'not a name']]}", 'value_err: names in token option `rooms` must follow the naming rules'],
    ["{rooms: range(257).map(|| ['//stuff', 'a'])}", 'value_err: token option `rooms` must have at most 256 items'],
    ['5', 'type_err: function `new_token` expects argument 4 to be of type `thing` but got type `int` instead'],
  ])('refuses the options %s, and makes no token', (options, text) => {
    const { engine, admin } = tokens();
    expect(outcome(() => admin(`new_token('anna', nil, '', ${options});`))).toBe(text);
    expect(engine.system.tokens.size).toBe(0);
  });

  test('is for administrators, and for oneself', () => {
    const { query } = tokens();
    query("grant('@t', 'bert', QUERY | CHANGE);", T);
    expect(query("new_token('bert');", T, 'bert')).toMatch(KEY);
    expect(outcome(() => query("new_token('anna');", T, 'bert'))).toBe('forbidden_err: user `bert` is missing the required privileges (`GRANT`) on scope `@thingsdb`');
  });
});

describe('token_info', () => {
  test('shows all but the key, by key and by id', () => {
    const { engine, admin, token, query } = tokens();
    const key = token("'anna', '1 day', 'for tests', {name: 'ci', access: 'read_only', privileges: 1, scopes: [['//stuff', USER]], procedures: [['@t', 'p']], rooms: [['//stuff', 'lobby']]}");
    const { id } = engine.login(key);
    const want = {
      id, name: 'ci', description: 'for tests', user: 'anna', created_by: 'admin', created_at: START, expires_at: START + 86_400, last_used: START,
      restrictions: {
        access: 'read_only', privileges: 1, scopes: [['@collection:stuff', 27]], procedures: [['@thingsdb', 'p']], rooms: [['@collection:stuff', 'lobby']],
      },
    };
    expect(id).toMatch(/^tok_.{12}$/);
    for (const which of [key, id]) expect(admin(`token_info('${which}');`)).toEqual(want);
    expect(query(`token_info('${id}');`, T, 'anna')).toEqual(want);
    admin("grant('@t', 'bert', QUERY);");
    expect(outcome(() => query(`token_info('${id}');`, T, 'bert'))).toMatch(/^forbidden_err: user `bert`/);
    expect(outcome(() => admin("token_info('tok_AAAAAAAAAAAA');"))).toBe('lookup_err: token `tok_AAAAAAAAAAAA` not found');
    expect(outcome(() => admin("token_info('x');"))).toBe('value_err: function `token_info` expects argument 1 to be token string');
  });

  test('a plain token', () => {
    const { admin, token } = tokens();
    token("'anna'");
    expect(admin("tokens_info('anna')[0].load().restrictions;")).toEqual({ access: 'read_write' });
  });
});

test('has_token and del_token take a key or an id', () => {
  const { engine, admin, token } = tokens();
  const [a, b] = [token("'anna'"), token("'anna'")];
  const id = engine.login(b).id;
  expect(admin(`[has_token('${a}'), has_token('${id}'), has_token('tok_AAAAAAAAAAAA'), has_token('${'X'.repeat(a.length)}'), has_token('${'X'.repeat(22)}')];`)).toEqual([true, true, false, false, false]);
  admin(`del_token('${a}'); del_token('${id}');`);
  expect(engine.system.tokens.size).toBe(0);
  for (const which of [a, id]) expect(outcome(() => admin(`del_token('${which}');`))).toBe(`lookup_err: token \`${which}\` not found`);
  for (const which of ['short', 'x'.repeat(23), 'tok_short']) expect(outcome(() => admin(`has_token('${which}');`))).toMatch(/^value_err/);
});

test('user_info shows the id where ThingsDB shows the key, so that it can be removed', () => {
  const { engine, admin, token } = tokens();
  const key = token("'anna', nil, 'd'");
  expect(admin("user_info('anna').load().tokens;")).toEqual([
    { key: engine.login(key).id, status: 'OK', expiration_time: 'never', description: 'd', created_on: '2026-01-01T00:00:00Z' },
  ]);
  admin("del_token(user_info('anna').load().tokens[0].key);");
  expect(engine.system.tokens.size).toBe(0);
});

test("a key of ThingsDB's form logs in: users bring theirs along", () => {
  const { engine, admin } = tokens();
  const { secrets } = engine.host;
  const key = 'aBcDeFgHiJkLmNoPqRsTuV';
  // As an import does it.
  engine.host.secrets.newKey = () => key;
  expect(admin("new_token('anna');")).toBe(key);
  expect(secrets.isSound(key)).toBe(true);
  expect(ask(engine, key, STUFF, '1;')).toBe(1);
  expect(admin(`has_token('${key}');`)).toBe(true);
});

describe('use and audit', () => {
  test('the last use is known at once, and becomes a change once an hour', async () => {
    const { engine, replica, clock, admin, token, pass } = tokens();
    const key = token("'anna'");
    await pass(1);
    const before = engine.changeId;
    for (let i = 0; i < 10; i++) ask(engine, key, STUFF, '1;');
    expect(admin("tokens_info('anna')[0].load().last_used;")).toBe(clock.now);
    expect(engine.changeId).toBe(before);
    await pass(1);
    expect(engine.changeId).toBe(before + 1);
    expect([...replica.system.tokens.values()][0]!.lastUsed).toBe(clock.now - 1);
    ask(engine, key, STUFF, '1;');
    await pass(3599);
    expect(engine.changeId).toBe(before + 1);
    ask(engine, key, STUFF, '1;');
    await pass(2);
    expect(engine.changeId).toBe(before + 2);
  });

  test('the audit says who made, used and removed which token', async () => {
    const { engine, replica, admin, query, token, pass } = tokens();
    const [a, b, c] = [token("'anna', nil, '', {name: 'a'}"), token("'bert'"), token("'anna', '1 day', '', {name: 'c'}")].map(key => engine.login(key));
    await pass(1);
    query(`del_token('${a!.id}');`, T, 'anna');
    admin("del_user('bert');");
    await pass(86_400);
    admin('del_expired();');
    const entry = (at: number, what: string, { id, name, user }: typeof a & object, by: string): object => ({ at: START + at, what, token: id, name, user: user.name, by });
    expect(admin('tokens_audit();')).toEqual([
      entry(0, 'made', a!, 'admin'), entry(0, 'made', b!, 'admin'), entry(0, 'made', c!, 'admin'),
      entry(0, 'used', a!, 'anna'), entry(0, 'used', b!, 'bert'), entry(0, 'used', c!, 'anna'),
      entry(1, 'removed', a!, 'anna'), entry(1, 'removed', b!, 'admin'), entry(86_401, 'removed', c!, 'admin'),
    ]);
    expect(admin(`tokens_audit('${b!.id}').map(|e| e.load().what);`)).toEqual(['made', 'used', 'removed']);
    expect(replica.system.tokenAudit).toEqual(engine.system.tokenAudit);
    admin("new_user('dora'); grant('@t', 'dora', QUERY);");
    expect(outcome(() => query('tokens_audit();', T, 'dora'))).toMatch(/^forbidden_err/);
  });

  test('the audit is bounded', () => {
    const { engine, admin } = tokens();
    for (let i = 0; i < 50; i++) admin("range(101).each(|i| del_token(new_token('anna', nil, `{i}`)));");
    expect(engine.system.tokenAudit.length).toBe(10_000);
  });
});

describe('set_password', () => {
  test('is a change before the answer, and can be taken back in the same query', async () => {
    const { engine, query } = tokens();
    const anna = (): string | null => engine.system.usersByName.get('anna')!.passwordHash;
    expect(await query("set_password('anna', 'one'); user_info('anna').load().has_password;", T)).toBe(true);
    const one = anna();
    await query("set_password('anna', 'one'); set_password('anna', 'two');", T);
    expect(await engine.host.secrets.checkPassword('two', anna()!)).toBe(true);
    expect(anna()).not.toBe(one);
    await query("set_password('anna', 'three'); set_password('anna', nil);", T);
    expect(anna()).toBe(null);
  });

  test('stays when what follows it fails, and goes with its user', async () => {
    const { engine, query } = tokens();
    await expect(query("set_password('anna', 'one'); 1/0;", T)).rejects.toMatchObject({ message: 'division or modulo by zero' });
    expect(engine.system.usersByName.get('anna')!.passwordHash).not.toBe(null);
    await query("set_password('bert', 'one'); del_user('bert'); new_user('bert');", T);
    expect(engine.system.usersByName.get('bert')!.passwordHash).toBe(null);
  });

  test('works in procedures, futures and tasks', async () => {
    const { engine, query, pass } = tokens();
    await query("new_procedure('p', |user| set_password(user, 'pw')); nil;", T);
    const hash = (name: string): string | null => engine.system.usersByName.get(name)!.passwordHash;
    await query("wse(p('anna'));", T);
    await query("future(|| set_password('bert', 'pw'));", T);
    await query("new_user('carl'); task(datetime(), || set_password('carl', 'pw')); nil;", T);
    await pass(1);
    for (const name of ['anna', 'bert', 'carl']) expect(hash(name)).not.toBe(null);
  });
});
