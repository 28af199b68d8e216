import { typeErr } from '../../errors/query-error.ts';
import { modules as msg } from '../../errors/messages/admin.ts';
import { deployModule } from '../../system/events.ts';
import { isGithub, isPython, parseGithub } from '../../system/modules.ts';
import type { ModuleInfo } from '../../system/system.ts';
import { typeName, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { change } from './_admin.ts';
import { moduleNamed } from './_module.ts';

/** A file takes its content (bytes; of a Python program str too), GitHub another link; nil loads what is there again. */
export default builtin({
  name: 'deploy_module', args: ['str', 'str|bytes|nil'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, name, data) => {
    const module = moduleNamed(q, name);
    assertFits(module, data);
    const link = isGithub(module.source) && typeof data === 'string';
    change(q, deployModule, { name, program: link ? null : data, source: link ? data : module.source });
    return null;
  },
});

function assertFits({ source }: ModuleInfo, data: Value): void {
  if (data === null) return;
  const docs = 'thingsdb-api/deploy_module';
  if (isGithub(source)) {
    if (typeof data !== 'string') throw typeErr(msg.strOnly(typeName(data)), docs);
    parseGithub(data);
  } else if (typeof data === 'string' && !isPython(source)) throw typeErr(msg.bytesOnly(typeName(data)), docs);
}
