import { ERR, defaultMessage } from '../../errors/codes.ts';
import { call as callMsg } from '../../errors/messages/call.ts';
import { QueryError } from '../../errors/query-error.ts';
import { fromBytes } from '../../values/str.ts';
import { ErrorValue } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { errorText } from '../errors/_text.ts';

export default builtin({
  name: 'raise', args: ['error|str|bytes|mpdata?'], change: 'never',
  typeMessage: (_n, got) => callMsg.argType('raise', 1, '`error` or type `str`', got),
  run: (_q, x) => {
    if (x instanceof ErrorValue) throw new QueryError(x.code, x.message);
    if (x === undefined) throw new QueryError(ERR.custom, defaultMessage(ERR.custom));
    throw new QueryError(ERR.custom, errorText(typeof x === 'string' ? x : fromBytes(x.data)));
  },
});
