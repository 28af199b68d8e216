import { builtin } from '../builtin.ts';
import { findCollection } from './_admin.ts';

export default builtin({
  name: 'has_collection', args: ['any'], change: 'never', scope: 'thingsdb',
  run: (q, which) => findCollection(q, which) !== null,
});
