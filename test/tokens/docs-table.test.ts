/** The table of what other systems have names tests that are there. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('each row names a test, or a recorded case, that there is', () => {
  const rows = [...read('docs/guides/tokens.md').matchAll(/^\| (?:ThingsDB|MotherDuck|Datasette|NetBird|none of them) \|.*\| (\w+): `(.+)` \|$/gm)];
  expect(rows.length).toBeGreaterThan(30);
  for (const [, file, name] of rows) {
    const path = file === 'conformance' ? 'test/conformance/admin.jsonl' : `test/tokens/${file}.test.ts`;
    expect(existsSync(new URL(`../../${path}`, import.meta.url)), path).toBe(true);
    expect(read(path).includes(file === 'conformance' ? `"id": "${name}"` : name!), `${path}: ${name}`).toBe(true);
  }
});
