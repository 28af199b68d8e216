import { valueErr } from '../../errors/query-error.ts';
import { mod as msg } from '../../errors/messages/types.ts';
import type { Type } from '../../values/type.ts';
import { builtin } from '../builtin.ts';
import { addToType } from './_mod_type_add.ts';
import { callForAll } from './_mod_type_all.ts';
import { delFromType } from './_mod_type_del.ts';
import { setHideId, setIndex, setWrapOnly } from './_mod_type_flags.ts';
import { modInType } from './_mod_type_mod.ts';
import { relateField } from './_mod_type_rel.ts';
import { renInType } from './_mod_type_ren.ts';
import { assertArgName, assertChangeable, typeNamed } from './_schema.ts';
import { Task } from './_task.ts';

const TASKS: ReadonlyMap<string, (task: Task<Type>) => void> = new Map([
  ['add', addToType], ['all', callForAll], ['del', delFromType], ['hid', setHideId], ['idx', setIndex], ['mod', modInType], ['rel', relateField],
  ['ren', renInType], ['wpo', setWrapOnly],
]);

/** Changes a type together with all its instances. The type is in use while arguments and callbacks run. */
export default builtin({
  name: 'mod_type', args: ['str', 'lazy:str', '...lazy'], atLeast: 3, change: 'collection', scope: 'collection', needsCommit: true,
  run: (q, name, action, ...args) => {
    const type = typeNamed(q, name);
    assertChangeable(q, type);
    type.locks++;
    try {
      const chosen = action();
      assertArgName('mod_type', 2, chosen);
      const run = TASKS.get(chosen);
      if (run === undefined) throw valueErr(msg.actions(chosen), 'collection-api/mod_type');
      run(new Task(q, 'mod_type', chosen, type, args));
    } finally {
      type.locks--;
    }
    return null;
  },
});
