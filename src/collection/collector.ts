/**
 * Finds the rings of a collection: stored things that refer to each other and that nothing reachable refers to, whose
 * counts so never fall to zero. It works in small steps, between which queries run and change things.
 *
 * A round marks what is reached from the root, from the arguments of tasks and from the members of enumerators, then
 * looks through all things for those that are not marked. What is referred to anew meanwhile counts as reached:
 * {@link Collection.ref}, through which every stored reference comes into being, tells of it ({@link Collector.reach}).
 * So a thing that has been scanned never refers to one that is neither marked nor about to be, and what was not
 * reached in the end is garbage for good: only ids and variables lead to it, and storing it would have marked it.
 * What becomes garbage during a round is found by the next.
 *
 * Only the node that makes changes collects; that the garbage is dropped is a change like any other.
 */
import { List, TAG, Thing, ThingSet, Wrap, type Value } from '../values/value.ts';
import type { Collection } from './collection.ts';
import { eventKind } from './event.ts';
import { IdSet } from './id-set.ts';
import type { Replica } from './replica.ts';

/** Things that no thing but they themselves refers to are dropped, with what only they refer to. */
export const collectThings = eventKind(12, 'collect', { things: 'ints' }, (to: Replica, { things }) => {
  to.collection.dropUnreachable(things);
});

/** A round pays when so many references were taken away, and this part of the number of things … */
const DETACHED_MIN = 1_000;
const DETACHED_PART = 10;
/** … or when there were any, and so many milliseconds have passed since the last one. */
const REST_MS = 15 * 60_000;

/** Containers up to this size are scanned at one go. */
const SMALL = 64;

/** Values that are still to be scanned, from `at` on. Nobody changes them: they are a tuple's, or a copy. */
interface Rest {
  readonly items: readonly Value[];
  at: number;
}

/** What one round knows. */
class Round {
  readonly reached = new IdSet();
  /** Reached, but not scanned yet. The iterators are of sets, which may go on changing. */
  readonly pending: (Thing | Rest | Iterator<Thing>)[] = [];
  /** Goes over all things, once all that can be reached has been. */
  all: Iterator<Thing> | null = null;
  readonly unreached: Thing[] = [];
}

export class Collector {
  private readonly collection: Collection;
  private round: Round | null = null;
  /** References that were taken away from things that others still refer to, since the last round began: only so do rings come off. */
  private detached = 0;
  private restedAt = 0;
  /** What is left of the running step, in values to look at. */
  private budget = 0;

  constructor(collection: Collection) {
    this.collection = collection;
  }

  /** True within a round, and when one should begin. `now` is in milliseconds. */
  due(now: number): boolean {
    if (this.round !== null) return true;
    if (this.detached === 0) return false;
    return this.detached >= Math.max(DETACHED_MIN, this.collection.things.size / DETACHED_PART) || now - this.restedAt >= REST_MS;
  }

  /** Told of each reference that is taken away from a thing that still has others. */
  detach(): void {
    this.detached++;
  }

  /** Told of each thing that something stored refers to from now on. */
  reach(thing: Thing): void {
    const { round } = this;
    if (round !== null && round.reached.add(thing.id)) round.pending.push(thing);
  }

  /**
   * Goes on with a round, or begins one, looking at about so many values. At the end of the round it gives the ids of
   * the garbage, which is to be dropped before anything else happens; null before.
   */
  step(values: number, now: number): number[] | null {
    const round = this.round ?? this.begin();
    this.budget = values;
    while (this.budget > 0) {
      const pending = round.pending.pop();
      if (pending !== undefined) this.scan(round, pending);
      else if (!this.look(round)) {
        this.round = null;
        this.restedAt = now;
        // What was found early may have been stored anew, or dropped, since.
        return round.unreached.filter(thing => thing.id !== 0 && !round.reached.has(thing.id)).map(thing => thing.id);
      }
    }
    return null;
  }

  private begin(): Round {
    const { collection } = this;
    const round = this.round = new Round();
    this.detached = 0;
    this.reach(collection.root);
    for (const task of collection.tasks) this.later(round, task.args.slice());
    for (const found of collection.enumsById.values()) this.later(round, found.members.map(member => member.value));
    return round;
  }

  private scan(round: Round, what: Thing | Rest | Iterator<Thing>): void {
    if (what instanceof Thing) {
      this.budget--;
      const { values } = what;
      // One without an id was dropped since it was reached.
      if (what.id === 0) return;
      if (values.length > SMALL) this.later(round, values.slice());
      else for (const value of values) this.meet(round, value);
    } else if ('items' in what) {
      const { items } = what;
      const end = Math.min(items.length, what.at + SMALL);
      // Under what it leads to, so that little is pending at a time.
      if (end < items.length) round.pending.push(what);
      for (let at = what.at; at < end; at++) this.meet(round, items[at]!);
      what.at = end;
    } else {
      const things: Thing[] = [];
      for (let next = what.next(); next.done !== true; next = what.next()) {
        things.push(next.value);
        if (things.length < SMALL) continue;
        round.pending.push(what);
        break;
      }
      for (const thing of things) this.meet(round, thing);
    }
  }

  private meet(round: Round, value: Value): void {
    this.budget--;
    if (typeof value !== 'object' || value === null) return;
    if (value instanceof Thing) this.reach(value);
    else if (value instanceof List) {
      const { items, tag } = value;
      if (tag === TAG.tuple) this.later(round, items);
      else if (items.length > SMALL) this.later(round, items.slice());
      else for (const item of items) this.meet(round, item);
    } else if (value instanceof ThingSet) {
      if (value.things.size > SMALL) round.pending.push(value.things.values());
      else for (const thing of value.things) this.meet(round, thing);
    } else if (value instanceof Wrap) this.reach(value.thing);
  }

  private later(round: Round, items: readonly Value[]): void {
    if (items.length > 0) round.pending.push({ items, at: 0 });
  }

  /** Looks at one thing, whether it was reached; false when all have been looked at. */
  private look(round: Round): boolean {
    round.all ??= this.collection.things.values();
    const { value: thing, done } = round.all.next();
    if (done === true) return false;
    this.budget--;
    if (!round.reached.has(thing.id)) round.unreached.push(thing);
    return true;
  }
}
