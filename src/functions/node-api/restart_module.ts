import { builtin } from '../builtin.ts';
import { moduleNamed } from '../thingsdb-api/_module.ts';

/** On this node only. */
export default builtin({
  name: 'restart_module', args: ['str'], change: 'never', scope: 'node', needs: 'CHANGE',
  run: (q, name) => {
    moduleNamed(q, name);
    q.host.node.modules.restart(name);
    return null;
  },
});
