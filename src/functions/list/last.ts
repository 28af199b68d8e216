import { lookupErr } from '../../errors/query-error.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'last', on: 'list|tuple', args: ['lazy?'], change: 'never',
  run: (_q, { items }, alternative) => {
    if (items.length > 0) return items[items.length - 1]!;
    if (alternative === undefined) throw lookupErr(msg.noLast());
    return alternative();
  },
});
