import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { info } from './_admin.ts';
import { packUser } from './_user_info.ts';

export default builtin({
  name: 'users_info', args: [], change: 'never', scope: 'thingsdb', needs: 'GRANT',
  run: q => new List(q.system.users.map(user => info(w => packUser(w, q, user)))),
});
