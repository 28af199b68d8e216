import { renCollection } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { assertNewCollectionName, change, collectionNamed } from './_admin.ts';

export default builtin({
  name: 'rename_collection', args: ['any', 'lazy:str'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, which, to) => {
    const collection = collectionNamed(q, which);
    const name = to();
    assertNewCollectionName(q, name);
    change(q, renCollection, { id: collection.id, to: name });
    return null;
  },
});
