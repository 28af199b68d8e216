/** This machine as the host of an engine. */
import { hostname } from 'node:os';
import type { Host, LogLevel } from '../host.ts';
import { PlainNode } from '../system/node.ts';
import { nodeSecrets } from './secrets.ts';

export function nodeHost(log: (level: LogLevel, text: string) => void = () => {}): Host {
  const now = (): number => Date.now() / 1000;
  const monotonic = (): number => performance.now();
  return {
    now,
    monotonic,
    node: new PlainNode(now, monotonic, { platform: process.platform, architecture: process.arch, nodeName: hostname() }),
    later: run => void setImmediate(run),
    random: () => Math.random(),
    secrets: nodeSecrets(),
    log,
  };
}
