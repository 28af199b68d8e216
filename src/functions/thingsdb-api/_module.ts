import { lookupErr, valueErr } from '../../errors/query-error.ts';
import { modules as msg } from '../../errors/messages/admin.ts';
import { packContext } from '../../evaluator/contexts.ts';
import { makesChange, type Query } from '../../evaluator/query.ts';
import { closureText } from '../../evaluator/text.ts';
import type { Node } from '../../host.ts';
import { PRIVILEGE } from '../../system/access.ts';
import type { Defaults, Exposed, Manifest } from '../../system/manifest.ts';
import { isGithub, moduleStatus, parseGithub } from '../../system/modules.ts';
import type { ModuleInfo } from '../../system/system.ts';
import { isName } from '../../values/shape.ts';
import { Bytes, Closure, type Value } from '../../values/value.ts';
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

/** The configuration, which may hold secrets, is for those who may change it. What its program does is shown by its node. */
export function packModule(w: Writer, q: Query, module: ModuleInfo): void {
  const { node } = q.host;
  const state = node.modules.state(module.name);
  const mayChange = (q.rightsOn('thingsdb') & PRIVILEGE.CHANGE) !== 0;
  const file = state === null ? storedFile(node, module) : state.file;
  const parts: Part[] = [
    ['name', () => w.str(module.name)],
    ['created_at', () => w.int(module.createdAt)],
    ['status', () => w.str(moduleStatus(node, module))],
    ['scope', () => (module.scope === null ? w.nil() : w.str(q.system.scopeText(module.scope)))],
  ];
  if (file !== null) parts.push(['file', () => w.str(file)]);
  if (mayChange) parts.push(['conf', () => (module.conf === null ? w.nil() : w.raw(module.conf))]);
  if (q.kind === 'node') parts.push(['tasks', () => w.int(state?.tasks ?? 0)], ['restarts', () => w.int(state?.restarts ?? 0)]);
  if (isGithub(module.source)) parts.push(...githubParts(w, module.source));
  if (state?.downloadError != null) parts.push(['download_error', () => w.str(state.downloadError!)]);
  if (state?.manifest != null) parts.push(...manifestParts(w, q, state.manifest, mayChange));
  packParts(w, parts);
}

type Part = [key: string, write: () => void];

function packParts(w: Writer, parts: readonly Part[]): void {
  w.map(parts.length);
  for (const [key, write] of parts) {
    w.str(key);
    write();
  }
}

/** Where a program that was deployed will be. */
function storedFile(node: Node, { name, source, revision }: ModuleInfo): string | null {
  return isGithub(source) || revision === 0 ? null : `${node.facts.modulesPath}/${name}/${source}`;
}

function githubParts(w: Writer, source: string): Part[] {
  const { owner, repo, token, ref } = parseGithub(source);
  return [
    ['github_owner', () => w.str(owner)],
    ['github_repo', () => w.str(repo)],
    ['github_with_token', () => w.bool(token !== '')],
    ['github_ref', () => w.str(ref === '' ? 'default' : ref)],
  ];
}

/** What a module says of itself; what is empty is left out. */
function manifestParts(w: Writer, q: Query, { version, doc, defaults, exposes }: Manifest, withDefinition: boolean): Part[] {
  const parts: Part[] = [];
  if (version !== '') parts.push(['version', () => w.str(version)]);
  if (doc !== '') parts.push(['doc', () => w.str(doc)]);
  parts.push(...defaultsPart(w, defaults));
  if (exposes.size > 0) {
    parts.push(['exposes', () => packParts(w, [...exposes].map(([name, exposed]) => [name, () => packExposed(w, q, exposed, withDefinition)]))]);
  }
  return parts;
}

function packExposed(w: Writer, q: Query, exposed: Exposed, withDefinition: boolean): void {
  if (exposed instanceof Closure) {
    packParts(w, [
      ...(withDefinition ? [['definition', () => w.str(closureText(q, exposed))] as Part] : []),
      ['with_side_effects', () => w.bool(makesChange(q.codeOf(exposed), 'collection'))],
    ]);
    return;
  }
  const { doc, defaults, argmap } = exposed;
  packParts(w, [
    ...(doc === '' ? [] : [['doc', () => w.str(doc)] as Part]),
    ...defaultsPart(w, defaults),
    ['argmap', () => {
      w.array(argmap.length);
      argmap.forEach(name => w.str(name));
    }],
  ]);
}

function defaultsPart(w: Writer, { deep, load, rest }: Defaults): Part[] {
  const parts: Part[] = [];
  if (deep !== null) parts.push(['deep', () => w.int(deep)]);
  if (load !== null) parts.push(['load', () => w.bool(load)]);
  for (const [key, value] of rest) parts.push([key, () => w.raw(value.data)]);
  return parts.length === 0 ? [] : [['defaults', () => packParts(w, parts)]];
}
