/**
 * A module in JavaScript that is loaded from a file, in a thread of its own: when it hangs or ends, its thread does,
 * and the node goes on.
 */
import { pathToFileURL } from 'node:url';
import { Worker, type MessagePort } from 'node:worker_threads';
import { modulePrograms as msg } from '../errors/messages/modules.ts';
import { maxQuotaErr, QueryError } from '../errors/query-error.ts';
import { LOG_LEVEL } from '../host.ts';
import { unpackPlain } from '../wire/plain.ts';
import { logLines } from './child.ts';
import { errorOf, packAnswer } from './javascript.ts';
import { parseManifest } from './manifest.ts';
import type { ModuleLimits, Program, ProgramEvents } from './program.ts';

type ToThread = { readonly conf: unknown } | { readonly id: number; readonly request: unknown };
type FromThread =
  | { readonly kind: 'ready'; readonly manifest: unknown }
  | { readonly kind: 'configured'; readonly error: string | null }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly code: unknown; readonly text: string };

/**
 * The whole of the thread. It is started from its own text, so that it needs no file beside whatever bundle it ends
 * up in: it uses nothing but its parameters, and types.
 */
function moduleThread(port: MessagePort, load: () => Promise<{ default?: unknown }>): void {
  const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
  const tell = (message: FromThread): void => port.postMessage(message);
  const serve = (module: { manifest?: unknown; onConfig?(conf: unknown): unknown; onRequest(request: unknown): unknown }): void => {
    port.on('message', async (message: ToThread) => {
      if ('conf' in message) {
        try {
          await module.onConfig?.(message.conf);
          tell({ kind: 'configured', error: null });
        } catch (error) {
          tell({ kind: 'configured', error: textOf(error) });
        }
        return;
      }
      const { id } = message;
      try {
        tell({ kind: 'answer', id, answer: await module.onRequest(message.request) });
      } catch (error) {
        tell({ kind: 'error', id, code: (error as { code?: unknown } | null)?.code, text: textOf(error) });
      }
    });
    tell({ kind: 'ready', manifest: module.manifest ?? null });
  };
  load().then(loaded => {
    const module = (loaded.default ?? loaded) as Parameters<typeof serve>[0];
    if (typeof module.onRequest !== 'function') throw new Error('it has no function `onRequest`');
    serve(module);
  }).catch((error: unknown) => {
    // An error of its own turn ends the thread.
    setImmediate(() => {
      throw error;
    });
  });
}

export function startThread(name: string, file: string, { packetBytes, heapBytes }: ModuleLimits, events: ProgramEvents): Program {
  const url = pathToFileURL(file).href;
  const text = `(${moduleThread.toString()})(require('node:worker_threads').parentPort, () => import(${JSON.stringify(url)}))`;
  const thread = new Worker(text, { eval: true, stdout: true, stderr: true, resourceLimits: { maxOldGenerationSizeMb: heapBytes / 2 ** 20 } });
  let why = 'exit';
  thread.on('message', (message: FromThread) => {
    switch (message.kind) {
      case 'ready':
        try {
          events.ready(message.manifest === null ? null : parseManifest(message.manifest).manifest);
        } catch (e) {
          events.refused((e as Error).message);
          void thread.terminate();
        }
        return;
      case 'configured':
        if (message.error !== null) events.log(LOG_LEVEL.error, message.error);
        return events.configured(message.error === null);
      case 'error':
        return events.answered(message.id, errorOf(message.code, message.text));
      case 'answer': {
        const answer = packAnswer(name, message.answer);
        const tooLarge = !(answer instanceof QueryError) && answer.length > packetBytes;
        return events.answered(message.id, tooLarge ? maxQuotaErr(msg.answerTooLarge(name, packetBytes)) : answer);
      }
    }
  });
  thread.on('error', error => {
    why = error.message;
  });
  thread.on('exit', () => events.ended(why));
  for (const stream of [thread.stdout, thread.stderr]) logLines(stream, line => events.log(LOG_LEVEL.warning, line));
  const send = (message: ToThread): void => thread.postMessage(message);
  return {
    configure: conf => send({ conf: unpackPlain(conf) }),
    request: (id, body) => send({ id, request: unpackPlain(body) }),
    stop: () => void thread.terminate(),
    kill: () => void thread.terminate(),
  };
}
