import { isUtf8 } from '../../values/str.ts';
import { textTest } from './_is.ts';

export default textTest('is_utf8', isUtf8);
