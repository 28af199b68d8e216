/**
 * The modules of a node: what `@thingsdb` knows of them, as running programs. After each change of `@thingsdb` the
 * two are compared, so that it makes no difference whether a query made it, another node, or a start.
 *
 * The program of a module is a file in the folder of its name below `modules_path`:
 *
 * - `.py`: started by the Python interpreter
 * - `.js`, `.mjs`: a module in JavaScript, loaded in a thread; with `#!` at its beginning a program like any other
 * - else: a program
 *
 * What was deployed is kept with the data, and written there. A module from GitHub is downloaded by each node: when
 * its folder has none, and when it is deployed again. Then the file and more stand in the `module.json` of its folder,
 * whether it was downloaded or put there by hand.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Engine } from '../engine.ts';
import { assert } from '../errors/assert.ts';
import { download as downloadMsg, modulePrograms as msg } from '../errors/messages/modules.ts';
import type { QueryError } from '../errors/query-error.ts';
import { LOG_LEVEL, type LogLevel, type Modules, type ModuleState } from '../host.ts';
import type { Manifest } from '../system/manifest.ts';
import { isGithub, isPython, parseGithub } from '../system/modules.ts';
import type { ModuleInfo, System } from '../system/system.ts';
import { Bytes } from '../values/value.ts';
import { toBytes } from '../values/str.ts';
import { bringModule } from './bring.ts';
import { startChild } from './child.ts';
import { PACKAGES, fillFolder, isLeftOver, needsDownload } from './folder.ts';
import { GITHUB_API } from './github.ts';
import { startObject, type JavaScriptModule } from './javascript.ts';
import { MANIFEST_FILE, ManifestError, readManifest } from './manifest.ts';
import { packagesEnvironment } from './packages.ts';
import { MODULE_LIMITS, type ModuleLimits, type StartProgram, type Timers } from './program.ts';
import { Supervisor } from './supervisor.ts';
import { startThread } from './thread.ts';

export interface ModulesOptions {
  /** Folder of the modules' folders, made when it is needed; '' to run those only that are objects. */
  readonly path: string;
  readonly python: string;
  readonly limits?: Partial<ModuleLimits>;
  readonly timers?: Timers;
  readonly log?: (level: LogLevel, text: string) => void;
  /** Modules that are objects of this process, by name. */
  readonly objects?: Readonly<Record<string, JavaScriptModule>>;
  /** Where modules from GitHub are downloaded: the address of its API, without a slash at its end. Default: GitHub's. */
  readonly githubApi?: string;
}

/** A module as it was when its program was started last. */
interface Running {
  readonly supervisor: Supervisor;
  name: string;
  source: string;
  revision: number;
  conf: Uint8Array | null;
  file: string | null;
  /** A download on its way. */
  download: Download | null;
  downloadError: string | null;
}

interface Download {
  readonly abort: AbortController;
  /** Resolves when it has ended and all of it is cleared away, in whatever way. */
  readonly ended: Promise<void>;
}

interface Installed {
  readonly start: StartProgram;
  readonly file: string | null;
  readonly manifest: Manifest | null;
}

/** A module whose program cannot be started: the status says why. */
class NotInstalled extends Error {
  readonly file: string | null;
  constructor(status: string, file: string | null = null) {
    super(status);
    this.file = file;
  }
}

const TIMERS: Timers = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};

export class NodeModules implements Modules {
  private readonly engine: Engine;
  private readonly path: string;
  private readonly python: string;
  private readonly limits: ModuleLimits;
  private readonly timers: Timers;
  private readonly log: (level: LogLevel, text: string) => void;
  private readonly objects: ReadonlyMap<string, JavaScriptModule>;
  private readonly githubApi: string;
  private readonly running = new Map<ModuleInfo, Running>();
  /** Programs of modules that are gone, until they have ended. */
  private readonly ending = new Map<Supervisor, Promise<void>>();
  private readonly unsubscribe: () => void;

  /** From now on the modules of that engine run here. */
  constructor(engine: Engine, options: ModulesOptions) {
    this.engine = engine;
    this.path = options.path;
    this.python = options.python;
    this.limits = { ...MODULE_LIMITS, ...options.limits };
    this.timers = options.timers ?? TIMERS;
    this.log = options.log ?? (() => {});
    this.objects = new Map(Object.entries(options.objects ?? {}));
    this.githubApi = options.githubApi ?? GITHUB_API;
    engine.host.node.modules = this;
    const ends = [engine.onChange(({ scope }) => scope === 0 && this.sync()), engine.onReplaced(() => this.sync())];
    this.unsubscribe = () => ends.forEach(end => end());
    process.on('exit', this.kill);
    this.sync();
  }

