/** Texts about users, privileges and logging in. ThingsDB's, to the letter. */
export const access = {
  missing: (user: string, mask: string, scope: string): string =>
    `user \`${user}\` is missing the required privileges (\`${mask}\`) on scope \`${scope}\``,
  tokenMissing: (token: string, mask: string, scope: string): string =>
    `token \`${token}\` is missing the required privileges (\`${mask}\`) on scope \`${scope}\``,
  wrongPassword: (): string => 'invalid username or password',
  invalidToken: (): string => 'invalid token',
  expiredToken: (): string => 'token is expired',
  tooManyAttempts: (seconds: number): string => `too many failed log-ins; try again in ${seconds} seconds`,
  hashing: (waiting: number): string => `${waiting} passwords are waiting to be hashed already; try again later`,
};
