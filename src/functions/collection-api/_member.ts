/** What values members of an enumerator may have. */
import { store } from '../../collection/mutate.ts';
import { maxQuotaErr, typeErr, valueErr } from '../../errors/query-error.ts';
import { enums as msg } from '../../errors/messages/enums.ts';
import { LANGUAGE } from '../../evaluator/limits.ts';
import type { Query } from '../../evaluator/query.ts';
import type { Enum } from '../../values/enum.ts';
import { TAG, TAG_NAMES, tagOf, typeName, type Value } from '../../values/value.ts';

const DOCS = 'data-types/enum';

const KINDS: readonly number[] = [TAG.int, TAG.float, TAG.str, TAG.bytes, TAG.thing];

/** A value for a new member, or for one that has another now; things get an id at once. */
export function acceptMemberValue(q: Query, of: Enum, value: Value): void {
  const same = of.byValue(value);
  if (same !== null) throw valueErr(msg.unique(of.name, same.name), DOCS);
  const tag = tagOf(value);
  if (of.kind >= 0 && tag !== of.kind) throw typeErr(msg.mixed(TAG_NAMES[of.kind]!, typeName(value), of.name), DOCS);
  if (!KINDS.includes(tag)) throw typeErr(msg.createFailed(of.name, typeName(value)), DOCS);
  store(q, value);
}

export function assertRoom(of: Enum): void {
  if (of.members.length >= LANGUAGE.enumMembers) throw maxQuotaErr(msg.tooManyMembers());
}
