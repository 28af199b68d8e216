import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { info } from '../thingsdb-api/_admin.ts';
import { packEntries } from './_pack.ts';

/** A node without a cluster knows itself only. */
export default builtin({
  name: 'nodes_info', args: [], change: 'never', scope: 'node', needs: 'QUERY',
  run: q => {
    const { system, host: { node } } = q;
    return new List([info(w => packEntries(w, [
      ['node_id', system.nodeId],
      ['syntax_version', 'v1'],
      ['status', node.status],
      ['zone', node.facts.zone],
      ['committed_change_id', system.changeId],
      ['stored_change_id', node.storedChangeId],
      ['node_name', node.facts.nodeName],
      ['port', node.facts.nodePort],
      ['stream', null],
    ]))]);
  },
});
