/** A database of its own for one page: the interpreter core with a host that needs no server and no Node. */
import { changeRecord, Engine, pack, packContext, parseScope, PlainNode, PlainSink, QueryError, caret, type ChangeRecord, type Host, type Plain } from '../../src/core.ts';
import { EXAMPLES_START, seededRandom } from '../../src/check/seeded.ts';
import { jsonText } from './json.ts';
import type { Mistake, Outcome } from './outcome.ts';

/** `examples`: the clock and seed that the examples in the pages are tested with. `real`: those of the machine. */
export type Clock = 'examples' | 'real';

/** Bounds of one query: enough for any example, little enough to stay responsive. The page ends a worker that exceeds them. */
const LIMITS = { milliseconds: 3_000, strBytes: 16_777_216, listLength: 1_048_576, resultBytes: 1_048_576, queryBytes: 262_144 };

export class PageDatabase {
  private readonly engine: Engine;
  private readonly changes: ChangeRecord[] = [];

  constructor(clock: Clock) {
    this.engine = new Engine({ host: pageHost(clock), limits: LIMITS });
    this.engine.init();
    this.engine.onChange(change => this.changes.push(changeRecord(this.engine, change)));
  }

  async query(scope: string, code: string): Promise<Outcome> {
    const warnings: string[] = [];
    this.changes.length = 0;
    const started = performance.now();
    const told = (): Pick<Outcome, 'changes' | 'warnings' | 'milliseconds'> =>
      ({ changes: [...this.changes], warnings, milliseconds: performance.now() - started });
    try {
      const value = await this.value(scope, code, text => warnings.push(text));
      return { ...told(), json: jsonText(value) };
    } catch (e) {
      if (!(e instanceof QueryError)) throw e;
      return { ...told(), mistake: mistakeOf(e, code) };
    }
  }

  value(scope: string, code: string, warn?: (text: string) => void): Plain | Promise<Plain> {
    const user = this.engine.system.usersById.get(1)!;
    return this.engine.query({ user, scope: parseScope(scope), code, ...(warn === undefined ? {} : { warn }) }, (q, value) => {
      const sink = new PlainSink();
      pack(value, sink, packContext(q));
      return sink.result;
    });
  }

  /** Runs the tasks that are due. */
  tick(): Promise<void> {
    return this.engine.tick();
  }
}

function mistakeOf(error: QueryError, code: string): Mistake {
  const { name, message, hint, docs, pos, source } = error;
  return {
    name, code: error.code, message, hint, docs,
    offset: source === '' || source === code ? pos : -1,
    caret: pos < 0 ? '' : caret(source === '' ? code : source, pos),
  };
}

function pageHost(clock: Clock): Host {
  const isReal = clock === 'real';
  const now = (): number => (isReal ? Date.now() / 1000 : EXAMPLES_START);
  const monotonic = (): number => performance.now();
  return {
    now,
    monotonic,
    node: new PlainNode(now, monotonic, { platform: 'browser' }),
    later: run => void setTimeout(run),
    random: isReal ? () => Math.random() : seededRandom(1),
    // Nothing leaves the page and nobody else logs in: secrets are kept as they are.
    secrets: {
      hashPassword: async password => password,
      checkPassword: async (password, kept) => password === kept,
      initialPassword: 'pass',
      newKey: () => [...crypto.getRandomValues(new Uint8Array(11))].map(byte => byte.toString(16).padStart(2, '0')).join(''),
      isSound: () => true,
      hashKey: key => key,
      sameHash: (a, b) => a === b,
    },
    log: () => {},
  };
}
