import { newModule } from '../../system/events.ts';
import { assertSource } from '../../system/modules.ts';
import { builtin } from '../builtin.ts';
import { change, seconds } from './_admin.ts';
import { assertFree, assertModuleName, packConf } from './_module.ts';

/** All arguments are evaluated before the source is looked at. */
export default builtin({
  name: 'new_module', args: ['str', 'lazy:str', 'lazy?'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, name, sourceArg, confArg) => {
    assertModuleName(name);
    const source = sourceArg();
    const conf = confArg?.() ?? null;
    assertSource(source);
    assertFree(q, name);
    change(q, newModule, { name, source, conf: packConf(q, conf), createdAt: seconds(q) });
    return null;
  },
});
