import { rooms as msg } from '../../errors/messages/futures.ts';
import { lookupErr, typeErr } from '../../errors/query-error.ts';
import { findRoom } from '../../evaluator/rooms.ts';
import { Room, isInt, typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

const DOCS = 'collection-api/room';

/** A new room, or a stored one by its id or name. */
export default builtin({
  name: 'room', args: ['any?'], change: 'never', passesThrough: true,
  run: (q, which) => {
    if (which === undefined) return new Room();
    if (which instanceof Room) return which;
    if (!isInt(which) && typeof which !== 'string') throw typeErr(msg.convert(typeName(which)));
    if (q.collection === null) throw lookupErr(msg.noStored(q.scopeName()), DOCS);
    return findRoom(q, which);
  },
});
