/**
 * The command line of ThingsDB's binary, so that Thingscope can be started in its place. The variables
 * `THINGSDB_INIT`, `_DEPLOY`, `_AUTO_REBUILD` and `_SECRET` are read first and mean the same as the flags.
 */
export interface StartOptions {
  /** '' for none. */
  readonly config: string;
  readonly init: boolean;
  /** '' for none. */
  readonly secret: string;
  readonly force: boolean;
  readonly yes: boolean;
  readonly deploy: boolean;
  /** What `deploy` uses as secret; '' for the name of the node. */
  readonly deploySecret: string;
  readonly rebuild: boolean;
  readonly autoRebuild: boolean;
  readonly forgetNodes: boolean;
  readonly logLevel: LogLevelWord;
  readonly logColorized: boolean;
}

export const LOG_LEVELS = ['debug', 'info', 'warning', 'error', 'critical'] as const;
export type LogLevelWord = (typeof LOG_LEVELS)[number];

/** What to do: start, or print a text and end. `code` is the exit code. */
export type Command =
  | { readonly kind: 'start'; readonly options: StartOptions }
  | { readonly kind: 'version' }
  | { readonly kind: 'print'; readonly text: string; readonly code: 0 | 1 };

interface Flag {
  readonly names: readonly [string, ...string[]];
  readonly field: keyof StartOptions | 'version' | 'help';
  /** What the value stands for in the help; none for a switch. */
  readonly value?: string;
  readonly help: string;
}

const FLAGS: readonly Flag[] = [
  { names: ['-h', '--help'], field: 'help', help: 'show this help message and exit' },
  { names: ['-c', '--config'], field: 'config', value: 'CONFIG', help: 'define which configuration file to use' },
  { names: ['--deploy'], field: 'deploy', help: 'auto set `--init` or `--secret` based on the `THINGSDB_NODE_NAME` and `THINGSDB_NODE_SECRET` environment variable' },
  { names: ['--init'], field: 'init', help: 'initialize a new store' },
  { names: ['--force'], field: 'force', help: 'force --init or --secret to remove existing data if exists' },
  { names: ['--secret'], field: 'secret', value: 'SECRET', help: 'set one time secret and wait for request to join' },
  { names: ['--rebuild'], field: 'rebuild', help: 'rebuild this node (can only be used when having >1 nodes)' },
  { names: ['--auto-rebuild'], field: 'autoRebuild', help: 'auto rebuild this node on failed (can only be used when having >1 nodes)' },
  { names: ['--forget-nodes'], field: 'forgetNodes', help: 'forget all nodes info and load as a single node' },
  { names: ['-y', '--yes'], field: 'yes', help: 'answer `yes` to all questions' },
  { names: ['-v', '--version'], field: 'version', help: 'show version information and exit' },
  { names: ['-l', '--log-level'], field: 'logLevel', value: `{${LOG_LEVELS.join(',')}}`, help: 'set initial log level' },
  { names: ['--log-colorized'], field: 'logColorized', help: 'use colorized logging' },
];

export function parseCommandLine(program: string, args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}): Command {
  const given: Record<string, string | boolean> = {
    config: '',
    init: isSet(env['THINGSDB_INIT']),
    secret: env['THINGSDB_SECRET'] ?? '',
    force: false,
    yes: false,
    deploy: isSet(env['THINGSDB_DEPLOY']),
    deploySecret: env['THINGSDB_NODE_SECRET'] ?? '',
    rebuild: false,
    autoRebuild: isSet(env['THINGSDB_AUTO_REBUILD']),
    forgetNodes: false,
    logLevel: 'warning',
    logColorized: false,
  };
  for (let i = 0; i < args.length; i++) {
    const [name, inline] = split(args[i]!);
    const flag = FLAGS.find(({ names }) => names.includes(name));
    if (flag === undefined) return failed(program, `unrecognized argument: ${args[i]}`);
    if (flag.value === undefined) {
      if (inline !== undefined) return failed(program, `argument ${flag.names.join('/')}: takes no value`);
      given[flag.field] = true;
      continue;
    }
    const value = inline ?? args[++i];
    if (value === undefined) return failed(program, `argument ${flag.names.join('/')}: expected one argument`);
    given[flag.field] = value;
  }
  if (given['help'] === true) return { kind: 'print', text: help(program), code: 0 };
  if (given['version'] === true) return { kind: 'version' };
  if (!LOG_LEVELS.includes(given['logLevel'] as LogLevelWord))
    return failed(program, `argument -l/--log-level: invalid choice: '${given['logLevel']}'`);
  const options = given as unknown as StartOptions;
  const refused = refusedPair(options);
  return refused === '' ? { kind: 'start', options } : { kind: 'print', text: `${refused}\n`, code: 1 };
}

/** Why these flags cannot be used together; '' when they can. */
function refusedPair(options: StartOptions): string {
  const set = [
    ['--forget-nodes', options.forgetNodes],
    ['--rebuild', options.rebuild],
    ['--deploy', options.deploy],
    ['--secret', options.secret !== ''],
    ['--init', options.init],
  ] as const;
  const used = set.filter(([, on]) => on).map(([name]) => name);
  if (used.length > 1) return `${used[0]} cannot be used together with ${used[1]}`;
  if (options.force && !options.init && options.secret === '') return '--force must be used with --secret or --init';
  return '';
}

/** `--name=value` in its two parts. */
function split(arg: string): [string, string | undefined] {
  const at = arg.startsWith('--') ? arg.indexOf('=') : -1;
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}

/** Whether a variable says yes: a number that is not 0, or the word. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && (/^(true|yes|on)$/i.test(value) || (parseInt(value, 10) || 0) !== 0);
}

function failed(program: string, why: string): Command {
  return { kind: 'print', text: `${usage(program)}${program}: error: ${why}\n`, code: 1 };
}

function usage(program: string): string {
  const parts = FLAGS.map(({ names, value }) => `[${value === undefined ? names[0] : `${names[0]} ${value}`}]`);
  return `usage: ${program} ${parts.join(' ')}\n`;
}

function help(program: string): string {
  const rows = FLAGS.map(({ names, value, help }) => {
    const left = ` ${names.join(', ')}${value === undefined ? '' : ` ${value}`}`;
    return left.length < 23 ? left.padEnd(24) + help : `${left}\n${' '.repeat(24)}${help}`;
  });
  return `${usage(program)}\noptional arguments:\n${rows.join('\n')}\n`;
}
