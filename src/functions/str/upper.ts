import { isAscii } from '../../values/str.ts';
import { builtin } from '../builtin.ts';

/** ASCII letters only: each run of ASCII characters is taken at one go. */
export default builtin({
  name: 'upper', on: 'str', args: [], change: 'never',
  run: (_q, self) => (isAscii(self) ? self.toUpperCase() : self.replace(/[a-z][\x00-\x7f]*/g, run => run.toUpperCase())),
});
