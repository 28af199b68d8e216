/**
 * What a server is told from outside, in ThingsDB's terms: the keys of the configuration file's section
 * `[thingsdb]`, each also as an environment variable `THINGSDB_` + key in capitals, which wins.
 *
 * One table holds each key with its defaults and its check. A bad value gives a warning and the default,
 * an unknown key is ignored, as in ThingsDB. This folder reads neither files nor the environment itself.
 *
 * Two sets of defaults: ThingsDB's as soon as a configuration file or a `THINGSDB_` variable is there, so
 * that Thingscope can take the place of its binary; else our own, for who just starts it: everything on
 * loopback, WebSocket first.
 */
import { AUDIT_TEXT_SIZE } from '../cause.ts';
import { DEFAULT_LIMITS } from '../evaluator/limits.ts';
import { BODY_MAX } from '../wire/packet.ts';
import { BUSY_POLL_US } from '../server/busy-poll.ts';
import { CHECKPOINTS } from '../store/checkpointer.ts';
import { AUDIT_KEEP, KEEP } from '../store/retention.ts';
import { INLINE_SYNC_MS } from '../store/sync-place.ts';
import { ANSWERED_LIMITS } from '../collection/answered.ts';
import { parseIni } from './ini.ts';

export interface Config {
  readonly listen_client_port: number;
  readonly bind_client_addr: string;
  readonly listen_node_port: number;
  readonly bind_node_addr: string;
  readonly ip_support: 'ALL' | 'IPV4ONLY' | 'IPV6ONLY';
  readonly node_name: string;
  /** '' for no pipe. */
  readonly pipe_client_name: string;
  /** 0 for off, as with the other ports. */
  readonly http_status_port: number;
  readonly http_api_port: number;
  readonly ws_port: number;
  readonly ws_cert_file: string;
  readonly ws_key_file: string;
  readonly storage_path: string;
  readonly modules_path: string;
  /** Seconds. */
  readonly wait_for_modules: number;
  readonly python_interpreter: string;
  readonly gcloud_key_file: string;
  readonly threshold_full_storage: number;
  readonly result_size_limit: number;
  /** Characters from which on the text of a query is worth keeping it parsed. */
  readonly threshold_query_cache: number;
  /** Seconds that a parsed query is kept without being asked for; 0: none is kept. */
  readonly cache_expiration_time: number;
  /** Seconds from which on a query is logged; 0 for off. */
  readonly query_duration_warn: number;
  readonly query_duration_error: number;
  readonly zone: number;
  readonly shutdown_period: number;
  /** Ours: what the addresses of documentation pages in error texts begin with; '' for none. */
  readonly docs_url: string;
  /** Ours: `strict`: an answer leaves when what it has seen is durable; `relaxed`: at once. */
  readonly durability: 'strict' | 'relaxed';
  /** Ours: milliseconds for which queries may wait while a change is synced on their thread; 0: never. */
  readonly inline_sync_ms: number;
  /** Ours: bytes of log from which on a checkpoint is written, if they are also more than so many times the last one. */
  readonly checkpoint_min_size: number;
  readonly checkpoint_factor: number;
  /** Ours: seconds for which log and checkpoints are kept that a start does not need, and bytes of them at most. */
  readonly log_keep_time: number;
  readonly log_keep_size: number;
  /** Ours: whether the log says with each change what made it, and with how many characters of the text. */
  readonly audit: 'off' | 'on';
  readonly audit_text_size: number;
  /** Ours: TLS for TCP and the HTTP API, and for WebSocket where it has no certificate of its own; '' for none. */
  readonly tls_cert_file: string;
  readonly tls_key_file: string;
  /** Ours: origins of the web pages that may use the HTTP API, joined by commas; `*` for all. */
  readonly http_api_origins: string;
  /** Ours: connections at one time; as many more over HTTP. */
  readonly max_connections: number;
  /** Ours: bytes of one request. */
  readonly max_request_size: number;
  /** Ours: bytes that wait for a client which does not read them, beyond which it is dropped. */
  readonly max_client_buffer: number;
  /** Ours: microseconds to wait awake for the next request where requests follow one another closely; 0: never. */
  readonly busy_poll_us: number;
  /** Ours: seconds, and steps, after which a query is ended. */
  readonly max_query_time: number;
  readonly max_query_steps: number;
  /** Ours: futures of one query at one time. */
  readonly max_futures: number;
  /** Ours: seconds that a call of a module may take, and its start. */
  readonly module_timeout: number;
  readonly module_start_timeout: number;
  /** Ours: calls of one module that may wait for an answer. */
  readonly module_max_calls: number;
  /** Ours: bytes of one answer of a module, and of all requests that it has not answered. */
  readonly module_size_limit: number;
  /** Ours: starts in a row of a module that ends by itself, until it is given up. */
  readonly module_max_restarts: number;
  /** Ours: bytes of memory for the values of a module in JavaScript. */
  readonly module_memory_limit: number;
  /** Ours: seconds that the download of a module from GitHub may take, bytes of one of its files, and number of them. */
  readonly module_download_timeout: number;
  readonly module_download_size: number;
  readonly module_download_files: number;
  /** Ours: addresses of the etcd that makes a cluster, joined by commas; '' for a node of its own. */
  readonly etcd: string;
  /** Ours: what all keys in it begin with. */
  readonly etcd_prefix: string;
  /** Ours: '' when it asks for no login. */
  readonly etcd_user: string;
  readonly etcd_password: string;
  /** Ours: files for TLS to it: the authority, and a certificate of our own; '' for none. */
  readonly etcd_ca_file: string;
  readonly etcd_cert_file: string;
  readonly etcd_key_file: string;
  /** Ours: whether what runs often is compiled to JavaScript. */
  readonly codegen: 'on' | 'off';
  /** Ours: failed log-ins of one address, and with the name of one user, within so many seconds, after which others are refused; 0 for no limit. */
  readonly login_attempts_per_address: number;
  readonly login_attempts_per_user: number;
  readonly login_attempts_seconds: number;
  /** Ours: bytes of the answers that are remembered for clients which repeat requests; 0: no ids are offered to them. */
  readonly request_ids_memory: number;
  /** Ours: seconds for which those of a silent client are, and the longest answer in bytes. */
  readonly request_ids_keep: number;
  readonly request_ids_answer_size: number;
}

