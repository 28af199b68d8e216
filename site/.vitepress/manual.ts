/** What completion and hover texts say, for the worker: read from the pages when the site is built. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { FACTS_BEGIN } from '../../src/check/facts.ts';
import { helpOf } from '../../src/help/page.ts';

export function manual(docs: string): Plugin {
  return {
    name: 'manual',
    resolveId: id => (id === 'virtual:manual' ? `\0${id}` : null),
    load(id) {
      if (id !== '\0virtual:manual') return null;
      const pages = (readdirSync(docs, { recursive: true }) as string[])
        .filter(name => name.endsWith('.md'))
        .map(name => [name.slice(0, -3), readFileSync(join(docs, name), 'utf8')] as const);
      return `export default ${JSON.stringify(Object.fromEntries(pages.filter(([, page]) => page.includes(FACTS_BEGIN)).map(([name, page]) => [name, helpOf(page)])))}`;
    },
  };
}
