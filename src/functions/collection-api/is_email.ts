import { isEmail } from '../../values/patterns.ts';
import { textTest } from './_is.ts';

export default textTest('is_email', isEmail);