export type ConfigKey = keyof Config;

/** Where the defaults depend on the machine and the user. */
export interface Machine {
  readonly hostName: string;
  readonly home: string;
  readonly isRoot: boolean;
}

export interface ConfigSource {
  /** Text and name of the configuration file; null when none is named. */
  readonly file: { readonly name: string; readonly text: string } | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly machine: Machine;
}

export interface ConfigResult {
  readonly config: Config;
  /** A file or a variable of ThingsDB's is there: it is to act as its binary does. */
  readonly dropIn: boolean;
  readonly warnings: readonly string[];
}

/** Thrown when the file makes no sense as a whole; the server ends with exit code 1. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

export function readConfig(source: ConfigSource): ConfigResult {
  const { file, env, machine } = source;
  const warnings: string[] = [];
  const keys = file === null ? new Map<string, string>() : parseFile(file);
  const dropIn = file !== null || hasThingsDbVariable(env);
  const config: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(SETTINGS) as [ConfigKey, Setting][]) {
    const fallback = (dropIn ? setting.theirs : (setting.ours ?? setting.theirs))(machine);
    const fromEnv = env[variableOf(key)];
    const given = fromEnv ?? keys.get(key);
    if (given === undefined || (given === '' && fallback !== '')) {
      config[key] = fallback;
      continue;
    }
    const origin = fromEnv !== undefined ? `environment variable \`${variableOf(key)}\`` : `\`${key}\` in \`${file!.name}\``;
    const value = setting.read(given);
    if (value instanceof Refused) {
      warnings.push(`error reading ${origin} (${value.why}), using default value \`${String(fallback)}\``);
      config[key] = fallback;
    } else config[key] = value;
  }
  const result = config as unknown as Config;
  // Of what is removed with the next checkpoint there is no audit.
  if (result.audit === 'on' && result.log_keep_time === 0) config['log_keep_time'] = AUDIT_KEEP.seconds;
  // A query that is an error is also worth a warning.
  if (result.query_duration_error > result.query_duration_warn) config['query_duration_warn'] = result.query_duration_error;
  return { config: result, dropIn, warnings };
}

export function variableOf(key: string): string {
  return `THINGSDB_${key.toUpperCase()}`;
}

function parseFile({ name, text }: { name: string; text: string }): Map<string, string> {
  const keys = parseIni(text, 'thingsdb');
  if ('error' in keys) throw new ConfigError(`cannot read \`${name}\` (${keys.error})`);
  return keys;
}

const FLAG_VARIABLES = ['THINGSDB_INIT', 'THINGSDB_DEPLOY', 'THINGSDB_AUTO_REBUILD', 'THINGSDB_SECRET'];

/** Whether the environment was made for ThingsDB. Our own keys alone do not count. */
function hasThingsDbVariable(env: Readonly<Record<string, string | undefined>>): boolean {
  const theirs = (Object.keys(SETTINGS) as ConfigKey[]).filter((key) => !OURS.has(key)).map(variableOf);
  return [...theirs, ...FLAG_VARIABLES].some((name) => env[name] !== undefined);
}

