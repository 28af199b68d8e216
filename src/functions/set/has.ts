import { builtin } from '../builtin.ts';

export default builtin({ name: 'has', on: 'set', args: ['thing'], change: 'never', run: (_q, self, thing) => self.things.has(thing) });
