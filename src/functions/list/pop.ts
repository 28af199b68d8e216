import { lookupErr } from '../../errors/query-error.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import { spliceList } from '../../collection/mutate.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'pop', on: 'list', args: [], change: 'collection', freeOnVariable: true, freeUnderNse: true, mutates: true,
  run: (q, self) => {
    const n = self.items.length;
    if (n === 0) throw lookupErr(msg.popEmpty(), 'data-types/list/pop');
    return spliceList(q, self, n - 1, 1, [])[0]!;
  },
});
