/**
 * Privileges: bits of a mask, kept for each user and scope (`@node`, `@thingsdb`, each collection).
 */
export const PRIVILEGE = { QUERY: 1, CHANGE: 2, GRANT: 4, JOIN: 8, RUN: 16, USER: 27, FULL: 31 } as const;
export type PrivilegeName = keyof typeof PRIVILEGE;

/** A mask as texts show it: `FULL`, else names joined by a bar with `USER` first, `NO_ACCESS` for none. */
export function maskText(mask: number): string {
  const bits = mask & PRIVILEGE.FULL;
  if (bits === 0) return 'NO_ACCESS';
  if (bits === PRIVILEGE.FULL) return 'FULL';
  const names: string[] = [];
  let left = bits;
  if ((left & PRIVILEGE.USER) === PRIVILEGE.USER) {
    names.push('USER');
    left &= ~PRIVILEGE.USER;
  }
  for (const name of ['QUERY', 'CHANGE', 'GRANT', 'JOIN', 'RUN'] as const) if ((left & PRIVILEGE[name]) !== 0) names.push(name);
  return names.join('|');
}
