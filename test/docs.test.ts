/** Every example of the documentation is run, interpreted and compiled, and replayed on a replica. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findExamples } from '../src/check/examples.ts';
import { runExample } from '../src/check/run-example.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = (readdirSync(`${root}docs`, { recursive: true }) as string[]).filter(name => name.endsWith('.md')).sort();

describe('examples', () => {
  for (const page of pages) {
    for (const example of findExamples(`docs/${page}`, readFileSync(`${root}docs/${page}`, 'utf8'))) {
      if (example.tag === 'no_test') continue;
      test(`${example.file}:${example.line}`, async () => {
        expect(await runExample(example, false)).toBeNull();
        expect(await runExample(example, 0)).toBeNull();
      });
    }
  }
});
