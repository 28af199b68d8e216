/** Modules as `@thingsdb` knows them: where they come from, who may use them, and what is shown of their state. */
import { forbiddenErr, valueErr } from '../errors/query-error.ts';
import { modules as msg } from '../errors/messages/admin.ts';
import { modulePrograms } from '../errors/messages/modules.ts';
import type { Node } from '../host.ts';
import type { AccessScope, ModuleInfo, System } from './system.ts';

export interface GithubSource {
  readonly owner: string;
  readonly repo: string;
  /** '' for a public repository. */
  readonly token: string;
  /** Tag or branch; '' for the default one. */
  readonly ref: string;
}

const DOCS = 'thingsdb-api/new_module';

/** Refuses what is no source: a file below the module's folder, or a link to GitHub. */
export function assertSource(source: string): void {
  if (isGithub(source)) {
    parseGithub(source);
    return;
  }
  if (source === '') throw valueErr(msg.sourceEmpty(), DOCS);
  if (!/^[ -~]+$/.test(source)) throw valueErr(msg.sourceCharacters(), DOCS);
  if (source.startsWith('/')) throw valueErr(msg.sourceAbsolute(), DOCS);
  if (source.includes('..') || source.includes('./')) throw valueErr(msg.sourceRelative(), DOCS);
}

export const isGithub = (source: string): boolean => source.startsWith('github.com');

export const isPython = (source: string): boolean => source.endsWith('.py');

export function parseGithub(source: string): GithubSource {
  const found = /^github\.com\/([\w.-]+)\/([\w.-]+)(?::([!-?A-~]+))?(?:@([!-~]+))?$/.exec(source);
  if (found === null) throw valueErr(msg.link(source));
  const [, owner, repo, token = '', ref = ''] = found;
  return { owner: owner!, repo: repo!, token, ref };
}

/** A module may be kept to one scope. */
export function assertModuleScope(system: System, module: ModuleInfo, scope: AccessScope): void {
  if (module.scope === null || module.scope === scope) return;
  throw forbiddenErr(msg.restricted(module.name, system.scopeText(module.scope)));
}

/** What is the matter with a module on this node: `running`, or why not. */
export function moduleStatus(node: Node, { name, revision }: ModuleInfo): string {
  return node.modules.state(name)?.status ?? (revision === 0 ? modulePrograms.notInstalled() : modulePrograms.notLoaded());
}
