/**
 * A type of a collection: named fields with a specification each, methods, and flags.
 *
 * Its instances share `shape`, whose keys are the fields in order; the collection keeps both in step when a
 * type changes. An anonymous type is the same without a name and an id.
 */
import type { Closure, Thing } from './value.ts';
import type { Spec } from './spec.ts';
import { Shape } from './shape.ts';

/** Flags of types, as the constants WPO, HID and IDX of the language. */
export const TYPE_FLAG = { wrapOnly: 2, hideId: 4, index: 8 } as const;

export class Field {
  name: string;
  spec: Spec;
  /** The field at the other side of a relation. */
  relation: Field | null;
  readonly type: Type;
  constructor(type: Type, name: string, spec: Spec) {
    this.type = type;
    this.name = name;
    this.spec = spec;
    this.relation = null;
  }
}

export class Type {
  /** Id in its collection; -1 for an anonymous type. */
  readonly id: number;
  /** `<anonymous>` for an anonymous type. */
  name: string;
  flags: number;
  readonly fields: Field[];
  /** Its keys are the names of the fields, in their order. */
  readonly shape: Shape;
  readonly methods: Map<string, Closure>;
  /** Name under which clients see the id, when a field was declared as '#'; else null. */
  idName: string | null;
  /** UNIX seconds. */
  createdAt: number;
  /** UNIX seconds; 0 when never modified. */
  modifiedAt: number;
  /** How many running calls forbid a change of the type. */
  locks: number;
  /** Stored instances, in order of ids given. */
  readonly instances: Set<Thing>;

  constructor(id: number, name: string, createdAt: number) {
    this.id = id;
    this.name = name;
    this.flags = 0;
    this.fields = [];
    this.shape = new Shape([], false, false);
    this.methods = new Map();
    this.idName = null;
    this.createdAt = createdAt;
    this.modifiedAt = 0;
    this.locks = 0;
    this.instances = new Set();
  }

  get wrapOnly(): boolean {
    return (this.flags & TYPE_FLAG.wrapOnly) !== 0;
  }

  get hideId(): boolean {
    return (this.flags & TYPE_FLAG.hideId) !== 0;
  }

  /** The field of that name; null when there is none. */
  field(name: string): Field | null {
    const i = this.shape.find(name);
    return i < 0 ? null : this.fields[i]!;
  }
}
