/** An enumerator of a collection: named members of one kind of value, and methods. */
import { assert } from '../errors/assert.ts';
import { equals } from './compare.ts';
import { Member, tagOf, type Closure, type Value } from './value.ts';

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
  /** True once it was deleted: only restrictions of things may still refer to it. */
  deleted: boolean;

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
    this.deleted = false;
  }

  /** The member with a value that is equal; values of one kind are found even when they are of another (`1.0` finds 1). */
  byValue(value: Value): Member | null {
    return this.members.find(member => equals(member.value, value)) ?? null;
  }

  has(name: string): boolean {
    return this.byName.has(name) || this.methods.has(name);
  }

  add(name: string, value: Value): Member {
    const member = new Member(this, name, value);
    if (this.kind < 0) this.kind = tagOf(value);
    this.members.push(member);
    this.byName.set(name, member);
    return member;
  }

  /** Takes a member out; the last one moves into its place. */
  remove(member: Member): void {
    const at = this.members.indexOf(member);
    assert(at >= 0, 'a member that is removed exists');
    const last = this.members.pop()!;
    if (at < this.members.length) this.members[at] = last;
    this.byName.delete(member.name);
  }

  rename(member: Member, name: string): void {
    this.byName.delete(member.name);
    member.name = name;
    this.byName.set(name, member);
  }

  /** Makes a member the default: it changes places with the first. */
  setDefault(member: Member): void {
    const at = this.members.indexOf(member);
    this.members[at] = this.members[0]!;
    this.members[0] = member;
  }

  renameMethod(from: string, to: string): void {
    const methods = [...this.methods];
    this.methods.clear();
    for (const [name, closure] of methods) this.methods.set(name === from ? to : name, closure);
  }
}