const OURS: ReadonlySet<ConfigKey> = new Set<ConfigKey>([
  'docs_url', 'durability', 'inline_sync_ms', 'checkpoint_min_size', 'checkpoint_factor', 'log_keep_time', 'log_keep_size', 'audit', 'audit_text_size', 'tls_cert_file', 'tls_key_file', 'http_api_origins', 'max_connections', 'max_request_size', 'max_client_buffer', 'busy_poll_us',
  'max_query_time', 'max_query_steps', 'max_futures', 'module_timeout', 'module_start_timeout', 'module_max_calls', 'module_size_limit',
  'module_max_restarts', 'module_memory_limit', 'module_download_timeout', 'module_download_size', 'module_download_files', 'etcd', 'etcd_prefix', 'etcd_user', 'etcd_password', 'etcd_ca_file', 'etcd_cert_file',
  'etcd_key_file', 'codegen', 'login_attempts_per_address', 'login_attempts_per_user', 'login_attempts_seconds',
  'request_ids_memory', 'request_ids_keep', 'request_ids_answer_size',
]);

/** A value that cannot be: why. */
class Refused {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

interface Setting {
  /** ThingsDB's default. */
  readonly theirs: (machine: Machine) => string | number;
  /** Ours, where it differs. */
  readonly ours?: (machine: Machine) => string | number;
  readonly read: (text: string) => string | number | Refused;
}

function port(theirs: number, ours = theirs): Setting {
  const read = (text: string): number | Refused => {
    const value = Number(text);
    return /^\d+$/.test(text) && value <= 65_535 ? value : new Refused('expecting a value between 0 and 65535');
  };
  return { theirs: () => theirs, ours: () => ours, read };
}

function text(theirs: string | ((machine: Machine) => string), ours?: (machine: Machine) => string): Setting {
  const fallback = typeof theirs === 'string' ? () => theirs : theirs;
  return { theirs: fallback, ours: ours ?? fallback, read: (given) => given };
}

function whole(theirs: number, max = Number.MAX_SAFE_INTEGER, min = 0): Setting {
  const read = (text: string): number | Refused => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min) return new Refused(`expecting an integer value greater than, or equal to ${min}`);
    return value <= max ? value : new Refused(`expecting a value between ${min} and ${max}`);
  };
  return { theirs: () => theirs, read };
}

function decimal(theirs: number): Setting {
  const read = (text: string): number | Refused =>
    /^\d+(\.\d*)?$|^\.\d+$/.test(text) ? Number(text) : new Refused('expecting a float value greater than, or equal to 0');
  return { theirs: () => theirs, read };
}

function choice(...words: [string, ...string[]]): Setting {
  const listed = `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;
  const read = (text: string): string | Refused => (words.includes(text) ? text : new Refused(`expecting ${listed} but got \`${text}\``));
  return { theirs: () => words[0], read };
}

