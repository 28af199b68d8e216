import { builtin } from '../builtin.ts';
import { info } from '../thingsdb-api/_admin.ts';
import { packEntries, Seconds } from './_pack.ts';

export default builtin({
  name: 'counters', args: [], change: 'never', scope: 'node', needs: 'QUERY',
  run: q => {
    const c = q.host.node.counters;
    return info(w => packEntries(w, [
      ['queries_success', c.queriesSuccess],
      ['queries_with_error', c.queriesWithError],
      ['tasks_success', c.tasksSuccess],
      ['tasks_with_error', c.tasksWithError],
      ['changes_with_gap', c.changesWithGap],
      ['changes_skipped', c.changesSkipped],
      ['changes_failed', c.changesFailed],
      ['changes_killed', c.changesKilled],
      ['changes_committed', c.changesCommitted],
      ['changes_unaligned', c.changesUnaligned],
      ['garbage_collected', c.garbageCollected],
      ['quorum_lost', c.quorumLost],
      ['queries_from_cache', c.queriesFromCache],
      ['wasted_cache', c.wastedCache],
      ['longest_query_duration', new Seconds(c.longestQuery)],
      ['average_query_duration', new Seconds(c.averageQuery)],
      ['longest_change_duration', new Seconds(c.longestChange)],
      ['average_change_duration', new Seconds(c.averageChange)],
      ['started_at', c.startedAt],
      ['largest_result_size', c.largestResult],
    ]));
  },
});
