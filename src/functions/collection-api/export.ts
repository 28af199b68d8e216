import { operationErr } from '../../errors/query-error.ts';
import { exporting as msg } from '../../errors/messages/admin.ts';
import { Bytes } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { exportDump } from './_export_dump.ts';
import { exportText } from './_export_text.ts';
import { readOption } from './_options.ts';

/** The schema as code; with `dump` all that there is, as bytes for `import`. */
export default builtin({
  name: 'export', args: ['thing?'], change: 'never', scope: 'collection',
  run: (q, options) => {
    const dump = readOption('export', 'dump', options);
    if (q.change !== null || q.futures.length > 0) throw operationErr(msg.withChange());
    const collection = q.theCollection();
    return dump ? new Bytes(exportDump(q, collection)) : exportText(q, collection);
  },
});
