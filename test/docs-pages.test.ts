/** Every built-in has a page, the facts on it are those of its declaration, and links lead somewhere. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { factsOf, withFacts } from '../src/check/facts.ts';
import { findExamples } from '../src/check/examples.ts';
import { anchorsOf, linksOf } from '../src/check/links.ts';
import { ALL } from '../src/functions/all.gen.ts';
import { Registry } from '../src/functions/registry.ts';
import { helpOf } from '../src/help/page.ts';

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
      const { summary, signatures } = helpOf(page);
      expect(summary, 'its first paragraph says in a sentence what it does').toMatch(/^[^|#<`].{10,}[.:]/);
      expect(signatures.length, 'it shows how it is called').toBeGreaterThan(0);
      for (const signature of signatures) expect(signature).toContain(`${fn.name}(`);
    });
  }
});

test('links lead to a file, and to a heading on it', () => {
  const root = join(docs, '..');
  const pages = ['README.md', ...(readdirSync(docs, { recursive: true }) as string[]).filter(name => name.endsWith('.md')).map(name => join('docs', name))];
  const broken: string[] = [];
  for (const name of pages) {
    const page = readFileSync(join(root, name), 'utf8');
    for (const { file, anchor } of linksOf(page)) {
      const target = file === '' ? name : join(dirname(name), file);
      const exists = existsSync(join(root, target));
      if (!exists || (anchor !== '' && !anchorsOf(readFileSync(join(root, target), 'utf8')).has(anchor))) broken.push(`${name}: ${file}#${anchor}`);
    }
  }
  expect(broken).toEqual([]);
});

test('anchors are those that code hosts make', () => {
  expect([...anchorsOf('# A `b_c`, d!\n## [x](y.md) Z\n## x z\n```\n# no\n```\n')]).toEqual(['a-b_c-d', 'x-z', 'x-z-1']);
});

test('every folder of the documentation has a page of its own that names its pages', () => {
  const missing: string[] = [];
  for (const entry of readdirSync(docs, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.md') || entry.name === 'README.md') continue;
    const readme = join(entry.parentPath, 'README.md');
    const links = existsSync(readme) ? linksOf(readFileSync(readme, 'utf8')).map(({ file }) => file) : [];
    if (!links.includes(entry.name)) missing.push(join(entry.parentPath, entry.name).slice(docs.length));
  }
  expect(missing).toEqual([]);
});
