import { valueErr } from '../../errors/query-error.ts';
import { enums as msg } from '../../errors/messages/enums.ts';
import type { Enum } from '../../values/enum.ts';
import { builtin } from '../builtin.ts';
import { addToEnum } from './_mod_enum_add.ts';
import { setEnumDefault } from './_mod_enum_def.ts';
import { delFromEnum } from './_mod_enum_del.ts';
import { modInEnum } from './_mod_enum_mod.ts';
import { renInEnum } from './_mod_enum_ren.ts';
import { assertArgName, assertEnumUnlocked, enumNamed } from './_schema.ts';
import { Task } from './_task.ts';

const TASKS: ReadonlyMap<string, (task: Task<Enum>) => void> = new Map([
  ['add', addToEnum], ['def', setEnumDefault], ['del', delFromEnum], ['mod', modInEnum], ['ren', renInEnum],
]);

/** Changes an enumerator, which is in use while arguments are evaluated. */
export default builtin({
  name: 'mod_enum', args: ['str', 'lazy:str', '...lazy'], atLeast: 3, change: 'collection', scope: 'collection', needsCommit: true,
  run: (q, name, action, ...args) => {
    const target = enumNamed(q, name);
    assertEnumUnlocked(target);
    target.locks++;
    try {
      const chosen = action();
      assertArgName('mod_enum', 2, chosen);
      const run = TASKS.get(chosen);
      if (run === undefined) throw valueErr(msg.actions(chosen), 'collection-api/mod_enum');
      run(new Task(q, 'mod_enum', chosen, target, args));
    } finally {
      target.locks--;
    }
    return null;
  },
});
