import { lookupErr } from '../../errors/query-error.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import { spliceList } from '../../collection/mutate.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'shift', on: 'list', args: [], change: 'collection', freeOnVariable: true, freeUnderNse: true, mutates: true,
  run: (q, self) => {
    if (self.items.length === 0) throw lookupErr(msg.shiftEmpty(), 'data-types/list/shift');
    return spliceList(q, self, 0, 1, [])[0]!;
  },
});
