import { isAscii } from '../../values/str.ts';
import { builtin } from '../builtin.ts';

/** ASCII letters only: each run of ASCII characters is taken at one go. */
export default builtin({
  name: 'lower', on: 'str', args: [], change: 'never',
  run: (_q, self) => (isAscii(self) ? self.toLowerCase() : self.replace(/[A-Z][\x00-\x7f]*/g, run => run.toLowerCase())),
});
