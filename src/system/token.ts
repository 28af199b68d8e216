/**
 * A token: what a program logs in with instead of with a password, and what it may do then.
 *
 * Of the key only a hash is kept. The id is the beginning of that hash: it tells tokens apart and finds them, and
 * says nothing of the key. What a token may do are never more than the rights of its user at that moment, of which
 * its restrictions leave some. They are added together: privileges in every scope, privileges in some scopes, some
 * procedures, some rooms; where none of these is given, everything. `readOnly` takes from all of them what makes changes.
 */
import { forbiddenErr } from '../errors/query-error.ts';
import { access as msg } from '../errors/messages/access.ts';
import { PRIVILEGE, maskText } from './access.ts';
import type { AccessScope, System } from './system.ts';
import type { User } from './user.ts';

export const KEY_PREFIX = 'tsk_';
const ID_PREFIX = 'tok_';
/** 72 bits of the hash. */
const ID_DIGITS = 12;
/** Characters of a key: ours, and ThingsDB's own, which users bring along. */
const KEY_LENGTHS: readonly number[] = [32, 22];

export interface Restrictions {
  readonly readOnly: boolean;
  /** Whether any of those that follow was given: then what none of them allows is not allowed. */
  readonly limited: boolean;
  /** In every scope; a mask. */
  readonly privileges: number;
  readonly scopes: readonly { readonly scope: AccessScope; readonly mask: number }[];
  readonly procedures: readonly Named[];
  readonly rooms: readonly Named[];
}

/** A procedure or a room: by name, so that it may be removed and made again. */
export interface Named {
  readonly scope: AccessScope;
  readonly name: string;
}

export const UNRESTRICTED: Restrictions = { readOnly: false, limited: false, privileges: 0, scopes: [], procedures: [], rooms: [] };

export class Token {
  readonly id: string;
  readonly hash: string;
  readonly user: User;
  /** UNIX seconds; 0 when it never expires. */
  readonly expiresAt: number;
  readonly description: string;
  /** UNIX seconds. */
  readonly createdAt: number;
  /** '' for none. */
  name: string;
  /** Name of the user who made it, at that time; '' when it is not known. */
  createdBy: string;
  restrictions: Restrictions;
  /** UNIX seconds of the last request as far as this node knows, 0 for never; and what a change has recorded of it. */
  lastUsed: number;
  recordedUse: number;

  constructor(hash: string, user: User, expiresAt: number, description: string, createdAt: number) {
    this.id = tokenId(hash);
    this.hash = hash;
    this.user = user;
    this.expiresAt = expiresAt;
    this.description = description;
    this.createdAt = createdAt;
    this.name = '';
    this.createdBy = '';
    this.restrictions = UNRESTRICTED;
    this.lastUsed = 0;
    this.recordedUse = 0;
  }

  /** As errors call it. */
  get label(): string {
    return this.name === '' ? this.id : this.name;
  }

  /** In whole seconds, as ThingsDB counts. */
  expired(now: number): boolean {
    return this.expiresAt !== 0 && this.expiresAt < Math.floor(now);
  }
}

export function tokenId(hash: string): string {
  return ID_PREFIX + hash.slice(0, ID_DIGITS);
}

export function isTokenId(text: string): boolean {
  return text.startsWith(ID_PREFIX) && text.length === ID_PREFIX.length + ID_DIGITS;
}

/** Whether a text may be the key of a token. Whether its checksum is right is the host's to say. */
export function isKeyText(text: string): boolean {
  return KEY_LENGTHS.includes(text.length) && /^[\x01-\x7f]*$/.test(text);
}

// ---- rights ------------------------------------------------------------------------------------------

/** What restrictions leave of the privileges on a scope. */
export function allowedMask({ readOnly, limited, privileges, scopes }: Restrictions, scope: AccessScope): number {
  let mask: number = PRIVILEGE.FULL;
  if (limited) {
    mask = privileges;
    for (const one of scopes) if (one.scope === scope) mask |= one.mask;
  }
  return readOnly ? mask & ~(PRIVILEGE.CHANGE | PRIVILEGE.GRANT) : mask;
}

export function lists(named: readonly Named[], scope: AccessScope, name: string): boolean {
  return named.some(one => one.scope === scope && one.name === name);
}

/** Who asks: a user, and the token by which they logged in; null for one that came with a password. */
export interface Login {
  readonly user: User;
  readonly restrictions: Restrictions;
  readonly token: Token | null;
}

export function loginOf(user: User, token: Token | null = null): Login {
  return { user, token, restrictions: token?.restrictions ?? UNRESTRICTED };
}

/**
 * The login that a procedure runs with which the token lists: listing it allows all that it does, as far as the user
 * may. Only `readOnly` holds there too.
 */
export function withinProcedure(login: Login): Login {
  return { ...login, restrictions: { ...UNRESTRICTED, readOnly: login.restrictions.readOnly } };
}

export function isRestricted({ restrictions }: Login): boolean {
  return restrictions.limited || restrictions.readOnly;
}

export function rightsOf(system: System, { user, restrictions }: Login, scope: AccessScope): number {
  return system.accessOf(user, scope) & allowedMask(restrictions, scope);
}

/** Refuses when privileges are missing, and says whether the user or the token is what misses them. */
export function requireRights(system: System, login: Login, scope: AccessScope, mask: number, scopeText: string): void {
  if ((rightsOf(system, login, scope) & mask) === mask) return;
  const ofUser = (system.accessOf(login.user, scope) & mask) !== mask;
  const text = ofUser ? msg.missing(login.user.name, maskText(mask), scopeText) : msg.tokenMissing(login.token!.label, maskText(mask), scopeText);
  throw forbiddenErr(text, ofUser ? 'thingsdb-api/grant' : 'guides/tokens');
}

// ---- audit -------------------------------------------------------------------------------------------

/** What became of a token. Entries outlive the tokens and users that they name. */
export interface AuditEntry {
  /** UNIX seconds. */
  readonly at: number;
  readonly what: 'made' | 'used' | 'removed';
  readonly token: string;
  readonly name: string;
  /** Whose token it is. */
  readonly user: string;
  /** Who did it. */
  readonly by: string;
}

/** Entries that are kept; the oldest go. Fixed, since it is the same on every node. */
export const AUDIT_MAX = 10_000;

export function audit(system: System, what: AuditEntry['what'], token: Token, by: string, at: number): void {
  system.tokenAudit.push({ at, what, token: token.id, name: token.name, user: token.user.name, by });
  if (system.tokenAudit.length > AUDIT_MAX) system.tokenAudit.shift();
}
