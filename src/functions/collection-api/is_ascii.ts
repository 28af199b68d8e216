import { isAscii } from '../../values/str.ts';
import { textTest } from './_is.ts';

/** A NUL byte is none. */
export default textTest('is_ascii', text => isAscii(text) && !text.includes('\0'));
