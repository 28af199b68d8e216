/**
 * Bodies and answers of the REST interface. Each schema validates what comes in, and is what `/openapi.json` shows.
 *
 * A token can be asked for in the words of three other systems besides our own: NetBird's `expires_in`, MotherDuck's
 * `ttl` and `token_type`, Datasette's `expires_after` and `restrict_…`. Words for the same exclude each other.
 */
import * as z from 'zod';

const PRIVILEGES = ['QUERY', 'CHANGE', 'GRANT', 'JOIN', 'RUN'] as const;
export type Privilege = (typeof PRIVILEGES)[number];

/** Text that can be kept: half of a surrogate pair cannot. */
const text = (max: number) => z.string().max(max).regex(/^\P{Surrogate}*$/u, 'must be well-formed text');
const name = text(255);
const privileges = z.array(z.enum(PRIVILEGES)).max(16).describe('Privileges; an empty list for none');
const scope = text(300).describe('`//stuff`, `@thingsdb`, `@node`');
const named = z.array(z.tuple([scope, name])).max(256);

/** Words for the same. */
const EXCLUSIVE = [
  ['expiration', 'expires_in', 'ttl', 'expires_after'],
  ['access', 'token_type'],
  ['privileges', 'restrict_all'],
  ['scopes', 'restrict_database'],
  ['procedures', 'restrict_resource'],
  ['rooms', 'restrict_resource'],
] as const;

export const TokenRequest = z.strictObject({
  name: name.optional().describe('Errors name the token by it'),
  description: text(1_000).optional(),
  expiration: text(64).optional().describe("A duration (`30 days`), a moment (`2030-01-01`), or `never`, which it is without any"),
  expires_in: z.int().min(1).max(365).optional().describe('Days'),
  ttl: z.int().min(300).max(31_536_000).optional().describe('Seconds'),
  expires_after: z.int().min(1).max(999_999_999).optional().describe('Seconds'),
  access: z.enum(['read_write', 'read_only']).optional(),
  token_type: z.enum(['read_write', 'read_scaling']).optional().describe('`read_scaling` only reads'),
  privileges: privileges.optional().describe('Privileges in every scope'),
  scopes: z.array(z.tuple([scope, privileges])).max(256).optional().describe('Privileges in some scopes'),
  procedures: named.optional().describe('Procedures that may be run'),
  rooms: named.optional().describe('Rooms that may be joined'),
  restrict_all: privileges.optional().describe('Privileges in every scope'),
  restrict_database: z.record(scope, privileges).optional().describe('Privileges by scope'),
  restrict_resource: z.record(scope, z.record(name, z.array(z.enum(['RUN', 'JOIN'])).max(2))).optional().describe('Procedures to run and rooms to join, by scope and name'),
}).superRefine((body, context) => {
  for (const words of EXCLUSIVE) {
    const given = words.filter(word => body[word] !== undefined);
    if (given.length > 1) context.addIssue({ code: 'custom', path: [given[1]!], message: `cannot be given together with ${given[0]}` });
  }
}).meta({ not: { anyOf: EXCLUSIVE.flatMap(words => words.flatMap((a, i) => words.slice(i + 1).map(b => ({ required: [a, b] })))) } });

export const UserRequest = z.strictObject({ name, password: text(128).optional().describe('Without one only tokens log in') });
export const UserChange = z.strictObject({ name: name.optional(), password: text(128).nullable().optional().describe('null takes it away') });
export const PrivilegesRequest = z.strictObject({ scope, privileges });

const moment = z.iso.datetime();
export const Access = z.object({ scope: z.string(), privileges });
export const User = z.object({
  id: z.string(), name: z.string(), created_at: moment, has_password: z.boolean(), privileges: z.array(Access),
});
export const Token = z.object({
  id: z.string(), name: z.string(), description: z.string(), user: z.string(),
  expiration_date: moment.nullable().describe('null for never'),
  created_by: z.string(), created_at: moment, last_used: moment.nullable(),
  access: z.enum(['read_write', 'read_only']),
  privileges: privileges.nullable().describe('null for a token that is not limited, as what follows'),
  scopes: z.array(z.tuple([z.string(), privileges])).nullable(),
  procedures: z.array(z.tuple([z.string(), z.string()])).nullable(),
  rooms: z.array(z.tuple([z.string(), z.string()])).nullable(),
});
export const NewToken = z.object({ plain_token: z.string().describe('The key: shown this once'), personal_access_token: Token });
export const AuditEntry = z.object({
  at: moment, what: z.enum(['made', 'used', 'removed']), token: z.string(), name: z.string(), user: z.string(), by: z.string(),
});
export const Nothing = z.object({});
export const Failure = z.object({
  code: z.int().describe('The status'),
  message: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional().describe('What is wrong with a body'),
});

const BITS: Record<Privilege, number> = { QUERY: 1, CHANGE: 2, GRANT: 4, JOIN: 8, RUN: 16 };

export function maskOf(names: readonly Privilege[]): number {
  return names.reduce((mask, name) => mask | BITS[name], 0);
}

export function namesOf(mask: number): Privilege[] {
  return PRIVILEGES.filter(name => (mask & BITS[name]) !== 0);
}
