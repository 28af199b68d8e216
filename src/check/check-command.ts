/** `thingscope check FILES…`: runs the examples of documentation pages, says which are wrong, and counts. */
import { readFileSync } from 'node:fs';
import { findExamples } from './examples.ts';
import { runExample } from './run-example.ts';

export async function checkCommand(files: readonly string[]): Promise<void> {
  if (files.length === 0) {
    process.stderr.write('usage: thingscope check FILES...\n');
    process.exitCode = 1;
    return;
  }
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    try {
      for (const example of findExamples(file, readFileSync(file, 'utf8'))) {
        if (example.tag === 'no_test') continue;
        const wrong = await runExample(example);
        if (wrong === null) passed++;
        else {
          failed++;
          process.stdout.write(`${example.file}:${example.line}: ${wrong}\n`);
        }
      }
    } catch (e) {
      failed++;
      process.stdout.write(`${file}: ${(e as Error).message}\n`);
    }
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  if (failed > 0) process.exitCode = 1;
}
