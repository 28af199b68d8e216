/** Every built-in has a page, the facts on it are those of its declaration, and links lead somewhere. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { factsOf, withFacts } from '../src/check/facts.ts';
import { findExamples } from '../src/check/examples.ts';
import { ALL } from '../src/functions/all.gen.ts';
import { Registry } from '../src/functions/registry.ts';

const docs = fileURLToPath(new URL('../docs/', import.meta.url));
const registry = new Registry(ALL);

describe('page of', () => {
  for (const fn of registry.all) {
    test(fn.docs, () => {
      const file = join(docs, `${fn.docs}.md`);
      expect(existsSync(file), `${file} is missing`).toBe(true);
      const page = readFileSync(file, 'utf8');
      expect(withFacts(page, factsOf(fn)), 'run `npm run docs:facts`').toBe(page);
      expect(page.startsWith(`# ${fn.name}\n`), 'its title is the name').toBe(true);
      expect(findExamples(fn.docs, page).length, 'it has an example').toBeGreaterThan(0);
    });
  }
});

test('links between pages lead to a file', () => {
  const broken: string[] = [];
  for (const name of (readdirSync(docs, { recursive: true }) as string[]).filter(name => name.endsWith('.md'))) {
    const page = readFileSync(join(docs, name), 'utf8').replace(/^```[^]*?^```$/gm, '');
    for (const [, target] of page.matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (!existsSync(join(docs, normalize(join(dirname(name), target!))))) broken.push(`${name}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});
