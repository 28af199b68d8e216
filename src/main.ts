/**
 * The program: `thingscope COMMAND`. Besides its own commands it takes the command line of ThingsDB's binary, so
 * that it can be started in its place.
 */
import { readFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { parseCommandLine, type StartOptions } from './config/command-line.ts';
import { ConfigError, readConfig, type Config } from './config/config.ts';
import { Log, levelOf } from './config/log.ts';
import { startServer, type RunningServer } from './server/server.ts';
import type { StandStart } from './server/stand.ts';
import { prepareStorage } from './server/storage.ts';
import { StoreError } from './errors/store-error.ts';

declare const __VERSION__: string;

/** The version of ThingsDB whose language and protocol this is. */
const THINGSDB_VERSION = '1.9.3';

const USAGE = `Thingscope ${__VERSION__}: the ThingsDB language as a server, a library and a REPL

usage: thingscope COMMAND

  serve                     start a server (WebSocket 9270, TCP 9200, HTTP API 9210 on 127.0.0.1)
  repl [URL]                type queries: in this process, or on a server (ws://host:port, tcp://host:port)
  query [URL] SCOPE CODE    run one query and print its result as JSON
  types [URL] SCOPE         print TypeScript for a collection's types, enums and procedures (default: of a local server)
  export [URL] SCOPE FILE   a whole collection into a file (default: from a local server), also of ThingsDB's own server
  import FILE [URL] SCOPE   that file into an empty collection, also there
  restore FILE --path DIR   make the data of a server from a backup
  verify PATH               read all of a server's data, or a backup, and tell what is damaged
  recover PATH --until CHANGE_ID|TIME --to DIR   the data as it was then, in a directory of its own
  changes [SCOPE] --path DIR [--from CHANGE_ID] [--to CHANGE_ID] [--since TIME] [--user NAME] [--audit] [--json]   what the log holds
  check FILES...            run the examples in documentation pages
  --help, --version

With a URL, log in by --user NAME and --password TEXT, or by --token KEY.
\`thingscope serve\` and \`thingscope\` also take all options of ThingsDB's own binary: see \`thingscope serve --help\`.
`;

export async function main(args: readonly string[]): Promise<void> {
  const [command, ...rest] = args;
  switch (command) {
    case undefined:
    case 'help':
    case '-h':
    case '--help':
      if (command === undefined && hasServerEnvironment()) return serve([]);
      process.stdout.write(USAGE);
      return;
    case 'serve':
      return serve(rest);
    case 'repl':
      return (await import('./repl/main.ts')).repl(rest);
    case 'query':
      return (await import('./repl/query-command.ts')).queryCommand(rest);
    case 'types':
      return (await import('./codegen/types-command.ts')).typesCommand(rest);
    case 'export':
      return (await import('./backup/export-command.ts')).exportCommand(rest);
    case 'import':
      return (await import('./backup/import-command.ts')).importCommand(rest);
    case 'restore':
      return (await import('./backup/restore-command.ts')).restoreCommand(rest);
    case 'verify':
      return (await import('./backup/verify-command.ts')).verifyCommand(rest);
    case 'recover':
      return (await import('./backup/recover-command.ts')).recoverCommand(rest);
    case 'changes':
      return (await import('./backup/changes-command.ts')).changesCommand(rest);
    case 'check':
      return (await import('./check/check-command.ts')).checkCommand(rest);
    default:
      if (command.startsWith('-')) return serve(args);
      process.stderr.write(`thingscope: no command is called \`${command}\`\n\n${USAGE}`);
      process.exitCode = 1;
  }
}

function hasServerEnvironment(): boolean {
  return Object.keys(process.env).some(name => name.startsWith('THINGSDB_'));
}

async function serve(args: readonly string[]): Promise<void> {
  const command = parseCommandLine('thingscope', args, process.env);
  switch (command.kind) {
    case 'version':
      process.stdout.write(`version: ${THINGSDB_VERSION} (Thingscope ${__VERSION__})\n`);
      return;
    case 'print':
      (command.code === 0 ? process.stdout : process.stderr).write(command.text);
      process.exitCode = command.code;
      return;
    case 'start':
      return start(command.options, args.length > 0);
  }
}

async function start(options: StartOptions, dropIn: boolean): Promise<void> {
  const log = new Log(levelOf(options.logLevel), options.logColorized, text => void process.stdout.write(text), () => new Date());
  let read;
  try {
    const file = options.config === '' ? null : { name: options.config, text: readFileSync(options.config, 'utf8') };
    const machine = { hostName: hostname(), home: homedir(), isRoot: process.getuid?.() === 0 };
    read = readConfig({ file, env: process.env, machine });
    read.warnings.forEach(text => log.warning(text));
  } catch (e) {
    if (!(e instanceof ConfigError) && !(e instanceof Error && 'code' in e)) throw e;
    log.error(e instanceof ConfigError ? e.message : `cannot read configuration file \`${options.config}\` (${(e as Error).message})`);
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`version: ${THINGSDB_VERSION} (Thingscope ${__VERSION__})\n`);
  try {
    const storage = await prepareStorage(options, read.config, read.dropIn, log);
    if (storage.exit !== undefined) {
      process.exitCode = storage.exit;
      return;
    }
    await run(read.config, log, { create: storage.create, secret: storage.secret ?? '', rebuild: storage.rebuild ?? false, autoRebuild: options.autoRebuild }, dropIn);
  } catch (e) {
    if (e instanceof StoreError || e instanceof ConfigError) {
      log.error(e.message);
      process.exitCode = 1;
    } else if ((e as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      // As ThingsDB: another server is there already, so there is nothing to do.
      log.error(`cannot listen: ${(e as Error).message}`);
    } else throw e;
  }
}

/** Starts the server, and has the signals stop it: from the very start, since loading may take long. */
async function run(config: Config, log: Log, how: StandStart, dropIn: boolean): Promise<void> {
  let server: RunningServer | null = null;
  let stopping = false;
  const stop = (signal: string, code: 0 | 1 = 0): void => {
    if (stopping) {
      log.warning(`received signal (${signal}) while stopping`);
      return;
    }
    stopping = true;
    log.warning(`received stop signal (${signal})`);
    // Nothing was acknowledged before it ran.
    if (server === null) process.exit(code);
    server.close().then(
      () => {
        log.info('bye');
        process.exit(code);
      },
      (e: unknown) => {
        log.critical(e instanceof StoreError ? e.message : ((e as Error).stack ?? String(e)));
        process.exit(1);
      },
    );
  };
  const names = { SIGTERM: 'Terminated', SIGINT: 'Interrupt', SIGHUP: 'Hangup' };
  for (const [signal, name] of Object.entries(names)) process.on(signal, () => stop(name));
  server = await startServer(config, log, THINGSDB_VERSION, { ...how, stop: code => stop('shutdown', code) });
  if (!dropIn) {
    process.stdout.write(`${server.places.map(place => `  ${place}\n`).join('')}data in ${config.storage_path}\nlog in as admin with password pass; stop with Ctrl+C\n`);
  }
}
