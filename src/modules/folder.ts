/**
 * The folder of a module that was downloaded. What comes is gathered in a directory beside the files that are in use,
 * and is moved to them when all of it is there; a move that was interrupted is completed at the next start. So there
 * is always a whole version of the module, the old one or the new one. Files that are not of the repository stay.
 *
 *     .thingscope/new-…/       what comes
 *     .thingscope/ready/       what has come as a whole, until it is moved
 *     .thingscope/packages/    Python packages
 *     .thingscope/replaced/    those of the version before, until they are removed
 *     .thingscope/source.json  what the folder was downloaded for; not there when its files were put there by hand
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseGithub } from '../system/modules.ts';
import type { ModuleInfo } from '../system/system.ts';
import { MANIFEST_FILE } from './manifest.ts';

export const OWN = '.thingscope';
export const PACKAGES = join(OWN, 'packages');
const COMING = 'new-';
const READY = join(OWN, 'ready');
const REPLACED = join(OWN, 'replaced');
const SOURCE_FILE = join(OWN, 'source.json');

/** Which download a folder is of: each deployment asks for another one. The token is not written down. */
interface Origin {
  readonly repository: string;
  readonly ref: string;
  readonly created: number;
  readonly revision: number;
}

function originOf({ source, createdAt, revision }: ModuleInfo): Origin {
  const { owner, repo, ref } = parseGithub(source);
  return { repository: `${owner}/${repo}`, ref, created: createdAt, revision };
}

/** Whether there is nothing in the folder yet, or what another deployment has brought; never for files put there by hand. */
export function needsDownload(folder: string, info: ModuleInfo): boolean {
  try {
    completeMove(folder);
    if (!existsSync(join(folder, MANIFEST_FILE))) return true;
    const origin = readOrigin(folder);
    return origin !== null && !isDeepStrictEqual(origin, originOf(info));
  } catch {
    // What is in the way will be told by the download.
    return true;
  }
}

/** Whether the files are those of another module, which had this name before. */
export function isLeftOver(folder: string, info: ModuleInfo): boolean {
  const origin = readOrigin(folder);
  return origin !== null && origin.created !== info.createdAt;
}

/** Null for files that were put there by hand. */
function readOrigin(folder: string): Origin | null {
  const file = join(folder, SOURCE_FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Origin) : null;
}

/**
 * Has `bring` fill a directory, which has nothing but the one for Python packages, then moves what it has brought into
 * the folder. What `bring` throws is thrown on, and the folder is as it was. `staleMs` is how long others that fill the
 * folder may take at most.
 */
export async function fillFolder(folder: string, info: ModuleInfo, staleMs: number, bring: (directory: string) => Promise<void>): Promise<void> {
  const own = join(folder, OWN);
  mkdirSync(own, { recursive: true });
  await removeStale(own, staleMs);
  const directory = await mkdtemp(join(own, COMING));
  try {
    for (const path of [OWN, PACKAGES]) mkdirSync(join(directory, path));
    await bring(directory);
    writeFileSync(join(directory, SOURCE_FILE), JSON.stringify(originOf(info)));
    rmSync(join(folder, READY), { recursive: true, force: true });
    renameSync(directory, join(folder, READY));
    completeMove(folder);
  } finally {
    for (const path of [directory, join(folder, REPLACED)]) await rm(path, { recursive: true, force: true });
  }
}

/** Moves what has come as a whole to the files that are in use. */
function completeMove(folder: string): void {
  const ready = join(folder, READY);
  if (!existsSync(ready)) return;
  movePackages(folder, ready);
  for (const entry of readdirSync(ready, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const from = join(entry.parentPath, entry.name);
    const to = join(folder, relative(ready, from));
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
  }
  rmSync(ready, { recursive: true });
}

/** As a whole, as there may be many; when an interrupted move is completed they may have been moved already. */
function movePackages(folder: string, ready: string): void {
  const [from, to, replaced] = [join(ready, PACKAGES), join(folder, PACKAGES), join(folder, REPLACED)];
  if (!existsSync(from)) return;
  if (existsSync(to)) {
    rmSync(replaced, { recursive: true, force: true });
    renameSync(to, replaced);
  }
  renameSync(from, to);
}

/** What a process has left that ended while it filled the folder. Another node of this machine may be filling it now. */
async function removeStale(own: string, staleMs: number): Promise<void> {
  for (const name of await readdir(own)) {
    const directory = join(own, name);
    if (!name.startsWith(COMING)) continue;
    const found = await stat(directory).catch(() => null);
    if (found !== null && found.mtimeMs < Date.now() - staleMs) await rm(directory, { recursive: true, force: true });
  }
}
