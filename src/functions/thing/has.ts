import { builtin } from '../builtin.ts';

export default builtin({ name: 'has', on: 'thing', args: ['str'], change: 'never', run: (_q, self, key) => self.shape.find(key) >= 0 });
