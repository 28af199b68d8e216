import { futures as msg } from '../../errors/messages/futures.ts';
import { builtin } from '../builtin.ts';
import { attach } from './_attach.ts';

/** What follows when the future is done; its answer takes the place of the future's. */
export default builtin({
  name: 'then', on: 'future', args: ['closure'], change: 'never', ownChangeForClosure: true,
  run: (q, self, closure) => attach(q, self, 'then', closure, msg.oneThen),
});
