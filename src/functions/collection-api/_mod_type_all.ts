import { allInstances } from '../../evaluator/held.ts';
import type { Type } from '../../values/type.ts';
import type { Task } from './_task.ts';

/** `mod_type(T, 'all', closure)`: calls it with each instance that there is now; the first error ends it. */
export function callForAll(task: Task<Type>): void {
  task.takes(3);
  const closure = task.closure(3);
  for (const thing of allInstances(task.q, task.target)) task.q.call(closure, [thing]);
}
