/** The state of `@thingsdb` as the target of events. Its values are plain ones: it stores no things. */
import { assert } from '../errors/assert.ts';
import { Task, type Anonymous, type Member, type Room, type Thing, type Wrap } from '../values/value.ts';
import type { AnsweredRequests } from '../collection/answered.ts';
import type { Resolver } from '../collection/store-codec.ts';
import type { Procedure } from '../collection/collection.ts';
import type { System } from './system.ts';

export class SystemReplica implements Resolver {
  readonly system: System;

  constructor(system: System) {
    this.system = system;
  }

  get procedures(): Map<string, Procedure> {
    return this.system.procedures;
  }

  get answered(): AnsweredRequests {
    return this.system.answered;
  }

  get historian(): System {
    return this.system;
  }

  get planner(): System {
    return this.system;
  }

  /** Plain values keep nothing. */
  keep(): void {}

  release(): void {}

  thing(): Thing {
    return noThings();
  }

  room(): Room {
    return noThings();
  }

  task(id: number): Task {
    return this.system.tasks.find(task => task.id === id) ?? new Task(0);
  }

  member(): Member {
    return noThings();
  }

  wrap(): Wrap {
    return noThings();
  }

  anonymous(): Anonymous {
    return noThings();
  }
}

function noThings(): never {
  return assert(false, '@thingsdb stores no things') as never;
}
