import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseCommandLine, type StartOptions } from '../../src/config/command-line.ts';
import { ConfigError, readConfig, type Config, type ConfigSource } from '../../src/config/config.ts';
import { levelOf, Log } from '../../src/config/log.ts';

const MACHINE = { hostName: 'host', home: '/home/me', isRoot: false };

function read(text: string | null, env: ConfigSource['env'] = {}, machine = MACHINE): { config: Config; warnings: readonly string[] } {
  return readConfig({ file: text === null ? null : { name: 't.conf', text }, env, machine });
}

describe('configuration', () => {
  test('of ours, when nothing is configured', () => {
    const { config, warnings } = read(null);
    expect(warnings).toEqual([]);
    expect(config).toMatchObject({
      ws_port: 9270, listen_client_port: 9200, http_api_port: 9210, bind_client_addr: '127.0.0.1', storage_path: '/home/me/.thingscope/', docs_url: '', durability: 'strict',
    });
    // Our own keys alone make no ThingsDB of it.
    expect(read(null, { THINGSDB_DOCS_URL: 'https://x', THINGSDB_DURABILITY: 'relaxed' }).config).toMatchObject({ ws_port: 9270, docs_url: 'https://x', durability: 'relaxed' });
  });

  test('of ThingsDB, with a file or one of its variables', () => {
    const theirs = {
      listen_client_port: 9200, bind_client_addr: '127.0.0.1', listen_node_port: 9220, bind_node_addr: '127.0.0.1', ip_support: 'ALL', node_name: 'host', pipe_client_name: '',
      http_status_port: 0, http_api_port: 0, ws_port: 0, ws_cert_file: '', ws_key_file: '', storage_path: '/home/me/.thingsdb/', modules_path: '/home/me/.thingsdb-modules/',
      wait_for_modules: 0, python_interpreter: 'python', gcloud_key_file: '', threshold_full_storage: 1000, result_size_limit: 20971520, threshold_query_cache: 0,
      cache_expiration_time: 900, query_duration_warn: 0, query_duration_error: 0, zone: 0, shutdown_period: 6,
    };
    expect(read('').config).toMatchObject(theirs);
    expect(read(null, { THINGSDB_ZONE: '3' }).config).toMatchObject({ ...theirs, zone: 3 });
    expect(read(null, { THINGSDB_INIT: '1' }).config).toMatchObject(theirs);
    expect(read('', {}, { ...MACHINE, isRoot: true }).config).toMatchObject({ storage_path: '/var/lib/thingsdb/', modules_path: '/usr/lib/thingsdb-modules' });
  });

  test('variables win over the file, the file over defaults', () => {
    const { config } = read('[thingsdb]\nlisten_client_port = 1\nws_port=2\n  bind_client_addr =  ::  \n', { THINGSDB_WS_PORT: '3' });
    expect(config).toMatchObject({ listen_client_port: 1, ws_port: 3, bind_client_addr: '::', http_api_port: 0 });
  });

  test('only its section counts; comments, unknown keys and empty values do not', () => {
    const { config, warnings } = read('# comment\n[other]\nws_port = 1\n[thingsdb]\r\nnope = 5\nnode_name =\r\n# ws_port = 9\nzone = 1\nzone = 2\n');
    expect(config).toMatchObject({ ws_port: 0, node_name: 'host', zone: 2 });
    expect(warnings).toEqual([]);
  });

  test('a bad value is a warning and the default', () => {
    const { config, warnings } = read('[thingsdb]\nlisten_client_port = abc\nhttp_api_port = 70000\nip_support = IPV9\nthreshold_query_cache = -1\nquery_duration_warn = x', { THINGSDB_WS_PORT: '' + -1 });
    expect(config).toMatchObject({ listen_client_port: 9200, http_api_port: 0, ip_support: 'ALL', threshold_query_cache: 0, query_duration_warn: 0, ws_port: 0 });
    expect(warnings).toEqual([
      'error reading `listen_client_port` in `t.conf` (expecting a value between 0 and 65535), using default value `9200`',
      'error reading `ip_support` in `t.conf` (expecting ALL, IPV4ONLY or IPV6ONLY but got `IPV9`), using default value `ALL`',
      'error reading `http_api_port` in `t.conf` (expecting a value between 0 and 65535), using default value `0`',
      'error reading environment variable `THINGSDB_WS_PORT` (expecting a value between 0 and 65535), using default value `0`',
      'error reading `threshold_query_cache` in `t.conf` (expecting an integer value greater than, or equal to 0), using default value `0`',
      'error reading `query_duration_warn` in `t.conf` (expecting a float value greater than, or equal to 0), using default value `0`',
    ]);
  });

  test('each key is in the guide, with its default', () => {
    const guide = readFileSync(new URL('../../docs/guides/operations.md', import.meta.url), 'utf8');
    const theirs = read('').config;
    const ours = read(null).config;
    for (const key of Object.keys(theirs) as (keyof Config)[]) {
      const [, keys, defaults] = guide.split('\n').map(line => line.split('|').map(cell => cell.trim())).find(([, keys]) => keys?.split(', ').includes(key)) ?? [];
      expect(keys, `${key} is missing`).toBeDefined();
      if (!/path|node_name/.test(key)) expect([key, defaults]).toEqual([key, expect.stringContaining([...new Set([theirs[key], ours[key]])].join(' / '))]);
    }
  });

  test('bounds cannot be nothing', () => {
    const { config, warnings } = read('[thingsdb]\nmax_connections = 0\nmax_client_buffer = 10\nmax_request_size = 2000000000');
    expect(config).toMatchObject({ max_connections: 20_000, max_client_buffer: 67_108_864, max_request_size: 1_073_741_824 });
    expect(warnings.length).toBe(3);
  });

  test('an error duration raises the warning to it', () => {
    expect(read('[thingsdb]\nquery_duration_error = 2.5\nquery_duration_warn = 1').config).toMatchObject({ query_duration_warn: 2.5, query_duration_error: 2.5 });
    expect(read('[thingsdb]\nquery_duration_error = 0.5\nquery_duration_warn = 2').config).toMatchObject({ query_duration_warn: 2 });
  });

  test.each([
    ['listen_client_port = 5', 'cannot read `t.conf` (got a line without a section)'],
    ['; no comment', 'cannot read `t.conf` (got a line without a section)'],
    ['[thingsdb]\ngarbage', 'cannot read `t.conf` (missing equal sign in at least one line)'],
  ])('the file %j makes no sense', (text, message) => {
    expect(() => read(text)).toThrow(new ConfigError(message));
  });
});

