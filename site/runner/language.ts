/** What the worker knows of the language: the parser's first complaint, completion, and what the documentation says of a name. */
import manual from 'virtual:manual';
import { parse } from '../../grammar/parser.ts';
import { ALL } from '../../src/functions/all.gen.ts';
import { Registry } from '../../src/functions/registry.ts';
import { complete, type Ask } from '../../src/help/complete.ts';
import type { HelpPage, Suggestion } from '../editor/language.ts';

const registry = new Registry(ALL);

export function check(code: string): { readonly message: string; readonly pos: number } | null {
  const parsed = parse(code);
  return 'problem' in parsed ? { message: parsed.problem.message, pos: parsed.problem.pos } : null;
}

export async function suggest(before: string, ask: Ask): Promise<{ readonly typed: string; readonly options: readonly Suggestion[] }> {
  const { typed, options } = await complete(before, registry, ask);
  return { typed, options: options.map(({ name, kind, pages }) => ({ name, kind, help: pages.map(helpPage) })) };
}

export function describe(name: string, isMember: boolean): HelpPage[] {
  const found = registry.all.filter(fn => fn.name === name && (fn.spec.on !== undefined) === isMember);
  return found.map(({ docs }) => helpPage(docs));
}

function helpPage(page: string): HelpPage {
  return { page, ...manual[page]! };
}
