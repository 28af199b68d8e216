import { builtin } from '../builtin.ts';
import { construct } from './_datetime.ts';

export default builtin({
  name: 'timeval', args: ['lazy?', 'lazy?', 'lazy?', 'lazy?', 'lazy?', 'lazy?', 'lazy?'], change: 'never',
  run: (q, ...given) => construct(q, true, given),
});
