import { builtin } from '../builtin.ts';

export default builtin({ name: 'has_module', args: ['str'], change: 'never', run: (q, name) => q.system.modules.has(name) });
