import { futures as msg } from '../../errors/messages/futures.ts';
import { call } from '../../errors/messages/call.ts';
import { lookupErr, numArgumentsErr, typeErr } from '../../errors/query-error.ts';
import { variable } from '../../evaluator/names.ts';
import { moduleFuture } from '../../evaluator/module-call.ts';
import type { Query } from '../../evaluator/query.ts';
import { getProperty } from '../../values/raw.ts';
import { Closure, Future, List, Thing, typeName, type Value } from '../../values/value.ts';
import { builtin, type Lazy } from '../builtin.ts';
import { attach } from '../future/_attach.ts';

const DOCS = 'collection-api/future';

/** Work that goes on after the query: of a closure, of a module (a thing says which), or nothing but passing values on. */
export default builtin({
  name: 'future', args: ['any', '...lazy'], change: 'never', ownChangeForClosure: true, passesThrough: true,
  run: (q, what, ...rest) => {
    const future = make(q, what, rest);
    q.assertLength(q.futures.length + 1);
    q.futures.push(future);
    return future;
  },
});

function make(q: Query, what: Value, rest: readonly Lazy[]): Future {
  if (what === null) return new Future(rest.map(arg => arg()), false);
  if (what instanceof Closure) return attach(q, new Future(closureArgs(q, what, rest), true), 'then', what, msg.oneThen);
  if (!(what instanceof Thing)) throw typeErr(msg.first(typeName(what)), DOCS);
  const name = getProperty(what, 'module');
  if (name === undefined) throw lookupErr(msg.noModule(), DOCS);
  if (typeof name !== 'string') throw typeErr(msg.moduleType(typeName(name)), DOCS);
  return moduleFuture(q, name, what, rest);
}

/** The items of a list, one for each parameter; without a list the variables that have the names of the parameters. */
function closureArgs(q: Query, closure: Closure, rest: readonly Lazy[]): Value[] {
  if (rest.length > 1) throw numArgumentsErr(msg.atMostTwo(), DOCS);
  q.codeOf(closure);
  const { params } = closure.node!;
  if (rest.length === 0) return params.map(param => variable(param.name, q));
  const list = rest[0]!();
  if (!(list instanceof List)) throw typeErr(call.argType('future', 2, '`list` or `tuple`', typeName(list)), DOCS);
  if (list.items.length !== params.length) throw numArgumentsErr(msg.count());
  return [...list.items];
}
