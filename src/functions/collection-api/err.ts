import { ERR, defaultMessage } from '../../errors/codes.ts';
import { ErrorValue } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { errorCode, errorTextArgument } from '../errors/_text.ts';

export default builtin({
  name: 'err', args: ['int?', 'lazy?'], change: 'never',
  run: (_q, given, text) => {
    const code = given === undefined ? ERR.custom : errorCode('err', given);
    return new ErrorValue(code, text === undefined ? defaultMessage(code) : errorTextArgument('err', 2, text()));
  },
});
