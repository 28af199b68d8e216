import { packTimeZones } from '../../values/time-zones.ts';
import { MpData } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({ name: 'time_zones_info', args: [], change: 'never', run: () => new MpData(packTimeZones()) });
