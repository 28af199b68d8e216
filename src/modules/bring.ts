/** Brings a module from GitHub as a whole: its files and, for one in Python, the packages that it needs. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { download as msg } from '../errors/messages/modules.ts';
import type { LogLevel } from '../host.ts';
import { isPython, type GithubSource } from '../system/modules.ts';
import { OWN, PACKAGES } from './folder.ts';
import { DownloadError, REQUIREMENTS_FILE, download } from './github.ts';
import { installPackages } from './packages.ts';
import type { ModuleLimits } from './program.ts';

export interface BringOptions {
  /** Where GitHub's API is: `https://api.github.com`. */
  readonly api: string;
  readonly python: string;
  readonly limits: ModuleLimits;
  /** Ends it: what it throws then is of no interest. */
  readonly signal: AbortSignal;
  readonly log: (level: LogLevel, text: string) => void;
}

/** Fills a directory as `fillFolder` has made it. Throws an error whose message is for people. */
export async function bringModule(source: GithubSource, directory: string, { api, python, limits, signal, log }: BringOptions): Promise<void> {
  const timeout = AbortSignal.timeout(limits.downloadMs);
  const either = AbortSignal.any([signal, timeout]);
  try {
    const { main, requirements } = await download(source, directory, { api, limits, signal: either });
    if (!isPython(main)) return;
    const file = join(directory, requirements === null ? REQUIREMENTS_FILE : join(OWN, REQUIREMENTS_FILE));
    if (requirements !== null) await writeFile(file, requirements.join('\n'));
    if (requirements === null ? existsSync(file) : requirements.length > 0) {
      await installPackages({ python, requirements: file, directory: join(directory, PACKAGES), signal: either, log });
    }
  } catch (e) {
    throw timeout.aborted ? new DownloadError(msg.tooSlow(limits.downloadMs / 1_000)) : e;
  }
}
