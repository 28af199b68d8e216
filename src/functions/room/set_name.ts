import { nameRoom } from '../../collection/room-events.ts';
import { change as changeMsg } from '../../errors/messages/change.ts';
import { rooms as msg } from '../../errors/messages/futures.ts';
import { lookupErr, operationErr } from '../../errors/query-error.ts';
import { assertRoomName, storedRoom } from '../../evaluator/rooms.ts';
import { builtin } from '../builtin.ts';

/** Nil takes the name away. */
export default builtin({
  name: 'set_name', on: 'room', args: ['str|nil'], change: 'collection', freeUnderNse: true,
  run: (q, self, name) => {
    if (name !== null) assertRoomName(name);
    if (self.id === 0) throw operationErr(msg.notStored());
    const { change, replica } = q;
    if (change === null || replica === null) throw operationErr(q.nse ? changeMsg.storedUnderNse('room') : changeMsg.storedNeedsWse('room'));
    if (name === self.name) return null;
    if (name !== null && storedRoom(q, name) !== null) throw lookupErr(msg.exists(name));
    change.do(nameRoom, replica, { room: self, name });
    return null;
  },
});
