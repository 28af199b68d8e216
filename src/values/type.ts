/**
 * A type of a collection: named fields with a definition each, methods, and flags.
 *
 * Its instances share `shape`, whose keys are the names of the fields in order. A shape never changes: when the
 * fields do, the type gets a new one and its instances with it, so that what was found through an old shape
 * (inline caches in the evaluator) is never used for the new one. An instance that a change of the type did not
 * reach, since only a running expression holds it, keeps the old shape and its values; it is brought up to date
 * when it is stored.
 *
 * An anonymous type is the same without an id.
 */
import { assert } from '../errors/assert.ts';
import type { IdTable } from './id-table.ts';
import { InstanceSet } from './instance-set.ts';
import type { ChangeableThings, Things } from './large-set.ts';
import { Loan } from './loan.ts';
import type { Spec } from './spec.ts';
import { Shape, emptyShape } from './shape.ts';
import type { Closure, Thing, Value } from './value.ts';

/** Flags of types, as the constants WPO, HID and IDX of the language. */
export const TYPE_FLAG = { wrapOnly: 2, hideId: 4, index: 8 } as const;
export const TYPE_FLAGS_ALL = 14;

export const ANONYMOUS = '<anonymous>';

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

/** Instances from which on bits take less than a set of them, and are gone through faster. */
const INSTANCE_SET_MIN = 1_024;

export class Type {
  /** Id in its collection; -1 for an anonymous type. */
  readonly id: number;
  /** `<anonymous>` for an anonymous type, `thing` for one that was deleted. */
  name: string;
  flags: number;
  readonly fields: Field[];
  /** Its keys are the names of the fields, in their order. */
  shape: Shape;
  readonly methods: Map<string, Closure>;
  /** Methods of a name that was taken already when they were added: they take over when the first is deleted. */
  readonly shadowed: [string, Closure][];
  /** Name under which clients see the id, when a field was declared as '#'; else null. */
  idName: string | null;
  /** UNIX seconds. */
  createdAt: number;
  /** UNIX seconds; 0 when never modified. */
  modifiedAt: number;
  /** How many running calls forbid a change of the type. */
  locks: number;
  private stored: ChangeableThings;
  /** True while `stored` goes by ascending id: it does until a thing that is older than another instance becomes one. */
  inOrder: boolean;
  private lastId: number;
  /** What queries read as a set of their own; null while none does. */
  private loan: Loan | null;
  /** All that is stored in the collection, by id; null for an anonymous type, which has no instances. */
  private readonly table: IdTable<Thing> | null;
  /** What an anonymous type was made from; null for others. */
  readonly definition: Thing | null;
  /** True once it was deleted: only wraps and restrictions may still refer to it. */
  deleted: boolean;
  /** Goes up with each change of the fields; what was worked out from them is out of date then. */
  revision: number;
  /** What wraps by this type show of things of other types, worked out when first needed. */
  readonly mappings: Map<Type, unknown>;

  constructor(id: number, name: string, createdAt: number, definition: Thing | null = null, table: IdTable<Thing> | null = null) {
    this.id = id;
    this.name = name;
    this.flags = 0;
    this.fields = [];
    this.shape = new Shape([], true, false, this);
    this.methods = new Map();
    this.shadowed = [];
    this.idName = null;
    this.createdAt = createdAt;
    this.modifiedAt = 0;
    this.locks = 0;
    this.stored = new Set();
    this.inOrder = true;
    this.lastId = 0;
    this.loan = null;
    this.table = table;
    this.definition = definition;
    this.deleted = false;
    this.revision = 0;
    this.mappings = new Map();
  }

  /** Stored instances, in the order in which they became instances. */
  get instances(): Things {
    return this.stored;
  }

  addInstance(thing: Thing): void {
    if (thing.id < this.lastId) this.inOrder = false;
    else this.lastId = thing.id;
    this.changeable().add(thing);
  }

  removeInstance(thing: Thing): void {
    this.changeable().delete(thing);
  }

