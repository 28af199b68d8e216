/** `npm run docs:facts`: writes the facts of each built-in into its page. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from './bundle.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { ALL, Registry, factsOf, withFacts } = await load(`
  export { ALL } from './src/functions/all.gen.ts';
  export { Registry } from './src/functions/registry.ts';
  export { factsOf, withFacts } from './src/check/facts.ts';
`);
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
