import { restrictThing } from '../../collection/mutate.ts';
import { operationErr, valueErr } from '../../errors/query-error.ts';
import { restrictions as msg } from '../../errors/messages/types.ts';
import { allInstances } from '../../evaluator/held.ts';
import type { Query } from '../../evaluator/query.ts';
import { KIND, KIND_BY_NAME, Spec } from '../../values/spec.ts';
import { fitsRestriction, sameRestriction } from '../../values/spec-check.ts';
import { isAscii } from '../../values/str.ts';
import type { Thing } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

const DOCS = 'data-types/thing/restrict';

/** From now on all values of a plain thing must fit a definition; nil takes that away. */
export default builtin({
  name: 'restrict', on: 'thing', args: ['str|nil'], change: 'collection', freeUnderNse: true, mutates: true, untypedOnly: true,
  run: (q, self, text) => {
    const spec = text === null ? null : restrictionOf(q, text);
    const known = self.spec;
    if (known !== null && !known.isVoid && (spec === null || !sameRestriction(known, spec)) && isEnforced(q, self)) {
      throw operationErr(msg.enforced());
    }
    if (spec !== null && !self.toValues().every(value => fitsRestriction(spec, value))) throw valueErr(msg.existing());
    restrictThing(q, self, spec);
    return self;
  },
});

/** Only definitions of one type, without conditions; for built-in ones a `?` is dropped. Null when anything goes. */
function restrictionOf(q: Query, text: string): Spec | null {
  if (text === '' || text === '?') throw valueErr(msg.empty(), DOCS);
  if (!isAscii(text)) throw valueErr(msg.ascii(), DOCS);
  const nillable = text.endsWith('?');
  const name = nillable ? text.slice(0, -1) : text;
  if (name.endsWith('>')) throw valueErr(msg.range(), DOCS);
  const kind = name === '[]' ? KIND.list : name === '{}' ? KIND.set : KIND_BY_NAME.get(name);
  if (kind === KIND.any) return null;
  if (kind !== undefined) return new Spec({ kind, head: name });
  const tail = nillable ? '?' : '';
  const type = q.collection?.types.get(name);
  if (type !== undefined) return new Spec({ kind: KIND.type, target: type, nillable, tail });
  const found = q.collection?.enums.get(name);
  if (found !== undefined) return new Spec({ kind: KIND.enum, target: found, nillable, tail });
  throw valueErr(msg.unknown(text), DOCS);
}

/** Whether a field such as `thing<int>` of an instance holds the thing. */
function isEnforced(q: Query, thing: Thing): boolean {
  for (const type of q.collection?.types.values() ?? []) {
    const at = type.fields.flatMap(({ spec }, i) => (spec.kind === KIND.thing && spec.item !== null ? [i] : []));
    if (at.length === 0) continue;
    for (const instance of allInstances(q, type)) if (at.some(i => instance.valueAt(i) === thing)) return true;
  }
  return false;
}
