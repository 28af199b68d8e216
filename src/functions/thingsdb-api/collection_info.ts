import { PRIVILEGE } from '../../system/access.ts';
import { builtin } from '../builtin.ts';
import { collectionNamed, info } from './_admin.ts';
import { maySee, packCollection } from './_collection_info.ts';

export default builtin({
  name: 'collection_info', args: ['any'], change: 'never', scope: 'thingsdb',
  run: (q, which) => {
    const collection = collectionNamed(q, which);
    if (!maySee(q, collection)) q.requireOn(collection.id, PRIVILEGE.QUERY | PRIVILEGE.RUN, q.system.scopeText(collection.id));
    return info(w => packCollection(w, collection));
  },
});
