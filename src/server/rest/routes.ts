/**
 * What the REST interface offers: each route with what it takes, what it answers, and the query that does it. All of
 * it is done by queries of whoever asks, in `@thingsdb`: rights, changes and audit are those of the language.
 */
import type { ZodType } from 'zod';
import { PRIVILEGE } from '../../system/access.ts';
import {
  Access, AuditEntry, NewToken, Nothing, PrivilegesRequest, Token, TokenRequest, User, UserChange, UserRequest, maskOf, namesOf, type Privilege,
} from './schemas.ts';
import * as z from 'zod';

/** Runs a query in `@thingsdb` with variables. */
export type Ask = (code: string, vars?: Readonly<Record<string, unknown>>) => Promise<unknown>;

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `{user}` and `{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly body?: ZodType;
  readonly answer: ZodType;
  readonly status: number;
  readonly run: (ask: Ask, params: Readonly<Record<string, string>>, body: never) => Promise<unknown>;
}

/** Types `run`'s body by its schema. */
function route<B extends ZodType = ZodType<undefined>>(
  method: Route['method'], path: string, summary: string,
  { body, answer, status = 200 }: { body?: B; answer: ZodType; status?: number },
  run: (ask: Ask, params: Readonly<Record<string, string>>, body: z.output<B>) => Promise<unknown>,
): Route {
  return { method, path, summary, answer, status, run, ...(body === undefined ? {} : { body }) };
}

const USERS = '/api/users';
const USER = `${USERS}/{user}`;
const TOKENS = `${USER}/tokens`;
const TOKEN = `${TOKENS}/{id}`;
const RIGHTS = `${USER}/privileges`;

export const ROUTES: readonly Route[] = [
  route('GET', USERS, 'All users', { answer: z.array(User) }, async ask => ((await ask('users_info();')) as UserInfo[]).map(showUser)),
  route('POST', USERS, 'Makes a user', { body: UserRequest, answer: User, status: 201 }, async (ask, _params, { name, password }) => {
    await ask(`${FREE} new_user(name); nil;`, { name });
    if (password !== undefined) await ask('set_password(name, password); nil;', { name, password });
    return showUser(await ask('user_info(name);', { name }));
  }),
  route('GET', USER, 'A user', { answer: User }, async (ask, params) => showUser(await userInfo(ask, await userOf(ask, params)))),
  route('PATCH', USER, 'Gives a user another name, or another password', { body: UserChange, answer: User }, async (ask, params, { name, password }) => {
    let user = await userOf(ask, params);
    if (password !== undefined) await ask('set_password(user, password); nil;', { user, password });
    if (name !== undefined && name !== user) {
      await ask(`${FREE} rename_user(user, name); nil;`, { user, name });
      user = name;
    }
    return showUser(await userInfo(ask, user));
  }),
  route('DELETE', USER, 'Removes a user, with all tokens', { answer: Nothing }, async (ask, params) => {
    await ask('del_user(user);', { user: await userOf(ask, params) });
    return {};
  }),

  route('GET', RIGHTS, 'The privileges of a user, by scope', { answer: z.array(Access) }, async (ask, params) =>
    showUser(await userInfo(ask, await userOf(ask, params))).privileges),
  route('PUT', RIGHTS, 'Sets the privileges of a user on a scope: those that are not listed are taken away', { body: PrivilegesRequest, answer: z.array(Access) },
    async (ask, params, { scope, privileges }) => {
      const user = await userOf(ask, params);
      const mask = maskOf(privileges);
      await ask('if (drop) revoke(scope, user, drop); if (mask) grant(scope, user, mask); nil;', { scope, user, mask, drop: PRIVILEGE.FULL & ~mask });
      return showUser(await userInfo(ask, user)).privileges;
    }),

  route('GET', TOKENS, 'The tokens of a user', { answer: z.array(Token) }, async (ask, params) =>
    ((await ask('tokens_info(user);', { user: await userOf(ask, params) })) as TokenInfo[]).map(showToken)),
  route('POST', TOKENS, 'Makes a token, whose key is shown this once', { body: TokenRequest, answer: NewToken, status: 201 }, async (ask, params, body) => {
    const user = await userOf(ask, params);
    const [key, info] = (await ask(
      'key = new_token(user, expiration, description, options); return [key, token_info(key)], 2;',
      { user, expiration: expirationOf(body), description: body.description ?? '', options: optionsOf(body) },
    )) as [string, TokenInfo];
    return { plain_token: key, personal_access_token: showToken(info) };
  }),
  route('GET', TOKEN, 'A token', { answer: Token }, async (ask, params) =>
    showToken(await ask(`${OF_USER} token;`, { user: await userOf(ask, params), id: params['id'] }) as TokenInfo)),
  route('DELETE', TOKEN, 'Removes a token', { answer: Nothing }, async (ask, params) => {
    await ask(`${OF_USER} del_token(id);`, { user: await userOf(ask, params), id: params['id'] });
    return {};
  }),
  route('GET', '/api/audit', 'Who made, used and removed which token: the last 10,000 entries, oldest first', { answer: z.array(AuditEntry) }, async ask =>
    ((await ask('tokens_audit();')) as { at: number }[]).map(entry => ({ ...entry, at: iso(entry.at) }))),
];

/** Refuses a name that is taken. */
const FREE = 'assert(!has_user(name), `user {name} already exists`);';

/** The token with `id`, if it is one of `user`. */
const OF_USER = `
  token = token_info(id);
  if (token.load().user != user) raise(err(-54, 'token not found'));
