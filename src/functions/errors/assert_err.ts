import { ERR } from '../../errors/codes.ts';
import { errorConstructor } from './_constructor.ts';

export default errorConstructor('assert_err', ERR.assert);
