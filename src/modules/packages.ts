/**
 * The Python packages of a module from GitHub. pip puts them into a directory of the module's folder: those of one module
 * are not in the way of another one, and the interpreter's own stay as they are.
 */
import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { modulePrograms, download as msg } from '../errors/messages/modules.ts';
import { LOG_LEVEL, type LogLevel } from '../host.ts';
import { logLines } from './child.ts';
import { DownloadError } from './github.ts';

export interface PackagesOptions {
  readonly python: string;
  /** A file as pip reads it. */
  readonly requirements: string;
  readonly directory: string;
  readonly signal: AbortSignal;
  /** Gets what pip writes, line by line. */
  readonly log: (level: LogLevel, line: string) => void;
}

/** Throws a `DownloadError` when pip fails, and the reason of the signal when that ends it; then pip has ended too. */
export function installPackages({ python, requirements, directory, signal, log }: PackagesOptions): Promise<void> {
  const args = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--target', directory, '--requirement', requirements];
  // Where pip is set up to install for the user, it would refuse the directory.
  const env = { ...process.env, PIP_USER: '0' };
  const child = spawn(python, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true, env, signal, killSignal: 'SIGKILL' });
  let last = '';
  logLines(child.stdout, line => log(LOG_LEVEL.info, line));
  logLines(child.stderr, line => {
    last = line;
    log(LOG_LEVEL.warning, line);
  });
  return new Promise((resolve, reject) => {
    let failure: NodeJS.ErrnoException | null = null;
    child.on('error', (error: NodeJS.ErrnoException) => {
      failure = error.code === 'ENOENT' ? new DownloadError(modulePrograms.noPython()) : error;
      if (child.pid === undefined) reject(failure);
    });
    // What a child of pip has kept open is not waited for.
    child.on('exit', () => failure !== null && reject(failure));
    child.on('close', (code, by) => (code === 0 ? resolve() : reject(failure ?? new DownloadError(msg.pip(by ?? `exit status ${code}`, last)))));
  });
}

/** What a program in Python is started with to find these packages. */
export function packagesEnvironment(directory: string): NodeJS.ProcessEnv {
  const { PYTHONPATH: others = '' } = process.env;
  return { ...process.env, PYTHONPATH: others === '' ? directory : `${directory}${delimiter}${others}` };
}