  private get system(): System {
    return this.engine.system;
  }

  state(name: string): ModuleState | null {
    const running = this.find(name);
    if (running === null) return null;
    const { supervisor, file, downloadError } = running;
    const { running: runs, tasks, restarts, manifest } = supervisor;
    const status = running.download === null ? supervisor.status : msg.installing();
    return { status, running: runs, tasks, restarts, file, manifest, downloadError };
  }

  restart(name: string): void {
    const info = this.system.modules.get(name);
    const running = info === undefined ? undefined : this.running.get(info);
    if (info !== undefined && running !== undefined) this.install(info, running);
  }

  call(name: string, request: Uint8Array, done: (answer: Uint8Array | QueryError) => void): void {
    const running = this.find(name);
    assert(running !== null, 'a module that is called has a state');
    running.supervisor.call(request, done);
  }

  /** Resolves when every module runs and is configured, or is known not to. */
  async settled(): Promise<void> {
    await Promise.all([...this.running.values()].map(async running => {
      while (running.download !== null) await running.download.ended;
      await running.supervisor.settled();
    }));
  }

  /** Ends all programs; the calls that wait for them fail. */
  async close(): Promise<void> {
    this.unsubscribe();
    for (const info of this.running.keys()) this.drop(info);
    await Promise.all(this.ending.values());
    process.off('exit', this.kill);
  }

  /** For a process that ends in no good order. */
  private readonly kill = (): void => {
    for (const { supervisor } of this.running.values()) supervisor.kill();
    for (const supervisor of this.ending.keys()) supervisor.kill();
  };

  /** Starts, configures and ends programs as `@thingsdb` now says. */
  private sync(): void {
    const wanted = new Set([...this.system.modules.values()].filter(({ name }) => this.path !== '' || this.objects.has(name)));
    for (const info of this.running.keys()) if (!wanted.has(info)) this.drop(info);
    for (const info of wanted) this.follow(info);
  }

  private drop(info: ModuleInfo): void {
    const running = this.running.get(info)!;
    const { supervisor, download } = running;
    this.running.delete(info);
    running.download = null;
    download?.abort.abort();
    this.ending.set(supervisor, Promise.all([supervisor.stop(), download?.ended]).then(() => void this.ending.delete(supervisor)));
  }

  private find(name: string): Running | null {
    const info = this.system.modules.get(name);
    return (info === undefined ? undefined : this.running.get(info)) ?? null;
  }

  private follow(info: ModuleInfo): void {
    const running = this.running.get(info);
    if (running === undefined) {
      const { name, source, revision, conf } = info;
      const supervisor = new Supervisor({ name, limits: this.limits, timers: this.timers, log: this.log });
      const added = { supervisor, name, source, revision, conf, file: null, download: null, downloadError: null };
      this.running.set(info, added);
      this.install(info, added);
      return;
    }
    if (running.name !== info.name) this.rename(info, running);
    if (running.revision !== info.revision || running.source !== info.source) {
      this.install(info, running, true);
    } else if (running.conf !== info.conf) {
      running.conf = info.conf;
      if (running.supervisor.installed) running.supervisor.configure(info.conf);
      else if (running.download === null) this.install(info, running);
    }
  }

  /** The program goes on; its files move along. */
  private rename(info: ModuleInfo, running: Running): void {
    const [from, to] = [join(this.path, running.name), join(this.path, info.name)];
    try {
      if (existsSync(from) && !existsSync(to)) {
        renameSync(from, to);
        if (running.file !== null) running.file = to + running.file.slice(from.length);
      }
    } catch (e) {
      this.log(LOG_LEVEL.error, `cannot rename the folder of module \`${running.name}\`: ${(e as Error).message}`);
    }
    running.name = running.supervisor.name = info.name;
    // Its files have been taken from under it.
    if (running.download !== null) this.startDownload(info, running);
  }

  /** Brings the program of a module, and runs it. `anew`: a module from GitHub is downloaded, whatever is there. */
  private install(info: ModuleInfo, running: Running, anew = false): void {
    running.source = info.source;
    running.revision = info.revision;
    running.conf = info.conf;
    if (!isGithub(info.source) || this.objects.has(info.name)) this.runInstalled(info, running);
    else if (anew) this.startDownload(info, running);
    // One that is on its way runs what it brings.
    else if (running.download !== null) return;
    else if (running.downloadError !== null || needsDownload(join(this.path, info.name), info)) this.startDownload(info, running);
    else this.runInstalled(info, running);
  }

