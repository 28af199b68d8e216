/**
 * Queries from the page to its worker. A query that exceeds its time, as an endless loop in a place where the
 * interpreter itself does not count, is ended together with the worker: the page never freezes, but its data is lost.
 */
import type { Clock } from './database.ts';
import type { LanguageService } from '../editor/language.ts';
import type { Outcome } from './outcome.ts';
import type { Request } from './worker.ts';

/** Milliseconds. The interpreter stops by itself after 3 seconds and says where it was. */
const PATIENCE = 6_000;
/** Milliseconds until the interpreter must have been loaded. */
const LOADING = 60_000;

type Question<R = Request> = R extends Request ? Omit<R, 'id'> : never;

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (why: Error) => void;
}

export class Runner implements LanguageService {
  /** Whether no query was run yet, or since the last reset. */
  isNew = true;
  private readonly clock: Clock;
  private worker: Worker | null = null;
  /** Resolves when the worker has loaded the interpreter. */
  private ready: Promise<unknown> = Promise.resolve();
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  async query(scope: string, code: string): Promise<Outcome> {
    this.isNew = false;
    try {
      return (await this.ask({ do: 'query', scope, code })) as Outcome;
    } catch (e) {
      return { changes: [], warnings: [], milliseconds: 0, stopped: (e as Error).message };
    }
  }

  check(code: string): ReturnType<LanguageService['check']> {
    return this.ask({ do: 'check', code }) as ReturnType<LanguageService['check']>;
  }

  complete(scope: string, before: string): ReturnType<LanguageService['complete']> {
    return this.ask({ do: 'complete', scope, before }) as ReturnType<LanguageService['complete']>;
  }

  describe(name: string, isMember: boolean): ReturnType<LanguageService['describe']> {
    return this.ask({ do: 'describe', name, isMember }) as ReturnType<LanguageService['describe']>;
  }

  /** Forgets everything; the next query finds a new database. */
  reset(why = 'The database was reset.'): void {
    this.worker?.terminate();
    this.worker = null;
    this.isNew = true;
    for (const { reject } of this.waiting.values()) reject(new Error(why));
    this.waiting.clear();
  }

  private async ask(question: Question): Promise<unknown> {
    if (this.worker === null) this.start();
    await this.ready;
    return this.send(question, PATIENCE);
  }

  private start(): void {
    this.worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    this.worker.onmessage = ({ data: { id, answer, failure } }) => {
      const waiting = this.waiting.get(id);
      this.waiting.delete(id);
      if (failure === undefined) waiting?.resolve(answer);
      else waiting?.reject(new Error(`The interpreter failed: ${failure}`));
    };
    this.worker.onerror = ({ message }) => this.reset(`The interpreter could not be loaded: ${message}`);
    this.ready = this.send({ do: 'start', clock: this.clock }, LOADING);
  }

  private send(question: Question, milliseconds: number): Promise<unknown> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.reset(`It took more than ${milliseconds / 1000} seconds and was stopped. What was stored is gone.`), milliseconds);
      const settle = <T>(then: (value: T) => void) => (value: T): void => {
        clearTimeout(timer);
        then(value);
      };
      this.waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      this.worker!.postMessage({ id, ...question });
    });
  }
}
