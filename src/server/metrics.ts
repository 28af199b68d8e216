/**
 * What a server shows Prometheus. Whatever is on the way of a query only counts (see `Counters`): names, labels and texts
 * are made when somebody asks. `reset_counters()` resets what it counts, which Prometheus takes as a restart.
 */
import { Counter, Gauge, Registry, type LabelValues } from 'prom-client';
import type { Engine } from '../engine.ts';
import { errorName } from '../errors/codes.ts';
import type { System } from '../system/system.ts';
import type { Histogram } from '../system/histogram.ts';
import type { ServerNode } from './server-node.ts';

/** Text in the format that Prometheus reads, and its content type. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
}

/** A value with the labels that tell it from others of that name. */
type Labelled = readonly [labels: LabelValues<string>, value: number];

/** `engineNow` gives the engine, which may be another one after a while in a cluster. */
export function metricsOf(engineNow: () => Engine, node: ServerNode): Metrics {
  const registry = new Registry();
  const systemNow = (): System => engineNow().system;
  const counter = (name: string, help: string, read: () => number | readonly Labelled[], ...labelNames: string[]): void => {
    new Counter({ name, help, labelNames, registers: [registry], collect() {
      this.reset();
      const now = read();
      if (typeof now === 'number') this.inc(now);
      else for (const [labels, value] of now) this.inc(labels, value);
    } });
  };
  const gauge = (name: string, help: string, read: () => number | readonly Labelled[], ...labelNames: string[]): void => {
    new Gauge({ name, help, labelNames, registers: [registry], collect() {
      const now = read();
      if (typeof now === 'number') this.set(now);
      else for (const [labels, value] of now) this.set(labels, value);
    } });
  };

  gauge('thingscope_info', 'Version, name and id of this node; always 1.',
    () => [[{ version: node.facts.version, node_name: node.facts.nodeName, node_id: systemNow().nodeId }, 1]], 'version', 'node_name', 'node_id');
  gauge('thingscope_ready', '1 when this node answers queries.', () => Number(node.status === 'READY'));
  gauge('thingscope_uptime_seconds', 'Seconds since the start.', () => node.uptime());

  counter('thingscope_queries_total', 'Queries, and runs of procedures.',
    () => [[{ result: 'ok' }, node.counters.queriesSuccess], [{ result: 'error' }, node.counters.queriesWithError]], 'result');
  counter('thingscope_errors_total', 'Queries that failed, by error.',
    () => [...node.counters.errors].map(([code, n]) => [{ code, name: errorName(code) }, n]), 'code', 'name');
  counter('thingscope_query_cache_hits_total', 'Queries that had been read before.', () => node.counters.queriesFromCache);
  counter('thingscope_query_cache_misses_total', 'Queries that had to be read.', () => node.counters.queriesRead);
  counter('thingscope_query_cache_wasted_total', 'Queries that were kept, and dropped without having been asked for again.', () => node.counters.wastedCache);
  gauge('thingscope_query_cache_entries', 'Queries that are kept.', () => node.cachedQueries);

  counter('thingscope_changes_total', 'Changes that were made on this node.', () => node.counters.changesCommitted);
  gauge('thingscope_change_id', 'Id of the last change.', () => systemNow().changeId);
  gauge('thingscope_stored_change_id', 'Id of the last change that is durable.', () => node.storedChangeId);
  gauge('thingscope_log_lag_changes', 'Changes that are not durable yet.', () => systemNow().changeId - node.storedChangeId);
  gauge('thingscope_store_failed', '1 while changes cannot be stored and are refused.', () => Number(engineNow().storeFailure !== ''));

  gauge('thingscope_collections', 'Collections.', () => systemNow().collections.length);
  gauge('thingscope_things', 'Stored things of all collections.', () => systemNow().collections.reduce((sum, { things }) => sum + things.size, 0));
  counter('thingscope_garbage_collected_total', 'Things that were dropped because only they themselves referred to them.', () => node.counters.garbageCollected);
  gauge('thingscope_tasks', 'Tasks of all scopes.', () => systemNow().collections.reduce((sum, { tasks }) => sum + tasks.length, systemNow().tasks.length));
  counter('thingscope_task_runs_total', 'Tasks that ran.',
    () => [[{ result: 'ok' }, node.counters.tasksSuccess], [{ result: 'error' }, node.counters.tasksWithError]], 'result');

  gauge('thingscope_connections', 'Open connections.', () => Object.entries(node.transports).map(([transport, n]) => [{ transport }, n]), 'transport');
  gauge('thingscope_rooms', 'Rooms that somebody on this node has joined.', () => node.joins.rooms);
  gauge('thingscope_room_joins', 'Joins of rooms, of all connections together.', () => node.joins.joins);

  // The names that Prometheus' own clients give these.
  gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', () => process.memoryUsage.rss());
  gauge('nodejs_heap_size_used_bytes', 'Process heap size used from Node.js in bytes.', () => process.memoryUsage().heapUsed);
  gauge('nodejs_external_memory_bytes', 'Node.js external memory size in bytes.', () => process.memoryUsage().external);
  counter('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', cpuSeconds);
  counter('thingscope_eventloop_busy_seconds_total', 'Seconds in which the event loop had work.', () => performance.eventLoopUtilization().active / 1_000);
  const durations = (): string => histogram('thingscope_query_duration_seconds', 'How long queries took, with their futures.', node.counters.queryDurations);
  return { contentType: registry.contentType, text: async () => `${await registry.metrics()}\n${durations()}` };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Durations that were counted in milliseconds, in Prometheus' text form: its library counts only by itself. */
function histogram(name: string, help: string, { bounds, counts, sum }: Histogram): string {
  let below = 0;
  const buckets = counts.map((n, i) => {
    below += n;
    const bound = bounds[i];
    return `${name}_bucket{le="${bound === undefined ? '+Inf' : bound / 1_000}"} ${below}`;
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...buckets, `${name}_sum ${sum / 1_000}`, `${name}_count ${below}`, ''].join('\n');
}
