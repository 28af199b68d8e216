/** What the functions of tokens share: finding, removing and describing them. */
import { lookupErr, valueErr } from '../../errors/query-error.ts';
import { tokens as msg } from '../../errors/messages/admin.ts';
import type { Query } from '../../evaluator/query.ts';
import { auditRemoval, delTokens } from '../../system/events.ts';
import { isKeyText, isTokenId, type AuditEntry, type Named, type Restrictions, type Token } from '../../system/token.ts';
import type { User } from '../../system/user.ts';
import type { Writer } from '../../wire/msgpack.ts';
import { change, seconds } from './_admin.ts';

/** By its id or its key. Refuses what can be neither. */
export function findToken(q: Query, fn: string, which: string): Token | undefined {
  const { secrets } = q.host;
  if (isTokenId(which)) return q.system.tokens.get(which);
  if (!isKeyText(which)) throw valueErr(msg.noKey(fn), `thingsdb-api/${fn}`);
  if (!secrets.isSound(which)) return undefined;
  const hash = secrets.hashKey(which);
  const token = q.system.tokenByHash(hash);
  return token !== undefined && secrets.sameHash(token.hash, hash) ? token : undefined;
}

export function tokenNamed(q: Query, fn: string, which: string): Token {
  const token = findToken(q, fn, which);
  if (token === undefined) throw lookupErr(msg.notFound(which));
  return token;
}

/** Unlike changing them, seeing one's own tokens takes nothing else. */
export function requireGrantToSee(q: Query, user: User): void {
  if (user !== q.user) q.require('GRANT');
}

export function removeTokens(q: Query, tokens: readonly Token[]): void {
  auditRemovalOf(q, tokens);
  change(q, delTokens, { hashes: tokens.map(token => token.hash) });
}

export function auditRemovalOf(q: Query, tokens: readonly Token[]): void {
  change(q, auditRemoval, { hashes: tokens.map(token => token.hash), by: q.user.name, at: seconds(q) });
}

/** Moments are UNIX seconds, nil for never. */
export function packTokenInfo(w: Writer, q: Query, token: Token): void {
  w.map(9);
  for (const [key, text] of [['id', token.id], ['name', token.name], ['description', token.description], ['user', token.user.name], ['created_by', token.createdBy]] as const) {
    w.str(key);
    w.str(text);
  }
  for (const [key, at] of [['created_at', token.createdAt], ['expires_at', token.expiresAt], ['last_used', token.lastUsed]] as const) {
    w.str(key);
    if (at === 0) w.nil();
    else w.int(at);
  }
  w.str('restrictions');
  packRestrictions(w, q, token.restrictions);
}

/** As the options of `new_token` have them. */
function packRestrictions(w: Writer, { system }: Query, { readOnly, limited, privileges, scopes, procedures, rooms }: Restrictions): void {
  w.map(limited ? 5 : 1);
  w.str('access');
  w.str(readOnly ? 'read_only' : 'read_write');
  if (!limited) return;
  w.str('privileges');
  w.int(privileges);
  w.str('scopes');
  w.array(scopes.length);
  for (const { scope, mask } of scopes) {
    w.array(2);
    w.str(system.scopeText(scope));
    w.int(mask);
  }
  const named = (key: string, list: readonly Named[]): void => {
    w.str(key);
    w.array(list.length);
    for (const { scope, name } of list) {
      w.array(2);
      w.str(system.scopeText(scope));
      w.str(name);
    }
  };
  named('procedures', procedures);
  named('rooms', rooms);
}

export function packAudit(w: Writer, { at, ...texts }: AuditEntry): void {
  w.map(6);
  w.str('at');
  w.int(at);
  for (const [key, text] of Object.entries(texts)) {
    w.str(key);
    w.str(text);
  }
}
