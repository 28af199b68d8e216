import { lookupErr } from '../../errors/query-error.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'choice', on: 'list|tuple', args: [], change: 'never',
  run: (q, { items }) => {
    if (items.length === 0) throw lookupErr(msg.choiceEmpty());
    return items[Math.floor(q.host.random() * items.length)]!;
  },
});
