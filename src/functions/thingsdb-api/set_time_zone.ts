import { valueErr } from '../../errors/query-error.ts';
import { time as msg } from '../../errors/messages/time.ts';
import { PRIVILEGE } from '../../system/access.ts';
import { scopeNumber, setZone } from '../../system/events.ts';
import { isTimeZone } from '../../values/time-zones.ts';
import { builtin } from '../builtin.ts';
import { change, requireOn, scopeOrCollection } from './_admin.ts';

export default builtin({
  name: 'set_time_zone', args: ['any', 'lazy:str'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, where, zoneArg) => {
    const target = scopeOrCollection(q, where);
    requireOn(q, target, PRIVILEGE.CHANGE);
    const zone = zoneArg();
    if (!isTimeZone(zone)) throw valueErr(msg.unknownZone(), 'collection-api/time_zones_info');
    change(q, setZone, { scope: scopeNumber(target.scope), zone });
    return null;
  },
});
