/** The clock and the randomness of documentation examples, in tests as on the site: every run gives the same. */

/** 2026-01-01T00:00:00Z, in seconds since 1970. */
export const EXAMPLES_START = 1_767_225_600;

/** Numbers in [0, 1), the same ones for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    // mulberry32: small, and good enough for examples.
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
