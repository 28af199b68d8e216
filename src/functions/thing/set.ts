import { assertKeyAllowed, setProperty } from '../../collection/mutate.ts';
import { noPropertyToAssign } from '../../evaluator/property.ts';
import { builtin } from '../builtin.ts';

/** Answers what the property now has, which may be a copy. */
export default builtin({
  name: 'set', on: 'thing', args: ['str', 'any'], change: 'collection', freeUnderNse: true, mutates: true,
  run: (q, self, key, value) => {
    if (self.type === null) assertKeyAllowed(key);
    else if (self.shape.find(key) < 0) throw noPropertyToAssign(self, key);
    setProperty(q, self, key, value);
    return self.valueAt(self.shape.find(key));
  },
});
