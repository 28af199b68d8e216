import { renModule } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { change } from './_admin.ts';
import { assertFree, assertModuleName, moduleNamed } from './_module.ts';

export default builtin({
  name: 'rename_module', args: ['str', 'lazy:str'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, name, toArg) => {
    moduleNamed(q, name);
    const to = toArg();
    assertModuleName(to);
    assertFree(q, to);
    change(q, renModule, { name, to });
    return null;
  },
});
