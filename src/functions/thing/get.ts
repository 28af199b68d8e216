import { builtin } from '../builtin.ts';

/** A typed thing gives its methods too. The alternative is evaluated only when it is needed. */
export default builtin({
  name: 'get', on: 'thing', args: ['str', 'lazy?'], change: 'never',
  run: (_q, self, key, alternative) => {
    const at = self.shape.find(key);
    if (at >= 0) return self.valueAt(at);
    return self.type?.methods.get(key) ?? (alternative === undefined ? null : alternative());
  },
});
