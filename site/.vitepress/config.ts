import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import type { Plugin } from 'vite';
import syntax from '../../editors/vscode/syntaxes/thingsdb.tmLanguage.json';
import { anchorOf } from '../../src/check/links.ts';
import { examples } from '../markdown/examples.ts';
import { links, sitePath } from '../markdown/links.ts';
import { EBNF_SYNTAX, railroads } from '../markdown/railroad.ts';
import { manual } from './manual.ts';
import { crumbs, readSections, sidebars } from './navigation.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const docs = `${root}docs`;
const PLAYGROUND = 'playground.md';
const top = readSections(docs);

/** Pages lie outside this folder, and Vite looks for Vue from where they are. */
const vueOfThisFolder: Plugin = {
  name: 'vue-of-this-folder',
  enforce: 'pre',
  resolveId: (id, _importer, { ssr }) => (ssr === true && /^vue(\/server-renderer)?$/.test(id) ? { id, external: true } : null),
};

export default defineConfig({
  title: 'Thingscope',
  description: 'The ThingsDB language: an interpreter, a server, a replicated in-memory database',
  lang: 'en',
  srcDir: docs,
  outDir: `${root}dist/site`,
  cacheDir: `${root}site/.vitepress/cache`,
  rewrites: sitePath,
  // The navigation is the same on all pages: it is kept once, not in each.
  metaChunk: true,
  head: [['link', { rel: 'icon', href: 'data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 32 32%22><circle cx=%2214%22 cy=%2214%22 r=%229%22 fill=%22none%22 stroke=%22%230f766e%22 stroke-width=%224%22/><path d=%22M21 21l8 8%22 stroke=%22%230f766e%22 stroke-width=%225%22 stroke-linecap=%22round%22/></svg>' }]],
  markdown: {
    config: md => {
      links(md);
      railroads(md);
      // Braces in code are no expressions of Vue.
      md.renderer.rules.code_inline = (tokens, index) => `<code v-pre>${md.utils.escapeHtml(tokens[index]!.content)}</code>`;
      examples(md, { isPlayground: page => page === PLAYGROUND });
    },
    anchor: { slugify: anchorOf },
    languages: [{ ...syntax, repository: {} }, EBNF_SYNTAX],
    theme: { light: 'github-light', dark: 'github-dark' },
  },
  transformPageData: page => ({
    frontmatter: { ...page.frontmatter, crumbs: crumbs(top, page.filePath), ...(page.filePath === PLAYGROUND ? { aside: false } : {}) },
  }),
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Documentation', link: '/' },
      { text: 'Playground', link: '/playground' },
    ],
    sidebar: sidebars(top),
    outline: { level: [2, 3] },
    docFooter: { prev: false, next: false },
  },
  vite: {
    plugins: [vueOfThisFolder],
    resolve: { alias: { chevrotain: `${root}node_modules/chevrotain/lib/chevrotain.mjs` } },
    build: { chunkSizeWarningLimit: 1_500 },
    worker: { format: 'es', plugins: () => [manual(docs)] },
  },
});
