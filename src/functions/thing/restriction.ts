import { builtin } from '../builtin.ts';

/** What every value must be; nil when anything goes. */
export default builtin({
  name: 'restriction', on: 'thing', args: [], change: 'never', untypedOnly: true,
  run: (_q, self) => (self.spec === null || self.spec.isVoid ? null : self.spec.text),
});
