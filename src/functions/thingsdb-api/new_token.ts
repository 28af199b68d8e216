import { maxQuotaErr } from '../../errors/query-error.ts';
import { tokens as msg } from '../../errors/messages/admin.ts';
import { LANGUAGE } from '../../evaluator/limits.ts';
import type { Query } from '../../evaluator/query.ts';
import { describeToken, newToken, scopeNumber } from '../../system/events.ts';
import { UNRESTRICTED } from '../../system/token.ts';
import { builtin } from '../builtin.ts';
import { change, requireGrantUnlessOwn, seconds, userNamed } from './_admin.ts';
import { expiry, tokenOptions } from './_token_options.ts';

/** The key is shown once, here; what is kept is its hash. */
export default builtin({
  name: 'new_token', args: ['str', 'lazy:datetime|timeval|int|float|str|nil?', 'lazy:str?', 'lazy:thing?'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, userName, expiration, description, options) => {
    const user = userNamed(q, userName);
    requireGrantUnlessOwn(q, user);
    if (user.tokens.length >= LANGUAGE.tokensPerUser) throw maxQuotaErr(msg.quota(user.name, LANGUAGE.tokensPerUser), 'thingsdb-api/new_token');
    const expiresAt = expiration === undefined ? 0 : expiry(q, expiration());
    const text = description === undefined ? '' : description();
    const { name, restrictions } = options === undefined ? { name: '', restrictions: UNRESTRICTED } : tokenOptions(q, options());
    const { key, hash } = unusedKey(q);
    const { readOnly, limited, privileges, scopes, procedures, rooms } = restrictions;
    change(q, newToken, { user: user.id, hash, expiresAt, description: text, createdAt: seconds(q) });
    change(q, describeToken, {
      hash, name, by: q.user.name, readOnly, limited, privileges,
      scopes: scopes.map(({ scope }) => scopeNumber(scope)), masks: scopes.map(({ mask }) => mask),
      procedureScopes: procedures.map(({ scope }) => scopeNumber(scope)), procedures: procedures.map(({ name }) => name),
      roomScopes: rooms.map(({ scope }) => scopeNumber(scope)), rooms: rooms.map(({ name }) => name),
    });
    return key;
  },
});

/** Ids are the beginnings of hashes, so two may be the same, if once in billions of years. */
function unusedKey(q: Query): { key: string; hash: string } {
  const { secrets } = q.host;
  for (;;) {
    const key = secrets.newKey();
    const hash = secrets.hashKey(key);
    if (q.system.tokenByHash(hash) === undefined) return { key, hash };
  }
}
