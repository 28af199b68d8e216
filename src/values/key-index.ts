/**
 * Positions of names. JavaScript's own map moves all that it has each time that it has doubled, which takes 100 ms at a
 * million; so the keys of a large dictionary are spread over maps that stay small.
 */
import { HashDirectory, mix, type Bucket } from './hash-directory.ts';

export interface KeyIndex {
  get(key: string): number | undefined;
  set(key: string, position: number): unknown;
  delete(key: string): boolean;
}

/** Keys beyond which a dictionary is a large one. */
export const MAP_KEYS_MAX = 32_768;
/** Keys of a part beyond which it is split. Small, for all parts are full at about the same time. */
const PART_KEYS_MAX = 4_096;
/** Splits of a part, at most: keys that all have one hash stay in one part, however many they are. */
const DEPTH_MAX = 14;

class Part implements Bucket {
  readonly map = new Map<string, number>();
  readonly depth: number;
  constructor(depth: number) {
    this.depth = depth;
  }
}

export class LargeKeyIndex implements KeyIndex {
  private readonly parts: HashDirectory<Part>;
  /** The last key that was asked for, and its part: one change asks for the same several times. */
  private key: string;
  private part: Part;

  constructor(keys: ReadonlyMap<string, number>) {
    this.parts = new HashDirectory(depth => new Part(depth), Math.log2(keys.size / PART_KEYS_MAX) + 1);
    this.key = '';
    this.part = this.parts.of(hashOf(this.key));
    for (const [key, position] of keys) this.set(key, position);
  }

  get(key: string): number | undefined {
    return this.partOf(key).map.get(key);
  }

  set(key: string, position: number): void {
    const part = this.partOf(key);
    part.map.set(key, position);
    if (part.map.size > PART_KEYS_MAX && part.depth < DEPTH_MAX) this.split(hashOf(key), part);
  }

  delete(key: string): boolean {
    return this.partOf(key).map.delete(key);
  }

  private partOf(key: string): Part {
    if (key !== this.key) {
      this.part = this.parts.of(hashOf(key));
      this.key = key;
    }
    return this.part;
  }

  private split(hash: number, { map, depth }: Part): void {
    const bit = 1 << depth;
    const low = new Part(depth + 1);
    const high = new Part(depth + 1);
    for (const [key, position] of map) ((hashOf(key) & bit) === 0 ? low : high).map.set(key, position);
    this.parts.put(hash & ~bit, low);
    this.parts.put(hash | bit, high);
    this.part = this.parts.of(hash);
  }
}

/** Characters that count for the hash, from the end on. */
const HASHED = 64;

function hashOf(key: string): number {
  let hash = key.length;
  for (let i = Math.max(0, key.length - HASHED); i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
  return mix(hash);
}
