/**
 * The facts of a built-in as its documentation page shows them, made from its declaration: page and code cannot
 * disagree. `npm run docs:facts` writes them into the pages, between the two marks; a test compares.
 */
import type { Builtin } from '../functions/registry.ts';

export const FACTS_BEGIN = '<!-- facts: written by `npm run docs:facts` -->';
export const FACTS_END = '<!-- end of facts -->';

const SCOPES = {
  collection: 'collections',
  thingsdb: '`@thingsdb`',
  node: '`@node`',
  'collection|thingsdb': 'collections and `@thingsdb`',
} as const;

/** The block of facts for one page: several built-ins when they share it (a method of lists and tuples does not). */
export function factsOf(fn: Builtin): string {
  const { spec } = fn;
  const rows: [string, string][] = [];
  if (spec.on !== undefined) rows.push(['Receiver', words(spec.on)]);
  rows.push(['Arguments', spec.args.length === 0 ? 'none' : spec.args.map(argument).join(', ')]);
  rows.push(['Number of arguments', count(fn)]);
  rows.push(['Makes a change', change(fn)]);
  rows.push(['Scopes', spec.scope === undefined ? 'all' : SCOPES[spec.scope]]);
  if (spec.needs !== undefined) rows.push(['Privilege', `\`${spec.needs}\` on the scope of the query`]);
  if (spec.needsCommit === true) rows.push(['With a commit history', 'needs `commit()` earlier in the same query']);
  const table = ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)];
  return [FACTS_BEGIN, ...table, FACTS_END].join('\n');
}

function words(text: string): string {
  return text.split('|').map(word => `\`${word}\``).join(' or ');
}

function argument(text: string): string {
  const rest = text.startsWith('...');
  const optional = text.endsWith('?');
  const type = text.replace(/^\.\.\./, '').replace(/\?$/, '');
  const shown = type === 'lazy' ? 'any (evaluated when it is needed)' : type === 'any' ? 'any' : words(type);
  return `${shown}${optional ? ' (optional)' : ''}${rest ? ' …' : ''}`;
}

function count(fn: Builtin): string {
  if (fn.max === Infinity) return `${fn.min} or more`;
  return fn.min === fn.max ? String(fn.min) : `${fn.min} to ${fn.max}`;
}

function change(fn: Builtin): string {
  const { spec } = fn;
  if (spec.change === 'never') return 'no';
  const where = spec.change === 'both' ? 'in collections and `@thingsdb`' : spec.change === 'collection' ? 'in collections' : 'in `@thingsdb`';
  const except: string[] = [];
  if (spec.freeOnVariable === true) except.push('straight on a variable, a literal or a built-in’s result');
  if (spec.freeUnderNse === true) except.push('after `nse()`');
  return `yes, ${where}${except.length === 0 ? '' : `; not ${except.join(', nor ')}`}`;
}

/** A page with its block of facts replaced. Null when it has no marks. */
export function withFacts(page: string, facts: string): string | null {
  const from = page.indexOf(FACTS_BEGIN);
  const to = page.indexOf(FACTS_END);
  if (from < 0 || to < from) return null;
  return page.slice(0, from) + facts + page.slice(to + FACTS_END.length);
}
