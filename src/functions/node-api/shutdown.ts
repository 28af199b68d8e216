import { builtin } from '../builtin.ts';

export default builtin({
  name: 'shutdown', args: [], change: 'never', scope: 'node', needs: 'CHANGE',
  run: q => {
    q.host.node.shutdown();
    return null;
  },
});
