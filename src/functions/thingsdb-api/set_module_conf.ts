import { setModuleConf } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { change } from './_admin.ts';
import { moduleNamed, packConf } from './_module.ts';

/** Nil takes the configuration away. */
export default builtin({
  name: 'set_module_conf', args: ['str', 'any'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, name, conf) => {
    moduleNamed(q, name);
    change(q, setModuleConf, { name, conf: packConf(q, conf) });
    return null;
  },
});
