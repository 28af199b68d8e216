/** An enumerator of a collection: named members of one kind of value, and methods. */
import type { Closure, Member } from './value.ts';

export class Enum {
  readonly id: number;
  name: string;
  /** Tag of all members' values; -1 for an enum without members. */
  kind: number;
  /** In order; the first one is the default. */
  readonly members: Member[];
  readonly byName: Map<string, Member>;
  readonly methods: Map<string, Closure>;
  /** UNIX seconds. */
  createdAt: number;
  /** UNIX seconds; 0 when never modified. */
  modifiedAt: number;
  /** How many running calls forbid a change. */
  locks: number;

  constructor(id: number, name: string, createdAt: number) {
    this.id = id;
    this.name = name;
    this.kind = -1;
    this.members = [];
    this.byName = new Map();
    this.methods = new Map();
    this.createdAt = createdAt;
    this.modifiedAt = 0;
    this.locks = 0;
  }
}
