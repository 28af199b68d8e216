/** A user and the tokens by which programs log in as that user. */
import type { Regex } from '../values/value.ts';

export interface Token {
  /** Hash of the key; the key itself is shown once, when it is made, and never kept. */
  readonly hash: string;
  /** UNIX seconds; 0 when it never expires. */
  readonly expiresAt: number;
  readonly description: string;
  /** UNIX seconds. */
  readonly createdAt: number;
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
  /** Names or patterns of rooms that may be joined; null when there is no such list. */
  rooms: (string | Regex)[] | null;
  /** Names or patterns of procedures that may be run; null when there is no such list. */
  procedures: (string | Regex)[] | null;

  constructor(id: number, name: string, createdAt: number) {
    this.id = id;
    this.name = name;
    this.createdAt = createdAt;
    this.passwordHash = null;
    this.tokens = [];
    this.rooms = null;
    this.procedures = null;
  }
}
