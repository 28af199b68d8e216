import { sharedShapes } from '../../values/shape.ts';
import { builtin } from '../builtin.ts';
import { info } from '../thingsdb-api/_admin.ts';
import { packEntries, Seconds } from './_pack.ts';

const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;

export default builtin({
  name: 'node_info', args: [], change: 'never', scope: 'node', needs: 'QUERY',
  run: q => {
    const { system, limits, host: { node } } = q;
    const { facts } = node;
    const { changeId } = system;
    const others = [...(node.cluster?.members() ?? [])].filter(([id]) => id !== system.nodeId).map(([, member]) => member);
    // Libraries that ThingsDB is made of; clients look for the keys.
    const library = (name: string): [string, string] => [`${name}_version`, facts.versions[name] ?? ''];
    return info(w => packEntries(w, [
      ['node_id', system.nodeId],
      ['version', facts.version],
      ['syntax_version', 'v1'],
      library('msgpack'), library('libcleri'), library('libuv'), library('libpcre2'),
      ['status', node.status],
      ['zone', facts.zone],
      ['log_level', LEVELS[node.logLevel]!],
      ['node_name', facts.nodeName],
      ['client_port', facts.clientPort],
      ['node_port', facts.nodePort],
      ['ip_support', facts.ipSupport],
      ['storage_path', facts.storagePath],
      ['uptime', new Seconds(node.uptime() * 1000)],
      ['changes_in_queue', node.changesInQueue],
      ['archived_in_memory', node.archivedInMemory],
      ['archive_files', node.archiveFiles],
      ['local_stored_change_id', node.storedChangeId],
      ['local_committed_change_id', changeId],
      ['global_stored_change_id', Math.min(node.storedChangeId, ...others.map(member => member.stored))],
      ['global_committed_change_id', Math.min(changeId, ...others.map(member => member.committed))],
      ['db_stored_change_id', node.storedChangeId],
      ['next_change_id', changeId + 1],
      ['cached_names', sharedShapes()],
      ['http_status_port', facts.httpStatusPort],
      ['http_api_port', facts.httpApiPort],
      ['scheduled_backups', node.backups.list.length],
      library('yajl'),
      ['connected_clients', node.connections],
      ['result_size_limit', limits.resultBytes],
      ['cached_queries', node.cachedQueries],
      ['threshold_query_cache', limits.cachedQueryMin],
      ['cache_expiration_time', Math.floor(limits.cachedQueryMilliseconds / 1_000)],
      ['python_interpreter', facts.pythonInterpreter],
      ['modules_path', facts.modulesPath],
      ['platform', facts.platform],
      ['architecture', facts.architecture],
      ['next_free_id', system.nextId],
      library('libwebsockets'),
      ['commit_history', system.history === null ? 'disabled' : system.history.length],
    ]));
  },
});
