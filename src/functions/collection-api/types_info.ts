import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { typeInfo } from './_info.ts';
import { byName } from './_schema.ts';

export default builtin({
  name: 'types_info', args: [], change: 'never', scope: 'collection',
  run: q => new List(byName(q.theCollection().types.values()).map(type => typeInfo(q, type))),
});
