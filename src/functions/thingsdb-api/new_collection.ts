import { newCollection } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { assertNewCollectionName, change, seconds } from './_admin.ts';

/** The user who makes it gets full access to it, and nobody else has any. Zone and depth are those of `@thingsdb`. */
export default builtin({
  name: 'new_collection', args: ['str'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, name) => {
    assertNewCollectionName(q, name);
    const { system, user } = q;
    const { nextId: id, zones, deeps } = system;
    change(q, newCollection, { id, name, createdAt: seconds(q), zone: zones.thingsdb, deep: deeps.thingsdb, user: user.id });
    return name;
  },
});
