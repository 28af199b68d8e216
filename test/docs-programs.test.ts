/**
 * The programs in documentation pages: each `js,run` block is run as a module of its own with this library, and
 * prints what the `text` block behind it shows.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFences } from '../src/check/examples.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = (readdirSync(`${root}docs`, { recursive: true }) as string[]).filter(name => name.endsWith('.md')).sort();

let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thingscope-programs-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  await build({
    entryPoints: { thingscope: `${root}src/index.ts` }, outdir: folder, outExtension: { '.js': '.mjs' }, bundle: true, format: 'esm', platform: 'node',
    // Bundled, as in the build: it loads many times faster.
    alias: { chevrotain: `${root}node_modules/chevrotain/lib/chevrotain.mjs` }, packages: 'external', define: { __VERSION__: '"0.0.0-test"' }, logLevel: 'error',
  });
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('programs', () => {
  for (const page of pages) {
    const fences = findFences(readFileSync(`${root}docs/${page}`, 'utf8'));
    fences.forEach((fence, i) => {
      if (fence.info !== 'js,run') return;
      test(`docs/${page}:${fence.line}`, () => {
        const shown = fences[i + 1];
        expect(shown?.info, 'the block behind it shows what it prints').toBe('text');
        const code = fence.text.replaceAll(`'thingscope'`, `'./thingscope.mjs'`);
        // In the folder of the library: relative paths in it, as of a store, are made there.
        const file = join(folder, `program-${fence.line}.mjs`);
        writeFileSync(file, code);
        const { stdout, stderr } = spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8', timeout: 30_000 });
        expect(stderr).toBe('');
        expect(stdout.trimEnd()).toBe(shown!.text.trimEnd());
      });
    });
  }
});
