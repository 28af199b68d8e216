import { docText } from '../../../grammar/text.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'doc', on: 'closure', args: [], change: 'never',
  run: (q, self) => {
    q.codeOf(self); // reads the tree, should it not be there yet
    return docText(self.node!);
  },
});
