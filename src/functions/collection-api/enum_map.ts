import { makeThing } from '../../values/raw.ts';
import { builtin } from '../builtin.ts';
import { enumNamed } from './_schema.ts';

/** Names and values, as a new thing. */
export default builtin({
  name: 'enum_map', args: ['str'], change: 'never', scope: 'collection',
  run: (q, name) => makeThing(enumNamed(q, name).members.map(member => [member.name, member.value])),
});
