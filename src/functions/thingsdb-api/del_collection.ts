import { delCollection } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { change, collectionNamed } from './_admin.ts';

export default builtin({
  name: 'del_collection', args: ['any'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, which) => {
    change(q, delCollection, { id: collectionNamed(q, which).id });
    return null;
  },
});
