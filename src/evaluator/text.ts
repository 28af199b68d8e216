/** A value as text: what `str(value)` answers and templates insert. */
import { typeErr, valueErr } from '../errors/query-error.ts';
import { operators as msg } from '../errors/messages/operators.ts';
import { formatText } from '../../grammar/text.ts';
import { floatText } from '../values/float.ts';
import { isoText } from '../values/datetime.ts';
import { fromBytes, isUtf8 } from '../values/str.ts';
import {
  Bytes, Closure, DateTime, ErrorValue, Float, Member, Regex, Room, TAG, Task, Thing, Wrap, tagOf, typeName, type Value,
} from '../values/value.ts';
import type { Query } from './query.ts';

export function text(q: Query, value: Value): string {
  switch (tagOf(value)) {
    case TAG.nil: return 'nil';
    case TAG.bool: return value === true ? 'true' : 'false';
    case TAG.int: return String(value);
    case TAG.float: return floatText((value as Float).value);
    case TAG.str: return value as string;
    case TAG.bytes: {
      const decoded = fromBytes((value as Bytes).data);
      if (!isUtf8(decoded)) throw valueErr(msg.noUtf8());
      return decoded;
    }
    case TAG.regex: return `/${(value as Regex).pattern}/${(value as Regex).flags}`;
    case TAG.thing: {
      const thing = value as Thing;
      return `${typeName(thing)}:${thing.id === 0 ? 'nil' : thing.id}`;
    }
    case TAG.wrap: {
      const { thing } = value as Wrap;
      return `${typeName(value)}:${thing.id === 0 ? 'nil' : thing.id}`;
    }
    case TAG.anonymous: return typeName(value);
    case TAG.closure: return closureText(q, value as Closure);
    case TAG.error: return (value as ErrorValue).message;
    case TAG.datetime:
    case TAG.timeval: return isoText(value as DateTime);
    case TAG.room: return (value as Room).id === 0 ? 'room:nil' : `room:${(value as Room).id}`;
    case TAG.task: return (value as Task).id === 0 ? 'task:nil' : `task:${(value as Task).id}`;
    case TAG.member: return text(q, (value as Member).value);
    default:
      throw typeErr(msg.convert(typeName(value), 'str'));
  }
}

/** A closure as people write it: on lines, with blanks; lines of its own stand behind `level` tabs. */
export function closureText(q: Query, closure: Closure, level = 0): string {
  q.codeOf(closure); // reads the tree, should it not be there yet
  return formatText(closure.source, closure.node!, level);
}

/** How a result shows a task: `<task:5 owner:admin run_at:2024-01-01T00:00:00Z status:ok>`, or `task:nil`. */
export function taskText(q: Query, task: Task): string {
  if (task.id === 0) return 'task:nil';
  const owner = q.system.usersById.get(task.owner)?.name ?? 'nil';
  const runAt = task.runAt === 0 ? 'nil' : isoText(new DateTime(task.runAt, 0, q.zone(), false));
  const status = task.result === null ? 'nil' : task.result.code === 0 ? 'ok' : 'err';
  return `<task:${task.id} owner:${owner} run_at:${runAt} status:${status}>`;
}
