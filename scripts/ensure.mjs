/**
 * Makes sure that a command can start on a fresh clone: `ensure deps` installs what package-lock.json names when
 * it is not there, `ensure build` also builds when the sources are newer than the build, `ensure site` also installs
 * what the site of the documentation needs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function run(command, args, cwd = root) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
}

/** npm writes node_modules/.package-lock.json last: it names what is really there. */
function depsMissing(dir) {
  const installed = join(dir, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return true;
  const have = JSON.parse(readFileSync(installed, 'utf8')).packages;
  const want = JSON.parse(readFileSync(join(dir, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(want).some(([path, { version, optional }]) => path !== '' && optional !== true && have[path]?.version !== version);
}

function newest(dir) {
  let time = 0;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    time = Math.max(time, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return time;
}

function buildMissing() {
  const built = join(root, 'dist/cli.js');
  if (!existsSync(built)) return true;
  const sources = Math.max(...['grammar', 'src', 'scripts'].map(dir => newest(join(root, dir))), statSync(join(root, 'package.json')).mtimeMs);
  return sources > statSync(built).mtimeMs;
}

for (const dir of process.argv[2] === 'site' ? [root, join(root, 'site')] : [root]) {
  if (depsMissing(dir)) run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], dir);
}
if (process.argv[2] === 'build' && buildMissing()) run(process.execPath, [join(root, 'scripts/build.mjs')]);
