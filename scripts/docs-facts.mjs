/** `npm run docs:facts`: writes the facts of each built-in into its page. */
import { build } from 'esbuild';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
await import('./gen.mjs');
const dir = mkdtempSync(join(tmpdir(), 'thingscope-facts-'));
const entry = `export { ALL } from './src/functions/all.gen.ts'; export { Registry } from './src/functions/registry.ts'; export { factsOf, withFacts } from './src/check/facts.ts';`;
await build({
  stdin: { contents: entry, resolveDir: root, loader: 'ts' }, bundle: true, format: 'esm', platform: 'node',
  outfile: join(dir, 'facts.mjs'), alias: { chevrotain: join(root, 'node_modules/chevrotain/lib/chevrotain.mjs') }, logLevel: 'warning',
});
const { ALL, Registry, factsOf, withFacts } = await import(pathToFileURL(join(dir, 'facts.mjs')).href);
rmSync(dir, { recursive: true });
let missing = 0;
for (const fn of new Registry(ALL).all) {
  const file = join(root, 'docs', `${fn.docs}.md`);
  const page = existsSync(file) ? readFileSync(file, 'utf8') : null;
  const written = page === null ? null : withFacts(page, factsOf(fn));
  if (written === null) {
    console.log(`${fn.docs}: ${page === null ? 'no page' : 'no marks for the facts'}`);
    missing++;
  } else if (written !== page) writeFileSync(file, written);
}
process.exit(missing === 0 ? 0 : 1);