describe('the command line', () => {
  const parse = (line: string, env = {}): ReturnType<typeof parseCommandLine> => parseCommandLine('thingscope', line.split(' ').filter((arg) => arg !== ''), env);
  const options = (line: string, env = {}): Partial<StartOptions> => {
    const command = parse(line, env);
    if (command.kind !== 'start') throw new Error(JSON.stringify(command));
    return command.options;
  };

  test('as the test harness starts it', () => {
    expect(options('--config /tmp/t0.conf --log-level info --log-colorized --init')).toEqual({
      config: '/tmp/t0.conf', init: true, secret: '', force: false, yes: false, deploy: false, deploySecret: '', rebuild: false, autoRebuild: false, forgetNodes: false, logLevel: 'info', logColorized: true,
    });
    expect(options('-c f -l debug --secret s --force -y')).toMatchObject({ config: 'f', logLevel: 'debug', secret: 's', force: true, yes: true });
    expect(options('--config=f --auto-rebuild')).toMatchObject({ config: 'f', autoRebuild: true });
    expect(options('')).toMatchObject({ config: '', logLevel: 'warning' });
  });

  test('variables mean the same', () => {
    expect(options('', { THINGSDB_INIT: '1', THINGSDB_AUTO_REBUILD: 'true' })).toMatchObject({ init: true, autoRebuild: true });
    expect(options('', { THINGSDB_INIT: '0', THINGSDB_SECRET: 'x' })).toMatchObject({ init: false, secret: 'x' });
    expect(options('', { THINGSDB_INIT: 'maybe' })).toMatchObject({ init: false });
    expect(parse('', { THINGSDB_INIT: '1', THINGSDB_SECRET: 'x' })).toEqual({ kind: 'print', text: '--secret cannot be used together with --init\n', code: 1 });
  });

  test('help and version', () => {
    expect(parse('--version')).toEqual({ kind: 'version' });
    expect(parse('-v -c x')).toEqual({ kind: 'version' });
    const help = parse('--help');
    expect(help).toMatchObject({ kind: 'print', code: 0 });
    for (const flag of ['--config', '--init', '--secret', '--force', '--yes', '--deploy', '--rebuild', '--auto-rebuild', '--forget-nodes', '--log-level', '--log-colorized', '--version'])
      expect((help as { text: string }).text).toContain(flag);
  });

  test.each([
    ['--init --secret x', '--secret cannot be used together with --init'],
    ['--force', '--force must be used with --secret or --init'],
    ['--deploy --rebuild', '--rebuild cannot be used together with --deploy'],
    ['--deploy --init', '--deploy cannot be used together with --init'],
    ['--rebuild --secret x', '--rebuild cannot be used together with --secret'],
    ['--forget-nodes --rebuild', '--forget-nodes cannot be used together with --rebuild'],
  ])('%s is refused', (line, text) => {
    expect(parse(line)).toEqual({ kind: 'print', text: `${text}\n`, code: 1 });
  });

  test.each([
    ['--nope', 'unrecognized argument: --nope'],
    ['extra', 'unrecognized argument: extra'],
    ['-l foo', "argument -l/--log-level: invalid choice: 'foo'"],
    ['--config', 'argument -c/--config: expected one argument'],
    ['--init=1', 'argument --init: takes no value'],
  ])('%s is wrong', (line, text) => {
    const command = parse(line);
    expect(command).toMatchObject({ kind: 'print', code: 1 });
    expect((command as { text: string }).text).toMatch(/^usage: thingscope /);
    expect((command as { text: string }).text.endsWith(`thingscope: error: ${text}\n`)).toBe(true);
  });
});

test('log lines', () => {
  const lines: string[] = [];
  const now = (): Date => new Date(2026, 10, 22, 0, 32, 12);
  const plain = new Log(levelOf('info'), false, (text) => lines.push(text), now);
  plain.debug('not shown');
  plain.info('start listening for client connections on TCP port 9200');
  plain.critical('é');
  plain.level = levelOf('debug');
  plain.debug('shown');
  new Log(levelOf('warning'), true, (text) => lines.push(text), now).warning('coloured');
  expect(lines).toEqual([
    '[I 2026-11-22 00:32:12] start listening for client connections on TCP port 9200\n',
    '[C 2026-11-22 00:32:12] é\n',
    '[D 2026-11-22 00:32:12] shown\n',
    '\x1b[33m[W 2026-11-22 00:32:12]\x1b[0m coloured\n',
  ]);
});
