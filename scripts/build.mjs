/**
 * Builds dist/:
 *
 *   cli.js          the program behind bin/thingscope
 *   index.js        the library: open(), connect()
 *   client.js       connect() for browsers
 *   core.js         the interpreter alone, for browsers and anywhere else without Node
 *   conformance.js  `npm run conformance`
 *
 * With `--types` also dist/types, the declarations of the library.
 */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version, dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

await import('./gen.mjs');

/** Bundled: chevrotain loads in 25 ms as one file and in most of a second as many; luxon the same in small. */
const bundled = ['chevrotain', 'luxon'];
const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  sourcemap: true,
  logLevel: 'warning',
  alias: { chevrotain: join(root, 'node_modules/chevrotain/lib/chevrotain.mjs') },
  define: { __VERSION__: JSON.stringify(version) },
};
const [{ metafile }] = await Promise.all([
  build({
    ...common,
    metafile: true,
    platform: 'node',
    entryPoints: { cli: 'src/main.ts', index: 'src/index.ts', conformance: 'src/check/conformance-main.ts' },
    outdir: 'dist',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    external: Object.keys(dependencies).filter(name => !bundled.includes(name)),
  }),
  build({ ...common, platform: 'neutral', mainFields: ['module', 'main'], entryPoints: { client: 'src/client.ts', core: 'src/core.ts' }, outdir: 'dist', minify: true }),
]);
// Chunks of earlier builds, which have other names.
for (const name of readdirSync(join(root, 'dist/chunks'))) if (!(`dist/chunks/${name}` in metafile.outputs)) rmSync(join(root, 'dist/chunks', name));

if (process.argv.includes('--types')) {
  const { status } = spawnSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' });
  process.exit(status ?? 1);
}
