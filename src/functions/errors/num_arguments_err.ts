import { ERR } from '../../errors/codes.ts';
import { errorConstructor } from './_constructor.ts';

export default errorConstructor('num_arguments_err', ERR.numArguments);
