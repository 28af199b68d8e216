/**
 * `npm test`: type checks, then all tests; ends with a plain line `N passed, N failed` and fails when anything
 * failed, or when nothing ran. Arguments are handed to vitest.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = name => join(root, 'node_modules', name);
const run = (script, args) => spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' }).status === 0;

let passed = 0;
let failed = 0;
for (const project of ['tsconfig.json', 'tsconfig.core.json']) {
  if (run(bin('typescript/bin/tsc'), ['-p', project])) passed++;
  else failed++;
}

const out = mkdtempSync(join(tmpdir(), 'thingscope-test-'));
const report = join(out, 'report.json');
const ok = run(bin('vitest/vitest.mjs'), ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)]);
try {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  passed += numPassedTests;
  // A file that cannot be loaded has no tests to fail.
  failed += numFailedTests + testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0).length;
  if (numPassedTests === 0) failed++;
} catch {
  failed++;
}
rmSync(out, { recursive: true });
if (!ok && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
