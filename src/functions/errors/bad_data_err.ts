import { ERR } from '../../errors/codes.ts';
import { errorConstructor } from './_constructor.ts';

export default errorConstructor('bad_data_err', ERR.badData);
