import { LOG_LEVEL, type LogLevel } from '../../host.ts';
import { builtin } from '../builtin.ts';

/** Levels beyond the ends are the ends. */
export default builtin({
  name: 'set_log_level', args: ['int'], change: 'never', scope: 'node', needs: 'CHANGE',
  run: (q, level) => {
    q.host.node.logLevel = Math.min(LOG_LEVEL.critical, Math.max(LOG_LEVEL.debug, Number(level))) as LogLevel;
    return null;
  },
});
