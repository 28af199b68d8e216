import type { Query } from '../../evaluator/query.ts';
import { maskText } from '../../system/access.ts';
import type { Token } from '../../system/token.ts';
import { ruleText, type User } from '../../system/user.ts';
import { isoText } from '../../values/datetime.ts';
import { DateTime } from '../../values/value.ts';
import type { Writer } from '../../wire/msgpack.ts';
import { seconds } from './_admin.ts';

export const utcText = (ts: number): string => isoText(new DateTime(ts, 0, 'UTC', false));

export function packUser(w: Writer, q: Query, user: User): void {
  w.map(7);
  w.str('user_id');
  w.int(user.id);
  w.str('name');
  w.str(user.name);
  w.str('created_at');
  w.int(user.createdAt);
  w.str('has_password');
  w.bool(user.passwordHash !== null || q.family.passwords.has(user));
  packAccess(w, q, user);
  w.str('tokens');
  w.array(user.tokens.length);
  for (const token of user.tokens) packToken(w, token, seconds(q));
  packWhitelists(w, user);
}

function packAccess(w: Writer, { system }: Query, user: User): void {
  const entries: [string, number][] = [];
  for (const scope of ['node', 'thingsdb', ...system.collections.map(collection => collection.id)] as const) {
    const mask = system.access.get(scope)!.get(user.id);
    if (mask !== undefined) entries.push([system.scopeText(scope), mask]);
  }
  w.str('access');
  w.array(entries.length);
  for (const [scope, mask] of entries) {
    w.map(2);
    w.str('scope');
    w.str(scope);
    w.str('privileges');
    w.str(maskText(mask));
  }
}

/** ThingsDB shows the key of each token here; we do not have it any more. The id is good for `del_token` too. */
function packToken(w: Writer, token: Token, now: number): void {
  w.map(token.description === '' ? 4 : 5);
  w.str('key');
  w.str(token.id);
  w.str('status');
  w.str(token.expiresAt !== 0 && token.expiresAt <= now ? 'EXPIRED' : 'OK');
  w.str('expiration_time');
  w.str(token.expiresAt === 0 ? 'never' : utcText(token.expiresAt));
  if (token.description !== '') {
    w.str('description');
    w.str(token.description);
  }
  w.str('created_on');
  w.str(utcText(token.createdAt));
}

function packWhitelists(w: Writer, { whitelists }: User): void {
  const lists = (['rooms', 'procedures'] as const).filter(name => whitelists[name] !== null);
  w.str('whitelists');
  w.map(lists.length);
  for (const name of lists) {
    const rules = whitelists[name]!;
    w.str(name);
    w.array(rules.length);
    for (const rule of rules) w.str(ruleText(rule));
  }
}
