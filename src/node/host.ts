/** This machine as the host of an engine. */
import type { Host, LogLevel } from '../host.ts';
import { nodeSecrets } from './secrets.ts';

export function nodeHost(log: (level: LogLevel, text: string) => void = () => {}): Host {
  return {
    now: () => Date.now() / 1000,
    monotonic: () => performance.now(),
    random: () => Math.random(),
    secrets: nodeSecrets(),
    log,
  };
}
