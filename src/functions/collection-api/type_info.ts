import { builtin } from '../builtin.ts';
import { typeInfo } from './_info.ts';
import { typeNamed } from './_schema.ts';

export default builtin({
  name: 'type_info', args: ['str'], change: 'never', scope: 'collection', run: (q, name) => typeInfo(q, typeNamed(q, name)),
});
