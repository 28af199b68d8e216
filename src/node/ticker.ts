/** Makes an engine run its tasks: once a second. */
import type { Engine } from '../engine.ts';
import { LOG_LEVEL } from '../host.ts';

const SECOND = 1_000;

/** Gives what ends it. It keeps no process alive by itself. */
export function startTicking(engine: Engine): () => void {
  const timer = setInterval(() => {
    engine.tick().catch((error: unknown) => {
      engine.host.log(LOG_LEVEL.critical, error instanceof Error ? (error.stack ?? String(error)) : String(error));
    });
  }, SECOND);
  timer.unref();
  return () => clearInterval(timer);
}
