import { lookupErr } from '../../errors/query-error.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'first', on: 'list|tuple', args: ['lazy?'], change: 'never',
  run: (_q, { items }, alternative) => {
    if (items.length > 0) return items[0]!;
    if (alternative === undefined) throw lookupErr(msg.noFirst());
    return alternative();
  },
});
