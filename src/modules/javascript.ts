/** Modules written in JavaScript: what they look like, and those that are objects of this process. */
import { ERR, ERR_HIGHEST, ERR_LOWEST } from '../errors/codes.ts';
import { modulePrograms as msg } from '../errors/messages/modules.ts';
import { QueryError, badDataErr } from '../errors/query-error.ts';
import { LOG_LEVEL } from '../host.ts';
import { Writer } from '../wire/msgpack.ts';
import { packPlain } from '../wire/pack-plain.ts';
import { unpackPlain, type Plain } from '../wire/plain.ts';
import { parseManifest } from './manifest.ts';
import type { Program, ProgramEvents } from './program.ts';

/**
 * A module in JavaScript. Both functions may be async. What they throw is the error of the call: with a `code` from
 * -127 to -50 the error of that code, else a custom error (-100).
 */
export interface JavaScriptModule {
  /** What queries may know of it, as in a `module.json`. */
  readonly manifest?: {
    readonly version?: string | number;
    readonly doc?: string | null;
    /** `deep`, `load`, and properties that requests get where they have none of that name. */
    readonly defaults?: Readonly<Record<string, unknown>>;
    /** `module.name(…)`: a closure as text, or how the arguments become a request. */
    readonly exposes?: Readonly<Record<string, string | {
      readonly doc?: string | null;
      readonly defaults?: Readonly<Record<string, unknown>>;
      readonly argmap?: readonly string[] | null;
    }>>;
  };
  /** Takes the configuration, when there is one: at the start, and whenever it is replaced. */
  onConfig?(conf: Plain): unknown;
  /** Answers a request: anything that can be sent. */
  onRequest(request: { [key: string]: Plain }): unknown;
}

/** Runs a module that is an object of this process: nothing protects the process from it. */
export function startObject(name: string, module: JavaScriptModule, events: ProgramEvents): Program {
  let over = false;
  const end = (why: string): void => {
    if (over) return;
    over = true;
    queueMicrotask(() => events.ended(why));
  };
  /** The answer of the module, unless it was stopped meanwhile. */
  const ask = (work: () => unknown, done: (answer: unknown) => void, failed: (error: unknown) => void): void => {
    Promise.resolve()
      .then(work)
      .then(answer => over || done(answer), (error: unknown) => over || failed(error));
  };
  const manifest = module.manifest === undefined ? null : parseManifest(module.manifest).manifest;
  queueMicrotask(() => over || events.ready(manifest));
  return {
    configure(conf) {
      ask(() => module.onConfig?.(unpackPlain(conf)), () => events.configured(true), error => {
        events.log(LOG_LEVEL.error, errorText(error));
        events.configured(false);
      });
    },
    request(id, body) {
      ask(() => module.onRequest(unpackPlain(body) as { [key: string]: Plain }),
        answer => events.answered(id, packAnswer(name, answer)),
        error => events.answered(id, errorOf((error as { code?: unknown } | null)?.code, errorText(error))));
    },
    stop: () => end('stopped'),
    kill: () => end('killed'),
  };
}

export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function errorOf(code: unknown, text: string): QueryError {
  const known = Number.isInteger(code) && (code as number) >= ERR_LOWEST && (code as number) <= ERR_HIGHEST;
  return new QueryError(known ? (code as number) : ERR.custom, text);
}

export function packAnswer(name: string, answer: unknown): Uint8Array | QueryError {
  const w = new Writer(256);
  try {
    packPlain(w, answer);
    return w.copy();
  } catch (e) {
    // A function or a symbol, or an int beyond 64 bits.
    return e instanceof QueryError ? e : badDataErr(`${msg.corrupt(name)} (${errorText(e)})`);
  }
}
