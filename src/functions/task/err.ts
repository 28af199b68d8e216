import { builtin } from '../builtin.ts';

/** The error of its last run; nil before any and after one that went well. */
export default builtin({
  name: 'err', on: 'task', args: [], change: 'never', run: (_q, self) => (self.result === null || self.result.code === 0 ? null : self.result),
});
