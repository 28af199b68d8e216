/** The examples of the guide, one after another, with the module that it shows. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findExamples } from '../../src/check/examples.ts';
import { open } from '../../src/index.ts';
import type { NodeModules } from '../../src/modules/modules.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/guides/modules.md', import.meta.url)), 'utf8');

test('the guide does what it says', async () => {
  const program = /```js\n([^]*?)```/.exec(page)![1]!;
  // The others need what a test has not: a repository on GitHub.
  const examples = findExamples('docs/guides/modules.md', page).filter(({ tag }) => tag === 'no_test');
  expect(examples.length).toBe(6);
  const modulesPath = mkdtempSync(join(tmpdir(), 'thingscope-guide-'));
  const db = await open({ modulesPath });
  for (const { scope, code, shown } of examples) {
    const answer = await db.query(scope, code, { program });
    if (shown !== null) expect(answer).toEqual(JSON.parse(shown));
    await (db.engine.host.node.modules as NodeModules).settled();
  }
  await db.close();
  rmSync(modulesPath, { recursive: true });
});
