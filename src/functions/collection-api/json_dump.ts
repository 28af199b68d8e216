import { json as msg } from '../../errors/messages/json.ts';
import { lookupErr } from '../../errors/query-error.ts';
import { packContext } from '../../evaluator/contexts.ts';
import type { Query } from '../../evaluator/query.ts';
import { truthy } from '../../values/compare.ts';
import { deepOf, flagsOf } from '../../values/deep.ts';
import { JSON_LEVELS } from '../../values/json-text.ts';
import { eachProperty } from '../../values/shape.ts';
import type { Thing } from '../../values/value.ts';
import { JsonSink } from '../../wire/json.ts';
import { pack } from '../../wire/result.ts';
import { builtin } from '../builtin.ts';

/** Options: `deep` and `flags` as those of `return`, and `beautify` for text on lines. */
export default builtin({
  name: 'json_dump', args: ['any', 'thing?'], change: 'never',
  run: (q, x, given) => {
    const { deep, flags, beautify } = options(q, given);
    const sink = new JsonSink({
      indent: beautify ? '    ' : '',
      levels: JSON_LEVELS,
      anyBytes: true,
      grow: units => {
        q.step();
        q.assertBytes(units);
      },
    });
    pack(x, sink, { ...packContext(q), deep, flags, resultLimit: Infinity });
    q.assertBytes(sink.text.length);
    return beautify ? `${sink.text}\n` : sink.text;
  },
});

function options(q: Query, given: Thing | undefined): { deep: number; flags: number; beautify: boolean } {
  let { deep } = q;
  let flags = 0;
  let beautify = false;
  if (given !== undefined) {
    eachProperty(given, (key, value) => {
      switch (key) {
        case 'deep': return void (deep = deepOf(value));
        case 'flags': return void (flags = flagsOf(value));
        case 'beautify': return void (beautify = truthy(value));
        default: throw lookupErr(msg.option(key), 'collection-api/json_dump');
      }
    });
  }
  return { deep, flags, beautify };
}
