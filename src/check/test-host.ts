/** A host whose time, randomness and secrets are fixed by a seed: for tests and examples, where every run must repeat. */
import { createHash } from 'node:crypto';
import type { Host } from '../host.ts';
import { isSound, newKey } from '../node/secrets.ts';
import { PlainNode } from '../system/node.ts';
import { EXAMPLES_START, seededRandom } from './seeded.ts';

export function testHost(options: { now?: () => number; seed?: number } = {}): Host {
  const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');
  const now = options.now ?? (() => EXAMPLES_START);
  const monotonic = (): number => performance.now();
  return {
    now,
    monotonic,
    node: new PlainNode(now, monotonic),
    later: run => void setImmediate(run),
    random: seededRandom(options.seed ?? 1),
    secrets: {
      // A plain hash instead of a slow one: what is tested here is not how passwords are kept.
      hashPassword: async password => hash(`password:${password}`),
      checkPassword: async (password, kept) => hash(`password:${password}`) === kept,
      initialPassword: hash('password:pass'),
      newKey,
      isSound,
      hashKey: hash,
      sameHash: (a, b) => a === b,
    },
    log: () => {},
  };
}
