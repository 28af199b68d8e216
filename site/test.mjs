/**
 * `npm run docs:test`: the types of the site, then the built site in Chromium. Where there is no Chromium and none can be
 * installed it says so, and counts as skipped. Ends with a line `N passed, N failed, N skipped`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium, installChromium } from './browser.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (script, args) => spawnSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: 'inherit' }).status === 0;

const counts = { passed: 0, failed: 0, skipped: 0 };
counts[run('site/node_modules/vue-tsc/bin/vue-tsc.js', ['--noEmit', '-p', 'site/tsconfig.json']) ? 'passed' : 'failed']++;

if (findChromium() === null) installChromium();
if (findChromium() === null) {
  console.log('\n*** There is no Chromium here (CHROMIUM=PATH names one): THE SITE IS NOT TESTED. ***\n');
  counts.skipped++;
} else {
  const dir = mkdtempSync(join(tmpdir(), 'thingscope-site-'));
  const report = join(dir, 'report.json');
  const ok = run('node_modules/vitest/vitest.mjs', ['run', '--config', 'site/vitest.config.ts', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)]);
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
  rmSync(dir, { recursive: true });
  counts.passed += numPassedTests;
  counts.failed += ok ? 0 : Math.max(1, numFailedTests);
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed === 0 ? 0 : 1);
