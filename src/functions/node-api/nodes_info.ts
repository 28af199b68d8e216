import type { MemberInfo } from '../../host.ts';
import { List, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { info } from '../thingsdb-api/_admin.ts';
import { packEntries } from './_pack.ts';

/** What is known of a node that is not there: that it exists. */
const AWAY: MemberInfo = { status: 'OFFLINE', zone: 0, name: '', port: 0, committed: 0, stored: 0 };

export default builtin({
  name: 'nodes_info', args: [], change: 'never', scope: 'node', needs: 'QUERY',
  run: q => {
    const { system, host: { node } } = q;
    const self: MemberInfo = {
      status: node.status, zone: node.facts.zone, name: node.facts.nodeName, port: node.facts.nodePort, committed: system.changeId, stored: node.storedChangeId,
    };
    const members = node.cluster?.members();
    return new List([...system.nodes.keys()].sort((a, b) => a - b).map(id => describe(id, id === system.nodeId ? self : (members?.get(id) ?? AWAY))));
  },
});

function describe(id: number, { status, zone, name, port, committed, stored }: MemberInfo): Value {
  return info(w => packEntries(w, [
    ['node_id', id],
    ['syntax_version', 'v1'],
    ['status', status],
    ['zone', zone],
    ['committed_change_id', committed],
    ['stored_change_id', stored],
    ['node_name', name],
    ['port', port],
    ['stream', null],
  ]));
}
