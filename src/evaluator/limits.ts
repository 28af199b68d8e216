/**
 * Every bound on what one query may do, in one place. All can be set when an engine is opened.
 * Those of the language itself (recursion of 24, range of 100,000 …) are fixed: programs may rely on them.
 */
export interface Limits {
  /** Iterations and calls of one query. */
  steps: number;
  /** Milliseconds that one query may run. */
  milliseconds: number;
  /** Items of one list, tuple or set. */
  listLength: number;
  /** Bytes of one str or bytes. */
  strBytes: number;
  /** Bytes of one answer. */
  resultBytes: number;
  /** Bytes of the text of one query. */
  queryBytes: number;
  /** Futures of one query that are on their way at one time. */
  futures: number;
  /** Parsed queries that are kept by text, and the characters of all these texts together. */
  cachedQueries: number;
  cachedQueryChars: number;
  /** Characters that a text must have to be kept. */
  cachedQueryMin: number;
  /** How long a parsed query is kept that nobody asks for. */
  cachedQueryMilliseconds: number;
  /** Work of one regular expression match, in milliseconds. */
  regexMilliseconds: number;
}

export const DEFAULT_LIMITS: Readonly<Limits> = Object.freeze({
  steps: 100_000_000,
  milliseconds: 30_000,
  listLength: 16_777_216,
  strBytes: 268_435_456,
  resultBytes: 20_971_520,
  queryBytes: 16_777_216,
  futures: 65_536,
  cachedQueries: 2_000,
  cachedQueryChars: 8_388_608,
  cachedQueryMin: 0,
  cachedQueryMilliseconds: 900_000,
  regexMilliseconds: 1_000,
});

/** Bounds that belong to the language. */
export const LANGUAGE = {
  /** Calls of one closure within each other. */
  recursion: 24,
  deepMin: 0,
  deepMax: 127,
  rangeItems: 100_000,
  nameBytes: 255,
  errorBytes: 16_383,
  randstr: 1_024,
  searchLimit: 255,
  futuresPerClosure: 255,
  tokensPerUser: 128,
  tasks: 500,
  types: 16_384,
  enums: 8_191,
  enumMembers: 65_535,
} as const;
