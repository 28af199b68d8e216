/** Completion in the REPL: functions, constants, and after a dot the methods and properties of what stands before it. */
import { CONSTANTS } from '../evaluator/names.ts';
import { ALL } from '../functions/all.gen.ts';
import { Registry } from '../functions/registry.ts';
import type { Database } from '../library/database.ts';
import { TAG, TAG_NAMES } from '../values/value.ts';

/** The candidates, and the end of the line that they replace. */
export type Completion = [string[], string];

const registry = new Registry(ALL);
const WORDS = ['nil', 'true', 'false', 'inf', 'nan', 'return', 'if', 'else', 'for', 'in', 'break', 'continue'];

export async function complete(line: string, scope: string, database: Database): Promise<Completion> {
  const name = /[A-Za-z_][A-Za-z0-9_]*$/.exec(line)?.[0] ?? '';
  const before = line.slice(0, line.length - name.length);
  if (!before.endsWith('.')) {
    const names = [...[...registry.functionNames()].map(fn => `${fn}(`), ...CONSTANTS.keys(), ...WORDS];
    return [names.filter(word => name !== '' && word.startsWith(name)).sort(), name];
  }
  const target = pathBefore(before.replace(/\.\.?$/, ''));
  const names = target === null ? allMethods() : await membersOf(target, scope, database);
  return [names.filter(word => word.startsWith(name)).sort(), name];
}

/**
 * The expression before a dot, when looking at it has no side effects: names, properties and indexes only.
 * '' is the root.
 */
function pathBefore(text: string): string | null {
  const path = /(?:[A-Za-z_][A-Za-z0-9_]*|\.[A-Za-z_][A-Za-z0-9_]*|\[\d+\]|'[^']*'|\[\])*$/.exec(text)?.[0] ?? '';
  if (path === '' && /[)\]}"`\w]$/.test(text)) return null;
  return path;
}

async function membersOf(path: string, scope: string, database: Database): Promise<string[]> {
  const target = path === '' ? 'root()' : path;
  try {
    const [type, keys] = await database.query<[string, string[]]>(scope, `x = ${target}; [type(x), is_thing(x) ? x.keys() : []];`);
    const tag = TAG_NAMES.indexOf(type);
    return [...keys, ...registry.methodNames(tag < 0 ? TAG.thing : tag).map(method => `${method}(`)];
  } catch {
    // A variable of the query that is being typed is not known outside it.
    return allMethods();
  }
}

function allMethods(): string[] {
  const names = new Set<string>();
  for (let tag = 0; tag < TAG_NAMES.length; tag++) for (const method of registry.methodNames(tag)) names.add(`${method}(`);
  return [...names];
}
