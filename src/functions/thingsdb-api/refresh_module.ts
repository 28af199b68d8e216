import { deployModule } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { change } from './_admin.ts';
import { moduleNamed } from './_module.ts';

/** Loads its files again and starts it anew, on every node. */
export default builtin({
  name: 'refresh_module', args: ['str'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, name) => {
    const { source } = moduleNamed(q, name);
    change(q, deployModule, { name, program: null, source });
    return null;
  },
});
