/**
 * Tables of what is called by name: types, enumerators, procedures. The evaluator remembers what a name stands for,
 * for as long as none of the tables of its scope changes.
 */

/** Shared by the tables of one scope. */
export class NameState {
  /** Another object after each change. */
  current: object = {};
}

export class NameTable<T> extends Map<string, T> {
  private readonly names: NameState;

  constructor(names: NameState) {
    super();
    this.names = names;
  }

  override set(name: string, named: T): this {
    this.names.current = {};
    return super.set(name, named);
  }

  override delete(name: string): boolean {
    this.names.current = {};
    return super.delete(name);
  }

  override clear(): void {
    this.names.current = {};
    super.clear();
  }
}
