import { lookupErr, typeErr } from '../../errors/query-error.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import { operators as opMsg } from '../../errors/messages/operators.ts';
import { makeThing } from '../../values/raw.ts';
import { storedThing } from '../../evaluator/held.ts';
import { Thing, isInt, typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

/** The stored thing of an id. A thing is given back as it is. */
export default builtin({
  name: 'thing', args: ['any?'], change: 'never',
  run: (q, value) => {
    if (value === undefined) return makeThing();
    if (value instanceof Thing) return value;
    if (!isInt(value)) throw typeErr(opMsg.convert(typeName(value), 'thing'));
    if (q.collection === null) throw lookupErr(msg.noStoredThings(q.scopeName()));
    const thing = storedThing(q, Number(value));
    if (thing === null) throw lookupErr(msg.noThing(q.collection.name, String(value)));
    return thing;
  },
});
