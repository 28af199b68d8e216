/**
 * A store on a disk that crashes at any moment, fails, fills up and flips bits. After each crash all that was
 * acknowledged is there, nothing else is half there, and the state is what repeating the changes gives.
 *
 * A run that fails names its seed: SIMULATION_SEED=… runs that one alone.
 */
import { describe, expect, test } from 'vitest';
import { dumpText } from '../../../src/check/dump.ts';
import { testHost } from '../../../src/check/test-host.ts';
import { Engine, type CommittedChange } from '../../../src/engine.ts';
import { QueryError } from '../../../src/errors/query-error.ts';
import { StoreError } from '../../../src/errors/store-error.ts';
import { LogFiles } from '../../../src/store/log-files.ts';
import type { KeepOptions } from '../../../src/store/retention.ts';
import { Store } from '../../../src/store/store.ts';
import type { Timers } from '../../../src/store/timers.ts';
import { parseScope, type ScopeName } from '../../../src/system/scope.ts';
import { random } from '../../collection/random-queries.ts';
import { SimDisk } from './sim-disk.ts';

/** Crash points in all, of so many runs. */
const CRASHES = Number(process.env['SIMULATION_CRASHES'] ?? 10_000);
const RUN = 100;
const only = process.env['SIMULATION_SEED'];

const QUERIES = [
  '.n += 1;', '.n += 1;', '.list.push({n: .n});', '.list.push(.n, [.n, {}]);', '.list.shift();', '.list.pop();', '.list[0].me = .list;', '.set.add({}, {n: .n});',
  '.set.remove(.set.one());', '.set.clear();', ".dict.set('k' + str(.n % 7), {n: .n});", ".dict.del('k3');", '.p = P{name: str(.n)}; .p.friends.add(.p, P{});', '.p.friends.add(.q);',
  '.q = .p; .p = nil;', '.list.splice(1, 2, {}, {});', "mod_type('P', 'add', 'more', 'int', .n);", "mod_type('P', 'del', 'more');", '.text = str(range(.n % 300));', '.list.clear();',
  "new_procedure('p' + str(.n % 3), |x| x);", '.n += 1; 1 / 0;', '.room = room(); .room.set_name("r");', '.t = task(datetime(), |t| .n += 1, []);', '.t.del();',
] as const;

const SETUP = "set_type('P', {name: 'str', friends: '{P}'}); .n = 0; .list = [{}]; .set = set(); .dict = {}; .p = P{};";

const [STUFF, OTHER, WHOLE] = ['//stuff', '//other', '@t'].map(parseScope) as [ScopeName, ScopeName, ScopeName];

/** 2026-01-01T00:00:00Z */
const START = 1_767_225_600;

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;
}

interface Opened {
  readonly engine: Engine;
  readonly store: Store;
  readonly lines: string[];
  readonly keep: KeepOptions;
}

/** One that goes from crash to crash on one disk. */
class Run {
  readonly below: (n: number) => number;
  readonly disk: SimDisk;
  /** All changes that the disk should have. */
  history: CommittedChange[] = [];
  /** The last one of which somebody was told that it is durable. */
  acknowledged = 0;
  /** Repeats changes up to what was found on the disk. */
  mirror = new Engine({ host: testHost() });
  cut = 0;
  refused = 0;
  checkpoints = 0;
  /** Answers that did not wait for changes of another scope that were not durable yet. */
  early = 0;
  /** Changes that were there although a start did not need them. */
  kept = 0;
  /** Whether it is kept what made each change. */
  private readonly audits: boolean;
  /** Seconds since it began. */
  private clock = 0;

  constructor(seed: number) {
    this.audits = seed % 2 === 0;
    this.below = random(seed * 7_919 + 13);
    this.disk = new SimDisk(this.below);
  }

  /** Opens the store, looks at what is there, changes it until the crash. */
  async live(): Promise<void> {
    const { below, disk } = this;
    // Sometimes in the middle of what a start does.
    if (below(4) === 0) disk.crashIn = below(12);
    const opened = await Promise.race([this.open(disk), disk.crashed.then(() => null)]);
    if (opened !== null) {
      this.look(opened.engine, opened.lines);
      if (below(4) === 0) {
        await Promise.race([opened.store.close().then(() => this.lookBack(opened.keep)), disk.crashed]);
        return disk.restart();
      }
      disk.crashIn = below(60);
      if (below(3) === 0) disk.faults = { failing: below(2) === 0 ? 0 : 1 + below(20), room: below(2) === 0 ? Infinity : 2_000 + below(20_000) };
      await Promise.race([this.work(opened.engine, opened.store), disk.crashed]);
    }
    disk.restart();
  }

