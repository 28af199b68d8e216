import { compareStr } from '../../values/str.ts';
import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { info } from './_admin.ts';
import { packModule } from './_module.ts';

/** In order of their names, byte by byte. */
export default builtin({
  name: 'modules_info', args: [], change: 'never',
  run: q => {
    const modules = [...q.system.modules.values()].sort((a, b) => compareStr(a.name, b.name));
    return new List(modules.map(module => info(w => packModule(w, q, module))));
  },
});
