import { builtin } from '../builtin.ts';

export default builtin({
  name: 'has_enum', args: ['str'], change: 'never', scope: 'collection', run: (q, name) => q.theCollection().enums.has(name),
});
