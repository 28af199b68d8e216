/** Runs our own TypeScript in a script: bundles what `entry` exports into one module and loads it. */
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** `entry` is source text, with paths from the root of the repository. */
export async function load(entry) {
  await import('./gen.mjs');
  const dir = mkdtempSync(join(tmpdir(), 'thingscope-'));
  try {
    await build({
      stdin: { contents: entry, resolveDir: root, loader: 'ts' }, bundle: true, format: 'esm', platform: 'node',
      outfile: join(dir, 'entry.mjs'), alias: { chevrotain: join(root, 'node_modules/chevrotain/lib/chevrotain.mjs') }, logLevel: 'warning',
    });
    return await import(pathToFileURL(join(dir, 'entry.mjs')).href);
  } finally {
    rmSync(dir, { recursive: true });
  }
}
