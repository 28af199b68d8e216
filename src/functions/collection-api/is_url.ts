import { isUrl } from '../../values/patterns.ts';
import { textTest } from './_is.ts';

export default textTest('is_url', isUrl);
