import { typeErr, valueErr } from '../../errors/query-error.ts';
import { whitelists as msg } from '../../errors/messages/admin.ts';
import type { Rule } from '../../system/user.ts';
import { isName } from '../../values/shape.ts';
import { Regex, typeName, type Value } from '../../values/value.ts';

export type ListName = 'rooms' | 'procedures';

export function listNamed(name: string): ListName {
  if (name === 'rooms' || name === 'procedures') return name;
  throw valueErr(msg.unknown());
}

export function ruleOf(value: Value): Rule {
  if (value instanceof Regex) return value;
  if (typeof value !== 'string') throw typeErr(msg.ruleType(typeName(value)));
  if (!isName(value)) throw valueErr(msg.rule(), 'overview/names');
  return value;
}
