import { lookupErr, valueErr } from '../../errors/query-error.ts';
import { change as changeMsg } from '../../errors/messages/change.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import { assertKeyAllowed, setProperty } from '../../collection/mutate.ts';
import { isName } from '../../values/shape.ts';
import { builtin } from '../builtin.ts';

/** Answers what the property now has, which may be a copy. */
export default builtin({
  name: 'set', on: 'thing', args: ['str', 'any'], change: 'collection', freeUnderNse: true, mutates: true,
  run: (q, self, key, value) => {
    if (self.type === null) assertKeyAllowed(key);
    else if (self.shape.find(key) < 0) {
      if (!isName(key)) throw valueErr(msg.propertyNaming());
      throw lookupErr(changeMsg.typeNoProperty(self.type.name, key));
    }
    setProperty(q, self, key, value);
    return self.values[self.shape.find(key)]!;
  },
});
