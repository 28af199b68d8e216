import { typeTest } from './_is.ts';

export default typeTest('is_array', 'list', 'tuple');
