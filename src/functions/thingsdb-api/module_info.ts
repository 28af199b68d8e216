import { builtin } from '../builtin.ts';
import { info } from './_admin.ts';
import { moduleNamed, packModule } from './_module.ts';

export default builtin({
  name: 'module_info', args: ['str'], change: 'never',
  run: (q, name) => {
    const module = moduleNamed(q, name);
    return info(w => packModule(w, q, module));
  },
});
