/**
 * Finds the rings of a collection: stored things that refer to each other and that nothing reachable refers to, whose
 * counts so never fall to zero. It works in small steps, between which queries run and change things.
 *
 * A round marks what is reached from the root, from the arguments of tasks and from the members of enumerators, then
 * looks through all things for those that are not marked. What is referred to anew meanwhile counts as reached:
 * {@link Collection.ref}, through which every stored reference comes into being, tells of it ({@link Collector.reach}).
 * So a thing that has been scanned never refers to one that is neither marked nor about to be, and what is not
 * reached in the end is garbage: only ids and variables lead to it, and storing it would mark it, with all that it
 * refers to. What becomes garbage during a round is found by the next.
 *
 * Garbage is dropped in parts, so that no change takes long. A part is what a thing leads to, less the parts before
 * it; so things refer to their own part and to earlier ones, and the last part can go first. A ring goes at once.
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
/** … or when there were any, and since the last one so many milliseconds have passed for each thing, within bounds. */
const REST_MS = 0.5;
const REST_MIN_MS = 2_500;
const REST_MAX_MS = 15 * 60_000;

/** Containers up to this size are scanned at one go. */
const SMALL = 64;

/** Values that are still to be scanned, from `at` on. Nobody changes them: they are a tuple's, or a copy. */
interface Rest {
  readonly items: readonly Value[];
  at: number;
}

/** Goes along references from thing to thing, a few values at a time. */
class Walk {
  readonly seen = new IdSet();
  /** All things met, in order; kept for garbage only. */
  readonly met: Thing[] | null;
  /** Things to keep away from. */
  private readonly not: IdSet | null;
  /** Met, but not scanned yet. The iterators are of sets, which may go on changing. */
  private readonly pending: (Thing | Rest | Iterator<Thing>)[] = [];
  /** Values that the running step may still look at. */
  private budget = 0;

  constructor(met: Thing[] | null, not: IdSet | null) {
    this.met = met;
    this.not = not;
  }

  meet(thing: Thing): void {
    if (this.not?.has(thing.id) === true || !this.seen.add(thing.id)) return;
    this.pending.push(thing);
    this.met?.push(thing);
  }

  /** Meets what values refer to, later. */
  add(items: readonly Value[]): void {
    if (items.length > 0) this.pending.push({ items, at: 0 });
  }

  /** Looks at about so many values; gives how many it could still have looked at: more than 0 when it is through. */
  go(budget: number): number {
    this.budget = budget;
    while (this.budget > 0) {
      const next = this.pending.pop();
      if (next === undefined) break;
      this.scan(next);
    }
    return this.budget;
  }

  private scan(what: Thing | Rest | Iterator<Thing>): void {
    if (what instanceof Thing) {
      this.budget--;
      // One without an id was dropped since it was met.
      if (what.id === 0) return;
      if (what.count > SMALL) this.add(what.toValues());
      else for (let at = 0; at < what.count; at++) this.look(what.valueAt(at));
    } else if ('items' in what) {
      const { items } = what;
      const end = Math.min(items.length, what.at + SMALL);
      // Under what it leads to, so that little is pending at a time.
      if (end < items.length) this.pending.push(what);
      for (let at = what.at; at < end; at++) this.look(items[at]!);
      what.at = end;
    } else {
      const things: Thing[] = [];
      for (let next = what.next(); next.done !== true; next = what.next()) {
        things.push(next.value);
        if (things.length < SMALL) continue;
        this.pending.push(what);
        break;
      }
      for (const thing of things) this.look(thing);
    }
  }

  private look(value: Value): void {
    this.budget--;
    if (typeof value !== 'object' || value === null) return;
    if (value instanceof Thing) this.meet(value);
    else if (value instanceof List) {
      const { items, tag } = value;
      if (tag === TAG.tuple) this.add(items);
      else if (items.length > SMALL) this.add(items.slice());
      else for (const item of items) this.look(item);
    } else if (value instanceof ThingSet) {
      if (value.things.size > SMALL) this.pending.push(value.things.values());
      else for (const thing of value.things) this.look(thing);
    } else if (value instanceof Wrap) this.meet(value.thing);
  }
}

/** What one round knows. */
class Round {
  readonly reached = new Walk(null, null);
  readonly garbage = new Walk([], this.reached.seen);
  /** Where the parts of the garbage begin. */
  readonly parts: number[] = [];
  /** Goes over all things, once all that can be reached has been. */
  all: Iterator<Thing> | null = null;
}

export class Collector {
  private readonly collection: Collection;
  private round: Round | null = null;
  /** References that were taken away from things that others still refer to, since the last round began: only so do rings come off. */
  detached = 0;
  /** Things that were dropped as garbage so far. */
  collected = 0;
  private restedAt = 0;

  constructor(collection: Collection) {
    this.collection = collection;
  }

  /** True within a round, and when one should begin. `now` is in milliseconds. */
  due(now: number): boolean {
    if (this.round !== null) return true;
    if (this.detached === 0) return false;
    const { size } = this.collection.things;
    if (this.detached >= Math.max(DETACHED_MIN, size / DETACHED_PART)) return true;
    return now - this.restedAt >= Math.min(Math.max(size * REST_MS, REST_MIN_MS), REST_MAX_MS);
  }

  /** Told of each thing that something stored refers to from now on. */
  reach(thing: Thing): void {
    this.round?.reached.meet(thing);
  }

  /**
   * Goes on with a round, or begins one, looking at about so many values. Gives the ids of garbage, which is to be
   * dropped before anything else happens.
   */
  step(values: number, now: number): number[] {
    const round = this.round ?? this.begin();
    let budget = round.reached.go(values);
    while (budget > 0) {
      budget = round.garbage.go(budget);
      if (budget <= 0) break;
      if (!this.seek(round)) {
        const ids = takeParts(round, budget);
        if (round.parts.length === 0) {
          this.round = null;
          this.restedAt = now;
        }
        return ids;
      }
      budget--;
    }
    return [];
  }

  private begin(): Round {
    const { collection } = this;
    const round = this.round = new Round();
    this.detached = 0;
    round.reached.meet(collection.root);
    for (const task of collection.tasks) round.reached.add(task.args.slice());
    for (const found of collection.enumsById.values()) round.reached.add(found.members.map(member => member.value));
    return round;
  }

  /** Looks at one thing: one that was not reached begins a part of the garbage. False when all have been looked at. */
  private seek(round: Round): boolean {
    round.all ??= this.collection.things.values();
    const { value: thing, done } = round.all.next();
    if (done === true) return false;
    const { garbage, parts } = round;
    const before = garbage.met!.length;
    garbage.meet(thing);
    if (garbage.met!.length > before) parts.push(before);
    return true;
  }
}

/** Takes the last parts of the garbage, to about `count` things. What was met early may have been stored anew, or dropped, since. */
function takeParts({ parts, garbage, reached }: Round, count: number): number[] {
  const met = garbage.met!;
  const ids: number[] = [];
  for (const end = met.length - count; met.length > end && parts.length > 0;) {
    for (const thing of met.splice(parts.pop()!)) if (thing.id !== 0 && !reached.seen.has(thing.id)) ids.push(thing.id);
  }
  return ids;
}
