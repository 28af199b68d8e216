import { futures as msg } from '../../errors/messages/futures.ts';
import { builtin } from '../builtin.ts';
import { attach } from './_attach.ts';

/** What follows when a module fails; errors of closures do not come here. */
export default builtin({
  name: 'else', on: 'future', args: ['closure'], change: 'never', ownChangeForClosure: true,
  run: (q, self, closure) => attach(q, self, 'else', closure, msg.oneElse),
});
