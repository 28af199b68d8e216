import { lookupErr, valueErr } from '../../errors/query-error.ts';
import { modules as msg } from '../../errors/messages/admin.ts';
import { packContext } from '../../evaluator/contexts.ts';
import type { Query } from '../../evaluator/query.ts';
import { PRIVILEGE } from '../../system/access.ts';
import { isGithub, moduleStatus, parseGithub } from '../../system/modules.ts';
import type { ModuleInfo } from '../../system/system.ts';
import { isName } from '../../values/shape.ts';
import { Bytes, type Value } from '../../values/value.ts';
import { Writer } from '../../wire/msgpack.ts';
import { NO_IDS, pack } from '../../wire/result.ts';

export function moduleNamed(q: Query, name: string): ModuleInfo {
  assertModuleName(name);
  const module = q.system.modules.get(name);
  if (module === undefined) throw lookupErr(msg.notFound(name));
  return module;
}

export function assertModuleName(name: string): void {
  if (!isName(name)) throw valueErr(msg.naming(), 'overview/names');
}

export function assertFree(q: Query, name: string): void {
  if (q.system.modules.has(name)) throw lookupErr(msg.exists(name));
}

/** How deep a configuration is looked into. */
const CONF_DEEP = 3;

/** A configuration as it is kept and sent to the module; null for nil. */
export function packConf(q: Query, conf: Value): Bytes | null {
  if (conf === null) return null;
  const w = new Writer(64);
  pack(conf, w, { ...packContext(q), deep: CONF_DEEP, flags: NO_IDS });
  return new Bytes(w.copy());
}

/** The configuration, which may hold secrets, is for those who may change it. What the process does is shown by its node. */
export function packModule(w: Writer, q: Query, module: ModuleInfo): void {
  const { node } = q.host;
  const github = isGithub(module.source);
  const withFile = !github && module.revision > 0;
  const withConf = (q.rightsOn('thingsdb') & PRIVILEGE.CHANGE) !== 0;
  const onNode = q.kind === 'node';
  w.map(4 + (withFile ? 1 : 0) + (withConf ? 1 : 0) + (onNode ? 2 : 0) + (github ? 4 : 0));
  w.str('name');
  w.str(module.name);
  w.str('created_at');
  w.int(module.createdAt);
  w.str('status');
  w.str(moduleStatus(node, module));
  w.str('scope');
  if (module.scope === null) w.nil();
  else w.str(q.system.scopeText(module.scope));
  if (withFile) {
    w.str('file');
    w.str(`${node.facts.modulesPath}/${module.name}/${module.source}`);
  }
  if (withConf) {
    w.str('conf');
    if (module.conf === null) w.nil();
    else w.raw(module.conf);
  }
  if (onNode) {
    const state = node.moduleState(module.name);
    w.str('tasks');
    w.int(state?.tasks ?? 0);
    w.str('restarts');
    w.int(state?.restarts ?? 0);
  }
  if (github) packGithub(w, module.source);
}

function packGithub(w: Writer, source: string): void {
  const { owner, repo, token, ref } = parseGithub(source);
  w.str('github_owner');
  w.str(owner);
  w.str('github_repo');
  w.str(repo);
  w.str('github_with_token');
  w.bool(token !== '');
  w.str('github_ref');
  w.str(ref === '' ? 'default' : ref);
}
