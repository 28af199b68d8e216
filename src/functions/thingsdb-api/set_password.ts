import { valueErr } from '../../errors/query-error.ts';
import { users as msg } from '../../errors/messages/admin.ts';
import { setPassword } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { change, requireGrantUnlessOwn, userNamed } from './_admin.ts';

/**
 * Nil takes the password away: then only tokens log in. Hashing a password takes long, so it becomes a change of its
 * own, before the query is answered.
 */
export default builtin({
  name: 'set_password', args: ['str', 'lazy:str|nil'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, name, password) => {
    const user = userNamed(q, name);
    requireGrantUnlessOwn(q, user);
    q.family.withholdText();
    const given = password();
    if (given !== null) assertPassword(given);
    if (given === null) {
      q.family.passwords.delete(user);
      change(q, setPassword, { user: user.id, hash: null });
      return null;
    }
    const hashing = q.host.secrets.hashPassword(given);
    // Whoever waits for it sees the failure.
    hashing.catch(() => {});
    q.family.passwords.set(user, hashing);
    return null;
  },
});

function assertPassword(password: string): void {
  if (password.length < 1) throw valueErr(msg.passwordShort());
  if (password.length >= 128) throw valueErr(msg.passwordLong());
  if (!/^[ -~]+$/.test(password)) throw valueErr(msg.passwordCharacters());
}
