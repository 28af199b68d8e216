/** `npm run docs:build`: builds dist/site from docs/. */
import { fileURLToPath } from 'node:url';
import { build } from 'vitepress';

await import('../scripts/gen.mjs');
const here = fileURLToPath(new URL('.', import.meta.url));
// VitePress looks for Vue from where it is started.
process.chdir(here);
await build(here);
