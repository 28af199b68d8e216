/** What packing a result and reading variables need to know of the query they belong to. */
import { badDataErr } from '../errors/query-error.ts';
import { parseClosure } from '../../grammar/parser.ts';
import { isoText } from '../values/datetime.ts';
import { makeRegex } from '../values/regex.ts';
import { Closure } from '../values/value.ts';
import type { PackContext } from '../wire/result.ts';
import type { VarsContext } from '../wire/vars.ts';
import type { Query } from './query.ts';
import { anonymous, wrapEntries } from './schema.ts';
import { taskText } from './text.ts';

export function packContext(q: Query): PackContext {
  return {
    deep: q.deep,
    flags: q.flags,
    resultLimit: q.limits.resultBytes,
    isoText,
    taskText: task => taskText(q, task),
    wrapped: (wrap, deep, flags, entry) => wrapEntries(q, wrap, deep, flags, entry),
  };
}

export function varsContext(q: Query): VarsContext {
  const { collection } = q;
  return {
    thing: id => collection?.things.get(id) ?? null,
    room: id => collection?.rooms.get(id) ?? null,
    task: id => (collection ?? q.system).tasks.find(task => task.id === id) ?? null,
    regex: text => {
      const end = text.lastIndexOf('/');
      return makeRegex(text.slice(1, end), text.slice(end + 1));
    },
    closure: text => {
      const parsed = parseClosure(text);
      if (!('closure' in parsed)) throw badDataErr('invalid closure');
      return new Closure(text, text, parsed.closure, false);
    },
    anonymous: definition => anonymous(q, definition),
  };
}
