import { builtin } from '../builtin.ts';
import { enumInfo } from './_info.ts';
import { enumNamed } from './_schema.ts';

export default builtin({
  name: 'enum_info', args: ['str'], change: 'never', scope: 'collection', run: (q, name) => enumInfo(q, enumNamed(q, name)),
});
