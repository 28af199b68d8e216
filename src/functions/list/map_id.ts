import { lookupErr } from '../../errors/query-error.ts';
import { call as callMsg } from '../../errors/messages/call.ts';
import { List, Room, Task, Thing, Wrap, typeName, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'map_id', on: 'list|tuple', args: [], change: 'never',
  run: (q, self) => {
    q.spend(self.items.length >> 4);
    return new List(self.items.map(idOfItem));
  },
});

function idOfItem(item: Value): Value {
  if (item instanceof Thing || item instanceof Room || item instanceof Task) return item.id === 0 ? null : item.id;
  if (item instanceof Wrap) return idOfItem(item.thing);
  throw lookupErr(callMsg.noFunction(typeName(item), 'id'));
}
