/**
 * `npm run conformance [-- --url URL] [-v] [AREA or start of an id …]`: runs the recorded cases of
 * test/conformance in this process, or against a server, and counts by area.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Engine } from '../engine.ts';
import { parseCases, sameOutcome, type Case, type Outcome } from './case.ts';
import { runCase } from './local-runner.ts';
import { RemoteRunner } from './remote-runner.ts';
import { testHost } from './test-host.ts';

const DIR = 'test/conformance';

const args = process.argv.slice(2);
const verbose = args.includes('-v');
const at = args.indexOf('--url');
const url = at < 0 ? null : args[at + 1];
const prefixes = args.filter((arg, i) => arg !== '-v' && (at < 0 || (i !== at && i !== at + 1)));

const remote = url == null ? null : await RemoteRunner.connect(url);
let passed = 0;
let failed = 0;
for (const file of readdirSync(DIR).filter(name => name.endsWith('.jsonl')).sort()) {
  const area = file.slice(0, -'.jsonl'.length);
  const cases = parseCases(readFileSync(join(DIR, file), 'utf8')).filter(c => prefixes.length === 0 || prefixes.some(prefix => c.id.startsWith(prefix)));
  if (cases.length === 0) continue;
  let good = 0;
  for (const c of cases) {
    const got = await (remote === null ? runCase(c, openEngine) : remote.run(c)).catch((e: unknown): Outcome[] => [{ err: { code: 0, msg: String(e) } }]);
    const i = c.want.findIndex((want, i) => got[i] === undefined || !sameOutcome(got[i], want));
    if (i < 0) good++;
    else if (verbose) show(c, i, got[i]);
  }
  process.stdout.write(`${area}: ${good} of ${cases.length}\n`);
  passed += good;
  failed += cases.length - good;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
remote?.close();

function openEngine(): Engine {
  const engine = new Engine({ host: testHost({ now: () => Date.now() / 1000 }) });
  engine.init();
  return engine;
}

function show(c: Case, i: number, got: Outcome | undefined): void {
  process.stdout.write(`${c.id}\n  q    ${c.steps[i]!.q}\n  want ${JSON.stringify(c.want[i])}\n  got  ${JSON.stringify(got)}\n`);
}
