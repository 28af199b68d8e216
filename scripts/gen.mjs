/**
 * Writes src/functions/all.gen.ts: the list of all built-ins, from the files that are there. Run before every
 * build and test, never committed, so that adding a function is adding its file.
 */
import { readdirSync, writeFileSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

const dir = new URL('../src/functions/', import.meta.url).pathname;
const paths = [];
for (const folder of readdirSync(dir, { withFileTypes: true })) {
  if (!folder.isDirectory()) continue;
  for (const file of readdirSync(join(dir, folder.name))) {
    // A file whose name starts with a letter in lower case and that has no further dot is a built-in;
    // what built-ins of one folder share is named `_…`.
    if (/^[a-z][a-z0-9_]*\.ts$/.test(file)) paths.push(`${folder.name}/${file.slice(0, -3)}`);
  }
}
paths.sort();
const identifier = i => `f${i}`;
const text = [
  '// Written by scripts/gen.mjs from the files in this folder.',
  "import type { Entry } from './registry.ts';",
  ...paths.map((path, i) => `import ${identifier(i)} from './${path}.ts';`),
  '',
  'export const ALL: readonly Entry[] = [',
  ...paths.map((path, i) => `  { path: '${path}', spec: ${identifier(i)} },`),
  '];',
  '',
].join('\n');
const out = join(dir, 'all.gen.ts');
if (!existsSync(out) || readFileSync(out, 'utf8') !== text) writeFileSync(out, text);
