import { ERR } from '../../errors/codes.ts';
import { errorConstructor } from './_constructor.ts';

export default errorConstructor('max_quota_err', ERR.maxQuota);
