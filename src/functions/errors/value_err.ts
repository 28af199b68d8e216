import { ERR } from '../../errors/codes.ts';
import { errorConstructor } from './_constructor.ts';

export default errorConstructor('value_err', ERR.value);
