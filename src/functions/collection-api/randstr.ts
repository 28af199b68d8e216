import { scalars as msg } from '../../errors/messages/scalars.ts';
import { typeErr, valueErr } from '../../errors/query-error.ts';
import { call as callMsg } from '../../errors/messages/call.ts';
import { LANGUAGE } from '../../evaluator/limits.ts';
import { isAscii } from '../../values/str.ts';
import { typeName, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

const DOCS = 'collection-api/randstr';
const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The length is checked before the characters are evaluated. */
export default builtin({
  name: 'randstr', args: ['int', 'lazy?'], change: 'never',
  run: (q, length, from) => {
    if (length < 0 || length > LANGUAGE.randstr) throw valueErr(msg.randstrLength(LANGUAGE.randstr), DOCS);
    const characters = from === undefined ? CHARACTERS : asCharacters(from());
    let out = '';
    for (let i = 0; i < length; i++) out += characters[Math.floor(q.host.random() * characters.length)]!;
    return out;
  },
});

function asCharacters(value: Value): string {
  if (typeof value !== 'string') throw typeErr(callMsg.argType('randstr', 2, '`str`', typeName(value)), DOCS);
  if (value === '') throw valueErr(msg.randstrEmpty(), DOCS);
  if (!isAscii(value)) throw valueErr(msg.randstrAscii(), DOCS);
  return value;
}
