import { scalars as msg } from '../../errors/messages/scalars.ts';
import { typeErr } from '../../errors/query-error.ts';
import { ErrorValue, typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { caught } from './_caught.ts';

/** Gives what fails as an error value; with errors given only those of such a code. They are evaluated up to the first that fits. */
export default builtin({
  name: 'try', args: ['lazy', '...lazy'], change: 'never', passesThrough: true,
  run: (q, tried, ...errors) => {
    try {
      return tried();
    } catch (e) {
      const error = caught(q, e);
      if (errors.length === 0) return q.errorValue(error);
      for (const wanted of errors) {
        const value = wanted();
        if (!(value instanceof ErrorValue)) throw typeErr(msg.tryErrors(typeName(value)), 'collection-api/try');
        if (value.code === error.code) return q.errorValue(error);
      }
      throw error;
    }
  },
});
