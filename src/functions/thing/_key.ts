import { lookupErr } from '../../errors/query-error.ts';
import { change as msg, shownKey } from '../../errors/messages/change.ts';
import { nearest } from '../../../grammar/nearest.ts';
import type { Thing } from '../../values/value.ts';

/** A key of an untyped thing that must exist; `shown` is how an error text has it. */
export function existing(thing: Thing, key: string, shown = shownKey): string {
  if (thing.shape.find(key) < 0) throw lookupErr(msg.noProperty(thing.id, shown(key)), '', nearest(key, thing.shape.keys) ?? '');
  return key;
}