  /** Queries go on meanwhile, and so does the program that is there. */
  private startDownload(info: ModuleInfo, running: Running): void {
    const started = !running.supervisor.installed;
    if (started) this.runInstalled(info, running);
    const before = running.download;
    before?.abort.abort();
    const abort = new AbortController();
    const ended = (before?.ended ?? Promise.resolve()).then(() => this.download(info, running, started, abort.signal));
    running.download = { abort, ended };
  }

  /** `started`: what was there has been started for the time of the download. */
  private async download(info: ModuleInfo, running: Running, started: boolean, signal: AbortSignal): Promise<void> {
    const { limits, githubApi: api, python } = this;
    const log = (level: LogLevel, line: string): void => this.log(level, `module \`${info.name}\`: pip: ${line}`);
    let failure: string | null = null;
    try {
      signal.throwIfAborted();
      await fillFolder(join(this.path, info.name), info, limits.downloadMs, async directory => {
        await bringModule(parseGithub(info.source), directory, { api, python, limits, signal, log });
        signal.throwIfAborted();
      });
    } catch (e) {
      failure = (e as Error).message;
    }
    if (signal.aborted) return;
    running.download = null;
    running.downloadError = failure;
    if (failure !== null) this.log(LOG_LEVEL.error, downloadMsg.failed(info.name, failure));
    if (failure === null || !started || !running.supervisor.installed) this.runInstalled(info, running);
  }

  /** Runs what is there. */
  private runInstalled(info: ModuleInfo, running: Running): void {
    const { supervisor } = running;
    try {
      const { start, file, manifest } = this.installed(info, running);
      running.file = file;
      supervisor.run(start, info.conf, manifest);
    } catch (e) {
      const failure = e instanceof NotInstalled ? e : null;
      if (failure === null) this.log(LOG_LEVEL.error, `cannot install module \`${info.name}\`: ${(e as Error).message}`);
      running.file = failure?.file ?? null;
      void supervisor.stop(running.downloadError ?? (e as Error).message);
    }
  }

  private installed(info: ModuleInfo, running: Running): Installed {
    const object = this.objects.get(info.name);
    if (object !== undefined) return { start: events => startObject(info.name, object, events), file: null, manifest: null };
    if (!isGithub(info.source)) {
      const file = this.deployed(info);
      return { start: this.starter(running, file), file, manifest: null };
    }
    const folder = join(this.path, info.name);
    if (isLeftOver(folder, info)) throw new NotInstalled(msg.notInstalled());
    const { manifest, main } = localManifest(folder);
    const file = join(folder, main);
    if (!existsSync(file)) throw new NotInstalled(msg.noFile(), file);
    return { start: this.starter(running, file), file, manifest };
  }

  /** The file of a module, with what was deployed last. */
  private deployed({ name, source, revision, program }: ModuleInfo): string {
    const file = join(this.path, name, source);
    if (program !== null) {
      const content = program instanceof Bytes ? program.data : toBytes(program as string);
      if (!existsSync(file) || !readFileSync(file).equals(content)) {
        mkdirSync(dirname(file), { recursive: true });
        // Whole or not at all, also for a program that runs.
        writeFileSync(`${file}.new`, content);
        renameSync(`${file}.new`, file);
      }
    } else if (!existsSync(file)) {
      throw revision === 0 ? new NotInstalled(msg.notInstalled()) : new NotInstalled(msg.noFile(), file);
    }
    return file;
  }

  /** How a file is started. The name and the place are those of the moment: a module may be renamed. */
  private starter(running: Running, file: string): StartProgram {
    const { limits, python } = this;
    const { packetBytes } = limits;
    if (isPython(file)) {
      return events => startChild({
        name: running.name, file: running.file!, interpreter: python, packetBytes,
        ...(isGithub(running.source) ? { env: packagesEnvironment(join(this.path, running.name, PACKAGES)) } : {}),
      }, events);
    }
    if (/\.m?js$/.test(file) && readFileSync(file).subarray(0, 2).toString() !== '#!') {
      return events => startThread(running.name, running.file!, limits, events);
    }
    return events => {
      chmodSync(running.file!, 0o755);
      return startChild({ name: running.name, file: running.file!, interpreter: null, packetBytes }, events);
    };
  }
}

function localManifest(folder: string): { readonly manifest: Manifest; readonly main: string } {
  const file = join(folder, MANIFEST_FILE);
  if (!existsSync(file)) throw new NotInstalled(msg.notInstalled());
  try {
    return readManifest(readFileSync(file, 'utf8'));
  } catch (e) {
    throw e instanceof ManifestError ? new NotInstalled(e.message) : e;
  }
}