  async open(disk: SimDisk): Promise<Opened> {
    const { below } = this;
    const lines: string[] = [];
    let changes = 0;
    // The first change is the same whenever it is made.
    const now = (): number => START + (changes > 1 ? this.clock : 0);
    const engine = new Engine({ host: { ...testHost({ now }), log: (_level, text) => void lines.push(text) }, ...(this.audits ? { audit: { textSize: 40 } } : {}) });
    engine.onChange(change => {
      changes = change.id;
      if (disk !== this.disk) return;
      // Others are repeated only.
      if (change.id > this.history.length) this.history.push(change);
      else if (!sameBytes(change.audit, this.history[change.id - 1]!.audit)) throw new Error(`change ${change.id} names another cause`);
    });
    const mine = new Set<() => void>();
    // Of a process that has crashed nothing runs any more.
    const wait = (turns: number, run: () => void): (() => void) => {
      void (async () => {
        mine.add(run);
        for (let i = 0; i < turns && mine.has(run); i++) await disk.operation(() => {});
        if (mine.delete(run)) run();
      })();
      return () => mine.delete(run);
    };
    const timers: Timers = { soon: run => void wait(1, run), after: (_ms, run) => wait(3, run), eventually: (_ms, run) => wait(3, run) };
    const keep = { seconds: below(2) * (1 + below(1_000)), bytes: below(30_000) };
    const store = await Store.on(engine, disk, '/data', {
      durability: 'strict', create: true, timers, keep,
      checkpoints: { minBytes: 200 + below(3_000), factor: below(3) / 2 }, logFiles: { fileBytes: 300 + below(3_000), aheadMin: 8 << below(8), aheadMax: 2_048 },
    });
    return { engine, store, lines, keep };
  }

  /** Compares what a start has found with what should be there. */
  look(engine: Engine, lines: readonly string[], damaged = false): void {
    const { changeId } = engine;
    const told = lines.some(line => line.startsWith('cut off'));
    if (told) this.cut++;
    // Damage at the very end looks like a write that was not finished; it is told, not silent.
    if (changeId < this.acknowledged && !(damaged && told)) throw new Error(`change ${this.acknowledged} was acknowledged, but change ${changeId} is the last`);
    if (changeId > this.history.length) throw new Error(`change ${changeId} was never made`);
    let { mirror } = this;
    if (changeId < mirror.changeId) mirror = new Engine({ host: testHost() });
    for (const change of this.history.slice(mirror.changeId, changeId)) mirror.apply(change);
    const [want, got] = [dumpText(mirror), dumpText(engine)].map(text => text.split('\n'));
    const i = want!.findIndex((line, i) => line !== got![i]);
    if (i >= 0 || want!.length !== got!.length) throw new Error(`after change ${changeId}\n  want ${want![i]}\n  got  ${got![i]}`);
    if (damaged) return;
    this.mirror = mirror;
    this.history.length = changeId;
    this.acknowledged = changeId;
  }

  /** What is kept behind the checkpoint is no more than it may be, without a gap, and as it was. */
  private async lookBack(keep: KeepOptions): Promise<void> {
    const { disk, history } = this;
    const starting = (name: string): { id: number; size: number }[] =>
      disk.files.filter(file => file.startsWith(name)).map(file => ({ id: Number(/\d+/.exec(file)![0]), size: disk.sizeOf(file) }));
    const [checkpoints, log] = [starting('checkpoint-'), starting('log-')];
    const newest = checkpoints.at(-1)?.id ?? 0;
    const past = [...checkpoints.filter(({ id }) => id < newest), ...log.filter(({ id }) => id <= newest)];
    if (past.reduce((sum, { size }) => sum + size, 0) > (keep.seconds === 0 ? 0 : keep.bytes)) throw new Error(`more is kept than ${JSON.stringify(keep)}: ${JSON.stringify(past)}`);
    const first = log[0]?.id ?? newest + 1;
    if (first > 1 && !checkpoints.some(({ id }) => id === first - 1)) throw new Error(`nothing holds the state before change ${first}`);
    let next = first;
    const files = new LogFiles(disk, '/data');
    await files.open();
    for await (const changes of files.read(first)) {
      for (const { id, scope, events, audit } of changes) {
        const was = history[id - 1]!;
        if (id !== next++ || scope !== was.scope || !sameBytes(events, was.events) || !sameBytes(audit, was.audit) || this.audits === (audit === undefined)) throw new Error(`change ${id} is not what was made`);
        if (id <= newest) this.kept++;
      }
    }
    if (next !== history.length + 1) throw new Error(`the log ends before change ${next}`);
  }

