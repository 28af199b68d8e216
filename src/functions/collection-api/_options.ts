import { typeErr, valueErr } from '../../errors/query-error.ts';
import { exporting as msg } from '../../errors/messages/admin.ts';
import { eachProperty } from '../../values/shape.ts';
import { typeName, type Thing } from '../../values/value.ts';

/** The one option of `export` and `import`, a bool; false when it is not given. */
export function readOption(fn: string, option: string, thing: Thing | undefined): boolean {
  let on = false;
  if (thing !== undefined) {
    eachProperty(thing, (name, value) => {
      if (name !== option) throw valueErr(msg.invalidOption(fn, name), `collection-api/${fn}`);
      if (typeof value !== 'boolean') throw typeErr(msg.optionType(name, typeName(value)), `collection-api/${fn}`);
      on = value;
    });
  }
  return on;
}
