import { emit } from '../../collection/rooms.ts';
import { emitRoom } from '../../collection/room-events.ts';
import { rooms as msg } from '../../errors/messages/futures.ts';
import { NotHere } from '../../errors/not-here.ts';
import { numArgumentsErr, typeErr, valueErr } from '../../errors/query-error.ts';
import { packContext } from '../../evaluator/contexts.ts';
import type { Query } from '../../evaluator/query.ts';
import { deepOf, flagsOf } from '../../values/deep.ts';
import { byteLength } from '../../values/str.ts';
import { Bytes, isInt, type Room, typeName, type Value } from '../../values/value.ts';
import { Writer } from '../../wire/msgpack.ts';
import { pack } from '../../wire/result.ts';
import { builtin, type Lazy } from '../builtin.ts';

const DOCS = 'data-types/room/emit';
const EVENT_MAX = 255;

/** `[deep, [flags,]] event, arguments…`: sent at once, or in a change with it, to all nodes. */
export default builtin({
  name: 'emit', on: 'room', args: ['...lazy'], atLeast: 1, change: 'never',
  run: (q, self, ...given) => {
    const options = { deep: q.deep, flags: q.flags };
    const rest = given.slice();
    const event = readEvent(rest, options);
    const args = rest.map(arg => arg());
    if (self.id === 0) return null;
    send(q, self, event, args, options);
    return null;
  },
});

interface Options {
  deep: number;
  flags: number;
}

/** Takes depth, flags and event from the front of what was given. */
function readEvent(rest: Lazy[], options: Options): string {
  let value = rest.shift()!();
  if (isInt(value)) {
    options.deep = deepOf(value);
    if (rest.length === 0) throw numArgumentsErr(msg.deepCount(), DOCS);
    value = rest.shift()!();
    if (isInt(value)) {
      options.flags = flagsOf(value);
      if (rest.length === 0) throw numArgumentsErr(msg.flagsCount(), DOCS);
      value = rest.shift()!();
    }
  }
  if (typeof value !== 'string') throw typeErr(msg.eventType(typeName(value)), DOCS);
  const bytes = byteLength(value);
  if (bytes < 1 || bytes > EVENT_MAX) throw valueErr(msg.eventLength());
  return value;
}

function send(q: Query, room: Room, event: string, args: readonly Value[], options: Options): void {
  const { change, replica, collection } = q;
  const { cluster } = q.host.node;
  if (collection === null || (change === null && room.listeners === null && cluster === null)) return;
  if (change === null && cluster?.leads === false) throw new NotHere();
  const out = new Writer(64);
  out.array(args.length);
  for (const arg of args) pack(arg, out, { ...packContext(q), ...options });
  const data = out.detach(0);
  if (change === null) {
    emit(collection, room, event, data);
    cluster?.emitted({ collection: collection.id, room: room.id, event, args: data });
  } else change.do(emitRoom, replica!, { room, event, args: new Bytes(data) });
}