  /**
   * The stored instances for a query to read, without a copy: one is made should instances come or go before it
   * gives them back ({@link Loan.giveBack}).
   */
  lend(): Loan {
    this.loan ??= new Loan(this.stored);
    this.loan.readers++;
    return this.loan;
  }

  private changeable(): ChangeableThings {
    this.endLoan();
    const { stored, table } = this;
    if (stored instanceof InstanceSet) {
      if (stored.size < INSTANCE_SET_MIN / 4) this.stored = new Set(stored);
    } else if (stored.size >= INSTANCE_SET_MIN && table !== null) this.stored = new InstanceSet(table, stored);
    return this.stored;
  }

  private endLoan(): void {
    this.loan?.end();
    this.loan = null;
  }

  get wrapOnly(): boolean {
    return (this.flags & TYPE_FLAG.wrapOnly) !== 0;
  }

  get hideId(): boolean {
    return (this.flags & TYPE_FLAG.hideId) !== 0;
  }

  get autoIndex(): boolean {
    return (this.flags & TYPE_FLAG.index) !== 0;
  }

  /** The field of that name; null when there is none. */
  field(name: string): Field | null {
    const i = this.shape.find(name);
    return i < 0 ? null : this.fields[i]!;
  }

  /** Whether a field, a method or the id has that name. */
  has(name: string): boolean {
    return this.shape.find(name) >= 0 || this.methods.has(name) || this.idName === name;
  }

  addFields(fields: readonly { name: string; spec: Spec }[]): void {
    for (const { name, spec } of fields) this.fields.push(new Field(this, name, spec));
    this.changed();
  }

  /** Takes a field out; the last one moves into its place. Its position. */
  removeField(name: string): number {
    const at = this.shape.find(name);
    assert(at >= 0, 'a field that is removed exists');
    const last = this.fields.pop()!;
    if (at < this.fields.length) this.fields[at] = last;
    this.changed();
    return at;
  }

  renameField(field: Field, name: string): void {
    field.name = name;
    this.changed();
  }

  redefine(field: Field, spec: Spec): void {
    field.spec = spec;
    this.revision++;
  }

  addMethod(name: string, closure: Closure): void {
    if (this.methods.has(name)) this.shadowed.push([name, closure]);
    else this.methods.set(name, closure);
  }

  removeMethod(name: string): void {
    this.methods.delete(name);
    const next = this.shadowed.findIndex(([shadow]) => shadow === name);
    if (next >= 0) this.methods.set(name, this.shadowed.splice(next, 1)[0]![1]);
  }

  renameMethod(from: string, to: string): void {
    const methods = [...this.methods];
    this.methods.clear();
    for (const [name, closure] of methods) this.methods.set(name === from ? to : name, closure);
  }

  /** The end of a type. It may come back under the same name, with nothing but its id. */
  delete(): void {
    this.deleted = true;
    this.name = 'thing';
    this.flags = 0;
    this.fields.length = 0;
    this.methods.clear();
    this.shadowed.length = 0;
    this.idName = null;
    this.stored = new Set();
    this.inOrder = true;
    this.lastId = 0;
    this.endLoan();
    this.changed();
  }

  revive(name: string, createdAt: number): void {
    this.deleted = false;
    this.name = name;
    this.createdAt = createdAt;
    this.modifiedAt = 0;
  }

  private changed(): void {
    this.shape = new Shape(this.fields.map(field => field.name), true, false, this);
    this.revision++;
  }
}

/** The shape of a plain thing that has the properties of an instance. */
export function plainShape(shape: Shape): Shape {
  let plain = emptyShape();
  for (const key of shape.keys) plain = plain.with(key);
  return plain;
}

/** Makes an instance a plain thing: the same values, free from now on. */
export function becomePlain(thing: Thing, shape: Shape): void {
  // More names than things share: a table of its own.
  thing.shape = shape.shared ? shape : plainShape(thing.shape);
}

/** Makes a plain thing an instance; `values` are those of the fields, in order. */
export function becomeTyped(thing: Thing, type: Type, values: readonly Value[]): void {
  thing.shape = type.shape;
  thing.setValues(values);
  if (thing.id !== 0) type.addInstance(thing);
}
