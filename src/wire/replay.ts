/**
 * MessagePack told to a sink, item by item: what makes JSON or plain values of an answer that is already
 * packed, and of the MessagePack that stands inside one.
 */
import { badDataErr, typeErr } from '../errors/query-error.ts';
import { KIND, Reader } from './msgpack.ts';
import { NESTING_MAX, type Sink } from './result.ts';

/** Tells one item with all that is in it. */
export function replay(reader: Reader, sink: Sink, depth = 0): void {
  if (depth > NESTING_MAX) throw badDataErr('unable to unpack; nested too deep');
  switch (reader.kind()) {
    case KIND.nil:
      reader.nil();
      sink.nil();
      return;
    case KIND.bool:
      sink.bool(reader.bool());
      return;
    case KIND.int:
      sink.int(reader.int());
      return;
    case KIND.float:
      sink.float(reader.float());
      return;
    case KIND.str:
      sink.str(reader.str());
      return;
    case KIND.bin:
      sink.bin(reader.bin());
      return;
    case KIND.array: {
      const count = reader.array();
      sink.array(count);
      for (let i = 0; i < count; i++) replay(reader, sink, depth + 1);
      sink.end();
      return;
    }
    case KIND.map: {
      const count = reader.map();
      sink.map(count);
      for (let i = 0; i < count; i++) {
        sink.key(reader.kind() === KIND.str ? reader.str() : String(reader.int()));
        replay(reader, sink, depth + 1);
      }
      sink.end();
      return;
    }
    case KIND.ext:
      throw typeErr(`MessagePack extension type ${reader.ext().type} has no such form`);
    case KIND.invalid:
      throw badDataErr('unable to unpack; invalid data');
  }
}
