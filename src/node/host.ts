/** This machine as the host of an engine. */
import { hostname } from 'node:os';
import { crc32 } from 'node:zlib';
import type { Host, LogLevel, Node } from '../host.ts';
import { PlainNode } from '../system/node.ts';
import { nodeSecrets } from './secrets.ts';

/** Seconds since 1970. */
export const now = (): number => Date.now() / 1000;
export const monotonic = (): number => performance.now();

export function nodeHost(log: (level: LogLevel, text: string) => void = () => {}, node: Node = plainNode()): Host {
  return {
    now,
    monotonic,
    node,
    later: run => void setImmediate(run),
    random: () => Math.random(),
    crc32: bytes => crc32(bytes),
    secrets: nodeSecrets(),
    log,
  };
}

function plainNode(): Node {
  return new PlainNode(now, monotonic, { platform: process.platform, architecture: process.arch, nodeName: hostname() });
}
