import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { info } from './_admin.ts';
import { maySee, packCollection } from './_collection_info.ts';

export default builtin({
  name: 'collections_info', args: [], change: 'never', scope: 'thingsdb',
  run: q => {
    const seen = q.system.collections.filter(collection => maySee(q, collection));
    return new List(seen.map(collection => info(w => packCollection(w, collection))));
  },
});