`;

/** The name of the user whom the path names, by name or id. Whether others exist is for administrators to know. */
async function userOf(ask: Ask, params: Readonly<Record<string, string>>): Promise<string> {
  return (await ask(
    `
      me = user_info().load();
      if (me.name == who) return me.name;
      known = try(has_user(who));
      if (is_err(known)) {
        if (str(me.user_id) == who) return me.name;
        raise(known);
      };
      if (known) return who;
      user = users_info().map(|u| u.load()).find(|u| str(u.user_id) == who);
      if (is_nil(user)) raise(err(-54, 'user not found'));
      user.name;
    `,
    { who: params['user'] },
  )) as string;
}

function userInfo(ask: Ask, user: string): Promise<unknown> {
  return ask('me = user_info(); me.load().name == user ? me : user_info(user);', { user });
}

// ---- what the language answers, and what is shown of it ------------------------------------------------

interface UserInfo {
  readonly user_id: number;
  readonly name: string;
  readonly created_at: number;
  readonly has_password: boolean;
  readonly access: readonly { readonly scope: string; readonly privileges: string }[];
}

interface TokenInfo {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly user: string;
  readonly created_by: string;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly last_used: number | null;
  readonly restrictions: {
    readonly access: string;
    readonly privileges?: number;
    readonly scopes?: readonly (readonly [string, number])[];
    readonly procedures?: readonly unknown[];
    readonly rooms?: readonly unknown[];
  };
}

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
const isoOrNull = (seconds: number | null): string | null => (seconds === null ? null : iso(seconds));

function showUser(info: unknown): z.output<typeof User> {
  const { user_id, name, created_at, has_password, access } = info as UserInfo;
  return {
    id: String(user_id), name, created_at: iso(created_at), has_password,
    privileges: access.map(({ scope, privileges }) => ({ scope, privileges: namesOf(maskOfText(privileges)) })),
  };
}

/** The language shows masks as text: `QUERY|RUN`, `FULL`. */
function maskOfText(text: string): number {
  return text.split('|').reduce((mask, name) => mask | (name in PRIVILEGE ? PRIVILEGE[name as keyof typeof PRIVILEGE] : 0), 0);
}

function showToken({ restrictions, created_at, expires_at, last_used, ...token }: TokenInfo): unknown {
  const { access, privileges, scopes, procedures, rooms } = restrictions;
  return {
    ...token,
    expiration_date: isoOrNull(expires_at), created_at: iso(created_at), last_used: isoOrNull(last_used),
    access,
    privileges: privileges === undefined ? null : namesOf(privileges),
    scopes: scopes?.map(([scope, mask]) => [scope, namesOf(mask)]) ?? null,
    procedures: procedures ?? null,
    rooms: rooms ?? null,
  };
}

// ---- what is asked for, in the language's words --------------------------------------------------------

type TokenBody = z.output<typeof TokenRequest>;

function expirationOf({ expiration, expires_in, ttl, expires_after }: TokenBody): string {
  if (expires_in !== undefined) return `${expires_in} days`;
  const seconds = ttl ?? expires_after;
  return seconds === undefined ? (expiration ?? 'never') : `${seconds} seconds`;
}

function optionsOf(body: TokenBody): Record<string, unknown> {
  const { name, access, token_type, restrict_database, restrict_resource } = body;
  const privileges = body.privileges ?? body.restrict_all;
  const scopes = body.scopes ?? (restrict_database === undefined ? undefined : Object.entries(restrict_database) as [string, Privilege[]][]);
  const resources = (word: 'RUN' | 'JOIN'): [string, string][] | undefined =>
    restrict_resource === undefined ? undefined
      : Object.entries(restrict_resource).flatMap(([scope, names]) => Object.entries(names).filter(([, words]) => words.includes(word)).map(([name]): [string, string] => [scope, name]));
  return {
    name,
    access: access ?? (token_type === 'read_scaling' ? 'read_only' : 'read_write'),
    privileges: privileges === undefined ? undefined : maskOf(privileges),
    scopes: scopes?.map(([scope, names]) => [scope, maskOf(names)]),
    procedures: body.procedures ?? resources('RUN'),
    rooms: body.rooms ?? resources('JOIN'),
  };
}
