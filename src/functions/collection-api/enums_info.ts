import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { enumInfo } from './_info.ts';
import { byName } from './_schema.ts';

export default builtin({
  name: 'enums_info', args: [], change: 'never', scope: 'collection',
  run: q => new List(byName(q.theCollection().enums.values()).map(found => enumInfo(q, found))),
});
