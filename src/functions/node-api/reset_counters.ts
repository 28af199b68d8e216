import { builtin } from '../builtin.ts';

export default builtin({
  name: 'reset_counters', args: [], change: 'never', scope: 'node', needs: 'CHANGE',
  run: q => {
    q.host.node.counters.reset(q.host.now());
    return null;
  },
});