const SETTINGS: Record<ConfigKey, Setting> = {
  listen_client_port: port(9200),
  bind_client_addr: text('127.0.0.1'),
  listen_node_port: port(9220),
  bind_node_addr: text('127.0.0.1'),
  ip_support: choice('ALL', 'IPV4ONLY', 'IPV6ONLY'),
  node_name: text((machine) => machine.hostName),
  pipe_client_name: text(''),
  http_status_port: port(0),
  http_api_port: port(0, 9210),
  ws_port: port(0, 9270),
  ws_cert_file: text(''),
  ws_key_file: text(''),
  storage_path: text(
    (machine) => (machine.isRoot ? '/var/lib/thingsdb/' : `${machine.home}/.thingsdb/`),
    (machine) => (machine.isRoot ? '/var/lib/thingscope/' : `${machine.home}/.thingscope/`),
  ),
  modules_path: text(
    (machine) => (machine.isRoot ? '/usr/lib/thingsdb-modules' : `${machine.home}/.thingsdb-modules/`),
    (machine) => (machine.isRoot ? '/usr/lib/thingscope-modules' : `${machine.home}/.thingscope-modules/`),
  ),
  wait_for_modules: whole(0, 120),
  python_interpreter: text('python'),
  gcloud_key_file: text(''),
  threshold_full_storage: whole(1000),
  result_size_limit: whole(20_971_520),
  // ThingsDB's is 160. Here short ones are worth it too.
  threshold_query_cache: whole(0),
  cache_expiration_time: whole(900),
  query_duration_warn: decimal(0),
  query_duration_error: decimal(0),
  zone: whole(0, 255),
  shutdown_period: whole(6),
  docs_url: text(''),
  durability: choice('strict', 'relaxed'),
  inline_sync_ms: decimal(INLINE_SYNC_MS),
  checkpoint_min_size: whole(CHECKPOINTS.minBytes, undefined, 1),
  checkpoint_factor: decimal(CHECKPOINTS.factor),
  log_keep_time: whole(KEEP.seconds),
  log_keep_size: whole(KEEP.bytes),
  audit: choice('off', 'on'),
  audit_text_size: whole(AUDIT_TEXT_SIZE),
  tls_cert_file: text(''),
  tls_key_file: text(''),
  http_api_origins: text(''),
  max_connections: whole(20_000, undefined, 1),
  max_request_size: whole(BODY_MAX, BODY_MAX, 1_024),
  max_client_buffer: whole(64 << 20, undefined, 65_536),
  busy_poll_us: whole(BUSY_POLL_US, 10_000),
  max_query_time: decimal(DEFAULT_LIMITS.milliseconds / 1_000),
  max_query_steps: whole(DEFAULT_LIMITS.steps, undefined, 1),
  max_futures: whole(DEFAULT_LIMITS.futures, undefined, 1),
  module_timeout: decimal(60),
  module_start_timeout: decimal(10),
  module_max_calls: whole(10_000, 60_000, 1),
  module_size_limit: whole(64 << 20, BODY_MAX, 1_024),
  module_max_restarts: whole(10),
  module_memory_limit: whole(256 << 20, undefined, 16 << 20),
  module_download_timeout: decimal(120),
  module_download_size: whole(100 << 20),
  module_download_files: whole(100, undefined, 1),
  etcd: text(''),
  etcd_prefix: text('thingscope'),
  etcd_user: text(''),
  etcd_password: text(''),
  etcd_ca_file: text(''),
  etcd_cert_file: text(''),
  etcd_key_file: text(''),
  codegen: choice('on', 'off'),
  login_attempts_per_address: whole(100),
  login_attempts_per_user: whole(30),
  login_attempts_seconds: whole(300),
  request_ids_memory: whole(ANSWERED_LIMITS.bytes),
  request_ids_keep: whole(ANSWERED_LIMITS.keepSeconds, undefined, 60),
  request_ids_answer_size: whole(ANSWERED_LIMITS.answerBytes, 1 << 20),
};
