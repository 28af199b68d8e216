import { builtin } from '../builtin.ts';
import { construct } from './_datetime.ts';

export default builtin({
  name: 'datetime', args: ['lazy?', 'lazy?', 'lazy?', 'lazy?', 'lazy?', 'lazy?', 'lazy?'], change: 'never',
  run: (q, ...given) => construct(q, false, given),
});
