/** A host whose time, randomness and secrets are fixed by a seed: for tests and examples, where every run must repeat. */
import { createHash, randomBytes } from 'node:crypto';
import type { Host } from '../host.ts';
import { PlainNode } from '../system/node.ts';

/** 2026-01-01T00:00:00Z */
const START = 1_767_225_600;

export function testHost(options: { now?: () => number; seed?: number } = {}): Host {
  let state = (options.seed ?? 1) >>> 0;
  const hash = (text: string): string => createHash('sha256').update(text).digest('base64');
  const now = options.now ?? (() => START);
  const monotonic = (): number => performance.now();
  return {
    now,
    monotonic,
    node: new PlainNode(now, monotonic),
    later: run => void setImmediate(run),
    random: () => {
      // mulberry32: small, and good enough for examples.
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
    },
    secrets: {
      // A plain hash instead of a slow one: what is tested here is not how passwords are kept.
      hashPassword: password => hash(`password:${password}`),
      checkPassword: (password, kept) => hash(`password:${password}`) === kept,
      newKey: () => randomBytes(16).toString('base64url').slice(0, 22),
      hashKey: hash,
    },
    log: () => {},
  };
}