  private async work(engine: Engine, store: Store): Promise<void> {
    const { below } = this;
    for (;;) {
      this.clock += below(20);
      for (let n = 1 + below(4); n > 0; n--) {
        const { scope, code } = this.next(engine);
        try {
          engine.query({ user: engine.system.usersById.get(1)!, scope, code }, () => null);
        } catch (e) {
          if (!(e instanceof QueryError)) throw e;
        }
        this.answer(engine, store, scope);
      }
      if (engine.storeFailure !== '') {
        this.refused++;
        if (below(5) === 0) this.disk.faults = { failing: 0, room: Infinity };
      }
      if (below(40) === 0) await store.checkpoint().then(() => this.checkpoints++, () => {});
      await this.disk.operation(() => {});
      if (below(3) === 0) await store.durable()?.catch(() => {});
    }
  }

  private next(engine: Engine): { readonly scope: ScopeName; readonly code: string } {
    if (engine.changeId < 2) return { scope: STUFF, code: SETUP };
    if (!engine.system.collectionsByName.has('other')) return { scope: WHOLE, code: "new_collection('other');" };
    const at = this.below(QUERIES.length + 8);
    if (at < QUERIES.length) return { scope: STUFF, code: QUERIES[at]! };
    return { scope: OTHER, code: at % 2 === 0 ? '.n = rand();' : '.n;' };
  }

  /** A query is answered when what it could see is durable: then that is acknowledged. */
  private answer(engine: Engine, store: Store, scope: ScopeName): void {
    const id = scope.kind === 'collection' ? engine.system.collectionsByName.get(scope.name)?.id : undefined;
    const seen = id === undefined ? engine.changeId : this.history.findLast(change => change.scope === 0 || change.scope === id)?.id ?? 0;
    const acknowledge = (): void => void (this.acknowledged = Math.max(this.acknowledged, seen));
    const durable = store.durable(scope);
    if (durable !== null) void durable.then(acknowledge, () => {});
    else if (engine.storeFailure === '') {
      acknowledge();
      if (engine.changeId > engine.host.node.storedChangeId) this.early++;
    }
  }

  /** A bit of what is synced is flipped: it is noticed, or does not matter. */
  async damage(): Promise<'refused' | 'cut' | 'harmless'> {
    try {
      const { engine, lines } = await this.open(this.disk.damagedCopy());
      this.look(engine, lines, true);
      return lines.some(line => line.startsWith('cut off')) ? 'cut' : 'harmless';
    } catch (e) {
      if (e instanceof StoreError) return 'refused';
      throw e;
    }
  }
}

describe('crashes', () => {
  const seeds = only === undefined ? Array.from({ length: Math.ceil(CRASHES / RUN) }, (_, i) => i + 1) : [Number(only)];
  test(`${seeds.length * RUN} crash points`, { timeout: 300_000 }, async () => {
    const sums = { changes: 0, early: 0, kept: 0, cut: 0, refused: 0, damage: { refused: 0, cut: 0, harmless: 0 } };
    for (const seed of seeds) {
      const run = new Run(seed);
      try {
        for (let crash = 0; crash < RUN; crash++) {
          await run.live();
          if (run.below(5) === 0 && run.disk.holdsSomething) sums.damage[await run.damage()]++;
        }
      } catch (e) {
        throw new Error(`SIMULATION_SEED=${seed}: ${(e as Error).stack}`);
      }
      sums.changes += run.history.length;
      sums.early += run.early;
      sums.kept += run.kept;
      sums.cut += run.cut;
      sums.refused += run.refused;
    }
    if (process.env['SIMULATION_REPORT'] !== undefined) console.log(sums);
    // What is to be met was met.
    if (only === undefined) {
      expect(sums.changes).toBeGreaterThan(seeds.length * 20);
      for (const met of [sums.early, sums.kept, sums.cut, sums.refused, sums.damage.refused, sums.damage.cut, sums.damage.harmless]) expect(met).toBeGreaterThan(0);
    }
  });
});
