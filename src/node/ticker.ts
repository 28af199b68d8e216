/** What an engine does by itself: once a second it runs the tasks that are due, and looks for garbage. */
import type { Engine } from '../engine.ts';
import { LOG_LEVEL } from '../host.ts';

const SECOND = 1_000;
/** Milliseconds at a time for the collector, and between those times while it has work. */
const COLLECT = 3;
const BREAK = 30;

/** Gives what ends it. It keeps no process alive by itself. `engineNow` gives the engine, which may come to be another one. */
export function startTicking(engineNow: () => Engine): () => void {
  const failed = (error: unknown): void =>
    engineNow().host.log(LOG_LEVEL.critical, error instanceof Error ? (error.stack ?? String(error)) : String(error));
  let collecting: NodeJS.Timeout | null = null;
  const collect = (): void => {
    collecting = null;
    try {
      if (collectFor(engineNow(), COLLECT)) collecting = setTimeout(collect, BREAK).unref();
    } catch (error) {
      failed(error);
    }
  };
  const timer = setInterval(() => {
    engineNow().tick().catch(failed);
    if (collecting === null) collect();
  }, SECOND);
  timer.unref();
  return () => {
    clearInterval(timer);
    if (collecting !== null) clearTimeout(collecting);
  };
}

/** False when nothing is left to do. */
function collectFor(engine: Engine, milliseconds: number): boolean {
  const end = engine.host.monotonic() + milliseconds;
  while (engine.collect()) if (engine.host.monotonic() >= end) return true;
  return false;
}
