import { delModule } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { change } from './_admin.ts';
import { moduleNamed } from './_module.ts';

export default builtin({
  name: 'del_module', args: ['str'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, name) => {
    moduleNamed(q, name);
    change(q, delModule, { name });
    return null;
  },
});
