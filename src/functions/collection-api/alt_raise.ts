import { call as callMsg } from '../../errors/messages/call.ts';
import { QueryError, typeErr } from '../../errors/query-error.ts';
import { isInt, typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { errorCode, errorTextArgument } from '../errors/_text.ts';
import { caught } from './_caught.ts';

/** Raises what fails with another code, and text; both are evaluated only then. */
export default builtin({
  name: 'alt_raise', args: ['lazy', 'lazy', 'lazy?'], change: 'never',
  run: (q, tried, code, text) => {
    try {
      return tried();
    } catch (e) {
      const error = caught(q, e);
      const given = code();
      if (!isInt(given)) throw typeErr(callMsg.argType('alt_raise', 2, '`int`', typeName(given)), 'collection-api/alt_raise');
      const raised = errorCode('alt_raise', given);
      throw new QueryError(raised, text === undefined ? error.text(q.docsUrl) : errorTextArgument('alt_raise', 3, text()));
    }
  },
});
