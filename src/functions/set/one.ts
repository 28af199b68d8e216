import { lookupErr } from '../../errors/query-error.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import { builtin } from '../builtin.ts';

/** Some thing of the set; the first that was added. */
export default builtin({
  name: 'one', on: 'set', args: [], change: 'never',
  run: (_q, self) => {
    for (const thing of self.things) return thing;
    throw lookupErr(msg.oneEmpty());
  },
});
