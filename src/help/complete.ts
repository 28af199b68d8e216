/**
 * Completion, for the REPL as for editors: functions, constants and words, and after a dot the methods and properties of what
 * stands before it.
 */
import { CONSTANTS } from '../evaluator/names.ts';
import type { Builtin, Registry } from '../functions/registry.ts';
import { TAG, TAG_NAMES } from '../values/value.ts';
import type { Plain } from '../wire/plain.ts';

export interface Option {
  readonly name: string;
  readonly kind: 'function' | 'method' | 'property' | 'constant' | 'keyword';
  /** Pages of the built-ins that it may be: a method of several types has several. */
  readonly pages: readonly string[];
}

export interface Completion {
  /** What stands there of the name; the options replace it. */
  readonly typed: string;
  readonly options: readonly Option[];
}

/** Runs a query where the text that is being completed will run. */
export type Ask = (code: string) => Plain | Promise<Plain>;

const WORDS = ['nil', 'true', 'false', 'inf', 'nan', 'return', 'if', 'else', 'for', 'in', 'break', 'continue'];

/** `before` is the text up to the cursor. */
export async function complete(before: string, registry: Registry, ask: Ask): Promise<Completion> {
  const typed = /[A-Za-z_][A-Za-z0-9_]*$/.exec(before)?.[0] ?? '';
  const left = before.slice(0, before.length - typed.length);
  const options = left.endsWith('.') ? await members(left.replace(/\.\.?$/, ''), registry, ask) : typed === '' ? [] : words(registry);
  return { typed, options: options.filter(({ name }) => name.startsWith(typed)).sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

function words(registry: Registry): Option[] {
  return [
    ...[...registry.functionNames()].map(name => ({ name, kind: 'function', pages: [registry.function(name)!.docs] }) as const),
    ...[...CONSTANTS.keys()].map(name => ({ name, kind: 'constant', pages: [] }) as const),
    ...WORDS.map(name => ({ name, kind: 'keyword', pages: [] }) as const),
  ];
}

async function members(target: string, registry: Registry, ask: Ask): Promise<Option[]> {
  if (/['"`]$/.test(target)) return methods(registry, [TAG.str]);
  const path = pathAt(target);
  if (path === null) return methods(registry, allTags());
  try {
    const [type, keys] = (await ask(`x = ${path === '' ? 'root()' : path}; [type(x), is_thing(x) ? x.keys() : []];`)) as [string, string[]];
    const tag = TAG_NAMES.indexOf(type);
    return [...keys.map(name => ({ name, kind: 'property', pages: [] }) as const), ...methods(registry, [tag < 0 ? TAG.thing : tag])];
  } catch {
    // A variable of the query that is being typed is not known outside it.
    return methods(registry, allTags());
  }
}

/**
 * The expression at the end of a text, when looking at it has no side effects: names, properties and indexes only.
 * '' is the root.
 */
function pathAt(text: string): string | null {
  const path = /(?:[A-Za-z_][A-Za-z0-9_]*|\.[A-Za-z_][A-Za-z0-9_]*|\[\d+\]|\['[^']*'\])*$/.exec(text)![0];
  return path === '' && /[)\]}\w]$/.test(text) ? null : path;
}

const allTags = (): number[] => TAG_NAMES.map((_, tag) => tag);

function methods(registry: Registry, tags: readonly number[]): Option[] {
  const pages = new Map<string, Set<string>>();
  for (const tag of tags) {
    for (const name of registry.methodNames(tag)) {
      const known = pages.get(name) ?? new Set();
      pages.set(name, known.add((registry.methods(name)![tag] as Builtin).docs));
    }
  }
  return [...pages].map(([name, of]) => ({ name, kind: 'method', pages: [...of] }));
}
