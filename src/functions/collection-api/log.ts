import { text } from '../../evaluator/text.ts';
import { LOG_LEVEL } from '../../host.ts';
import { builtin } from '../builtin.ts';

/** A line for the node's log and a warning for the client that asked. */
export default builtin({
  name: 'log', args: ['any'], change: 'never',
  run: (q, x) => {
    const line = text(q, x);
    q.host.log(LOG_LEVEL.warning, `Log (${q.user.name}): ${line}`);
    q.family.warn(line);
    return null;
  },
});
