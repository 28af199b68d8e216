import { parseClosure } from '../../../grammar/parser.ts';
import { ERR } from '../../errors/codes.ts';
import { scalars as msg } from '../../errors/messages/scalars.ts';
import { QueryError, badDataErr, lookupErr, typeErr } from '../../errors/query-error.ts';
import { Closure, typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

/** From its text a closure is made as a stored one: compact, and with side effects it can be called in a change only. */
export default builtin({
  name: 'closure', args: ['any?'], change: 'never',
  run: (q, x) => {
    if (x instanceof Closure) return x;
    if (x !== undefined && typeof x !== 'string') throw typeErr(msg.convert(typeName(x), 'closure'));
    const text = x ?? '||nil';
    const parsed = parseClosure(text);
    if ('problem' in parsed) throw new QueryError(ERR.syntax, msg.closureSyntax());
    if ('refused' in parsed) throw parsed.refused === 'not a closure' ? lookupErr(msg.notClosure()) : badDataErr(msg.notSingle());
    const closure = new Closure(text, text, parsed.closure, false);
    q.bind(closure);
    return closure;
  },
});
