/** The text of a program around what is written. */

/** Thrown for what is better left to the interpreter. */
export class Unsupported {}

/** Longer programs take V8 longer than they save. */
const SOURCE_MAX = 100_000;

/** Values that a program is given, as `K`. No text of a query becomes text of the program. */
export class Constants {
  readonly values: unknown[] = [];
  private readonly known = new Map<unknown, string>();

  /** What the program calls it. */
  name(value: unknown): string {
    let name = this.known.get(value);
    if (name === undefined) {
      name = `k${this.values.push(value) - 1}`;
      this.known.set(value, name);
    }
    return name;
  }
}

/** A program that declares `functions` and gives `result`; `runtime` are the names of what it is given as `R`. */
export function program(runtime: readonly string[], constants: Constants, functions: readonly string[], result: string): string {
  const source = `'use strict';
const { ${runtime.join(', ')} } = R;
${constants.values.map((_, i) => `const k${i} = K[${i}];`).join(' ')}
${functions.join('\n')}
return ${result};`;
  if (source.length > SOURCE_MAX) throw new Unsupported();
  return source;
}
