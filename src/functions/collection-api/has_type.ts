import { builtin } from '../builtin.ts';

export default builtin({
  name: 'has_type', args: ['str'], change: 'never', scope: 'collection', run: (q, name) => q.theCollection().types.has(name),
});
