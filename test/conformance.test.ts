/**
 * The recorded answers of the real server, case by case. `conformance/missing.txt` names the cases that do not
 * pass yet; it may only shrink: a case that is not in it must pass, one that is in it must still fail.
 *
 * All cases run twice: interpreted, and with everything compiled.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseCases, sameOutcome, type Case } from '../src/check/case.ts';
import { runCase } from '../src/check/local-runner.ts';
import { testHost } from '../src/check/test-host.ts';
import { Engine } from '../src/engine.ts';
import type { CodegenMode } from '../src/evaluator/compile/codegen.ts';

const dir = new URL('conformance/', import.meta.url);
const missingFile = new URL('missing.txt', dir);
const missing = new Set(existsSync(missingFile) ? readFileSync(missingFile, 'utf8').split('\n').filter(line => line !== '') : []);

/**
 * The recorded server ran at some moment; a few cases compare with dates around it. The clock goes on each time that
 * it is read: cases that count to a hundred thousand until a second is over, when tasks run, are soon there.
 */
function openEngine(codegen: CodegenMode): Engine {
  let now = 1_767_225_600;
  const engine = new Engine({ host: testHost({ now: () => (now += 0.01) }), codegen });
  engine.init();
  return engine;
}

async function passes(c: Case, open: () => Engine): Promise<boolean> {
  try {
    const got = await runCase(c, open);
    return c.want.every((want, i) => got[i] !== undefined && sameOutcome(got[i], want));
  } catch {
    return false;
  }
}

const seen = new Set<string>();
for (const codegen of [false, 0]) for (const file of readdirSync(dir).filter(name => name.endsWith('.jsonl')).sort()) {
  const open = (): Engine => openEngine(codegen);
  describe(`${file.slice(0, -'.jsonl'.length)}, ${codegen === false ? 'interpreted' : 'compiled'}`, () => {
    for (const c of parseCases(readFileSync(new URL(file, dir), 'utf8'))) {
      seen.add(c.id);
      if (missing.has(c.id)) {
        test(`${c.id} is still missing`, async () => {
          expect(await passes(c, open), 'it passes now: take it out of missing.txt').toBe(false);
        });
      } else {
        test(c.id, async () => {
          const got = await runCase(c, open);
          expect(got).toEqual(c.want);
          expect(JSON.stringify(got)).toBe(JSON.stringify(c.want)); // the order of keys counts too
        });
      }
    }
  });
}

test('missing.txt names known cases only', () => {
  expect([...missing].filter(id => !seen.has(id))).toEqual([]);
});
