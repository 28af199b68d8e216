/**
 * What the interpreter core may use of its platform, besides the language itself: every browser, worker
 * and Node has these. The core is compiled without Node's and without the DOM's types, so that anything
 * else does not compile.
 */
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, into: Uint8Array): { read: number; written: number };
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array): string;
}
/** ES2024; older browsers lack it. */
interface String {
  isWellFormed?(): boolean;
}
