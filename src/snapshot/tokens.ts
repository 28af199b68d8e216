/** The tokens of a user, and what became of tokens, in a snapshot. */
import { scopeNumber, scopeOf } from '../system/events.ts';
import type { System } from '../system/system.ts';
import { Token, type AuditEntry, type Named } from '../system/token.ts';
import type { User } from '../system/user.ts';
import type { Reader, Writer } from '../wire/msgpack.ts';
import { decodeAll, encodeAll } from './lists.ts';

/** Of its use what changes have recorded: that is the same on every node. */
export function encodeToken(w: Writer, token: Token): void {
  for (const text of [token.hash, token.description, token.name, token.createdBy]) w.str(text);
  for (const at of [token.expiresAt, token.createdAt, token.recordedUse]) w.int(at);
  const { readOnly, limited, privileges, scopes, procedures, rooms } = token.restrictions;
  w.bool(readOnly);
  w.bool(limited);
  w.int(privileges);
  encodeAll(w, scopes, ({ scope, mask }) => {
    w.int(scopeNumber(scope));
    w.int(mask);
  });
  for (const list of [procedures, rooms]) {
    encodeAll(w, list, ({ scope, name }) => {
      w.int(scopeNumber(scope));
      w.str(name);
    });
  }
}

export function decodeToken(r: Reader, user: User): Token {
  const [hash, description, name, createdBy] = [r.str(), r.str(), r.str(), r.str()];
  const token = new Token(hash, user, r.safeInt(), description, r.safeInt());
  token.name = name;
  token.createdBy = createdBy;
  token.recordedUse = r.safeInt();
  token.lastUsed = token.recordedUse;
  const named = (): Named[] => decodeAll(r, () => ({ scope: scopeOf(r.safeInt()), name: r.str() }));
  token.restrictions = {
    readOnly: r.bool(), limited: r.bool(), privileges: r.safeInt(),
    scopes: decodeAll(r, () => ({ scope: scopeOf(r.safeInt()), mask: r.safeInt() })),
    procedures: named(), rooms: named(),
  };
  return token;
}

export function encodeAudit(w: Writer, { tokenAudit }: System): void {
  encodeAll(w, tokenAudit, ({ at, what, token, name, user, by }) => {
    w.int(at);
    for (const text of [what, token, name, user, by]) w.str(text);
  });
}

export function decodeAudit(r: Reader, { tokenAudit }: System): void {
  decodeAll(r, () => tokenAudit.push({ at: r.safeInt(), what: r.str() as AuditEntry['what'], token: r.str(), name: r.str(), user: r.str(), by: r.str() }));
}
