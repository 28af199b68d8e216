/** `.help TOPIC`: the page about a function, method or type, or a chapter of the documentation that comes with the program. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearest } from '../../grammar/nearest.ts';
import type { Registry } from '../functions/registry.ts';
import { pageText } from '../help/page.ts';

/** Pages lie in docs/ beside the program; null when it was installed without. */
function folder(): string | null {
  return ['../docs/', '../../docs/'].map(base => fileURLToPath(new URL(base, import.meta.url))).find(path => existsSync(path)) ?? null;
}

export function help(asked: string, registry: Registry): string {
  const docs = folder();
  if (docs === null) return 'this installation has no documentation';
  const pages = pagesOf(asked, docs, registry);
  if (pages.length > 0) return pages.map(page => pageText(readFileSync(join(docs, `${page}.md`), 'utf8'))).join('\n\n');
  const hint = nearest(nameOf(asked), topics(registry));
  return `there is no page about \`${asked}\`${hint === null ? '' : `; did you mean \`${hint}\`?`}`;
}

/** Everything that `.help` knows a page about. */
export function topics(registry: Registry): string[] {
  const docs = folder();
  return [...new Set([...registry.all.map(fn => fn.name), ...(docs === null ? [] : chapters(docs).keys())])].sort();
}

/** `push`, `push(`, `.push(1)` and `list.push` ask for the same. */
function nameOf(asked: string): string {
  return asked.replace(/\(.*$/, '').replace(/^.*\./, '');
}

function pagesOf(asked: string, docs: string, registry: Registry): string[] {
  const type = /^(\w+)\./.exec(asked)?.[1];
  const found = registry.all.filter(fn => fn.name === nameOf(asked));
  const ofType = found.filter(({ spec }) => type !== undefined && spec.on?.split('|').includes(type));
  const pages = (ofType.length > 0 ? ofType : found).map(fn => fn.docs);
  const chapter = chapters(docs).get(asked);
  return chapter === undefined ? pages : [...pages, chapter];
}

/** Pages by name that are about no single function: `statements`, `scopes`, and the types, whose pages are those of folders. */
function chapters(docs: string): Map<string, string> {
  const pages = new Map<string, string>();
  for (const dir of ['', 'overview', 'guides']) {
    if (!existsSync(join(docs, dir))) continue;
    for (const file of readdirSync(join(docs, dir))) if (/^[a-z].*\.md$/.test(file)) pages.set(basename(file, '.md'), join(dir, basename(file, '.md')));
  }
  for (const type of readdirSync(join(docs, 'data-types'))) {
    if (existsSync(join(docs, 'data-types', type, 'README.md'))) pages.set(type, join('data-types', type, 'README'));
  }
  return pages;
}
