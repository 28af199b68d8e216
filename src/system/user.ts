/** A user, and the lists of what that user may join and run. */
import { Budget, test } from '../values/regex.ts';
import type { Regex } from '../values/value.ts';
import type { Token } from './token.ts';

/** A name, or a pattern for names. */
export type Rule = string | Regex;

export const sameRule = (a: Rule, b: Rule): boolean => ruleText(a) === ruleText(b);
/** A pattern is shown between slashes, which no name has. */
export const ruleText = (rule: Rule): string => (typeof rule === 'string' ? rule : `/${rule.pattern}/${rule.flags}`);

/** Milliseconds that matching the patterns of a whitelist may take. */
const MATCHING = 100;

/** Whether a whitelist lets a name pass. Where there is no list everything passes. */
export function allowed(rules: readonly Rule[] | null, name: string): boolean {
  if (rules === null) return true;
  const budget = new Budget(MATCHING);
  return rules.some(rule => (typeof rule === 'string' ? rule === name : test(rule, name, budget)));
}

export class User {
  readonly id: number;
  name: string;
  /** UNIX seconds. */
  readonly createdAt: number;
  /** Null: logging in with a password is impossible. */
  passwordHash: string | null;
  /** In order of creation; removing one moves the last into its place. */
  readonly tokens: Token[];
  /** What may be joined, and what may be run by a RUN request; null when there is no such list: then all may. */
  readonly whitelists: { rooms: Rule[] | null; procedures: Rule[] | null };

  constructor(id: number, name: string, createdAt: number) {
    this.id = id;
    this.name = name;
    this.createdAt = createdAt;
    this.passwordHash = null;
    this.tokens = [];
    this.whitelists = { rooms: null, procedures: null };
  }
}
