import { maxQuotaErr, valueErr } from '../../errors/query-error.ts';
import { tokens as msg } from '../../errors/messages/admin.ts';
import { LANGUAGE } from '../../evaluator/limits.ts';
import type { Query } from '../../evaluator/query.ts';
import { newToken } from '../../system/events.ts';
import { fromText } from '../../values/datetime.ts';
import { DateTime, Float, isInt, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { change, requireGrantUnlessOwn, seconds, userNamed } from './_admin.ts';

/** The key is shown once, here; what is kept is its hash. */
export default builtin({
  name: 'new_token', args: ['str', 'lazy:datetime|timeval|int|float|str|nil?', 'lazy:str?'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, name, expiration, description) => {
    const user = userNamed(q, name);
    requireGrantUnlessOwn(q, user);
    if (user.tokens.length >= LANGUAGE.tokensPerUser) throw maxQuotaErr(msg.quota(user.name, LANGUAGE.tokensPerUser), 'thingsdb-api/new_token');
    const expiresAt = expiration === undefined ? 0 : expiry(q, expiration());
    const text = description === undefined ? '' : description();
    const key = q.host.secrets.newKey();
    change(q, newToken, { user: user.id, hash: q.host.secrets.hashKey(key), expiresAt, description: text, createdAt: seconds(q) });
    return key;
  },
});

/** UNIX seconds, from any of the forms that an expiration time may have; 0 for nil, which never expires. */
function expiry(q: Query, value: Value): number {
  if (value === null) return 0;
  const at = value instanceof DateTime ? value.ts
    : value instanceof Float ? Math.floor(value.value)
    : isInt(value) ? value
    : fromText(value as string, q.zone(), false).ts;
  // Written so that nan fails too.
  if (!(at > q.host.now())) throw valueErr(msg.past(), 'thingsdb-api/new_token');
  if (at > 0xffff_ffff) throw valueErr(msg.tooFar(), 'thingsdb-api/new_token');
  return Number(at);
}
