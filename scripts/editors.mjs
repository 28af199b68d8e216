/** `npm run editors`: writes the syntax that editors and the site colour by. A test compares. */
import { writeFileSync } from 'node:fs';
import { load } from './bundle.mjs';

const { ALL, Registry, textMateGrammar } = await load(`
  export { ALL } from './src/functions/all.gen.ts';
  export { Registry } from './src/functions/registry.ts';
  export { textMateGrammar } from './src/highlight/textmate.ts';
`);
const file = new URL('../editors/vscode/syntaxes/thingsdb.tmLanguage.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(textMateGrammar(new Registry(ALL)), null, 2)}\n`);
