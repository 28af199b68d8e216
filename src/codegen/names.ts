/** Names and texts of ThingsDB as TypeScript can write them. */

/** Words that no type and no parameter of TypeScript can have as its name. */
const RESERVED = new Set((
  'any arguments abstract as asserts await bigint boolean break case catch class const continue debugger default delete do else enum eval export '
  + 'extends false finally for function if implements import in infer instanceof interface intrinsic is keyof let never new null number object '
  + 'package private protected public readonly return static string super switch symbol this throw true try type typeof undefined unique unknown '
  + 'var void while with yield'
).split(' '));

const IDENTIFIER = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** Hands out names, none of them twice; one that is taken or reserved gets `_` behind it. */
export class Names {
  private readonly taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.taken = new Set(taken);
  }

  take(name: string): string {
    let free = IDENTIFIER.test(name) ? name : `_${name.replace(/[^A-Za-z0-9_$]/g, '_')}`;
    while (RESERVED.has(free) || this.taken.has(free)) free += '_';
    this.taken.add(free);
    return free;
  }
}

export function key(name: string): string {
  return IDENTIFIER.test(name) ? name : quoted(name);
}

export function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A comment before what it tells of, with the line end; nothing for an empty text. */
export function comment(text: string, indent: string): string {
  const lines = text.trim().replaceAll('*/', '*\\/').split(/\r\n?|\n/);
  if (lines.length > 1) return `${indent}/**\n${lines.map(line => `${indent} * ${line.trim()}`.trimEnd()).join('\n')}\n${indent} */\n`;
  return lines[0] === '' ? '' : `${indent}/** ${lines[0]} */\n`;
}
