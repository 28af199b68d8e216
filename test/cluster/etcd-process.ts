/** An etcd of its own for tests. On a Debian machine without one it is installed, when that is possible. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { only, startingWith } from '../../src/cluster/coordinator.ts';
import { Etcd } from '../../src/cluster/etcd.ts';

const has = (command: string): boolean => spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;

/** Why there is no etcd; '' when there is. */
export function missingEtcd(): string {
  if (has('etcd')) return '';
  const why = 'etcd is not installed (Debian: apt-get install etcd-server)';
  if (process.getuid?.() !== 0 || !has('apt-get')) return why;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = (): boolean => spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'etcd-server'], { stdio: 'ignore', env }).status === 0;
  if (!install()) {
    spawnSync('apt-get', ['update'], { stdio: 'ignore', env });
    install();
  }
  return has('etcd') ? '' : why;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise(resolve => void server.close(resolve));
  return port;
}

/** A self-signed pair for the name `localhost`, which stands for the authority, the server and the client. */
const file = (name: string): string => fileURLToPath(new URL(`../server/localhost.${name}`, import.meta.url));
export const PAIR = { certFile: file('cert'), keyFile: file('key') };

export class EtcdProcess {
  readonly url: string;
  private readonly certificates: boolean;
  private readonly process: ChildProcess;
  private readonly dir: string;

  private constructor(url: string, certificates: boolean, dir: string, args: readonly string[]) {
    this.url = url;
    this.certificates = certificates;
    this.dir = dir;
    this.process = spawn('etcd', args, { stdio: 'ignore' });
  }

  /**
   * One that answers. It need not survive the machine: what is tested is not etcd. With `tls` it shows the certificate of
   * `localhost`; with `certificates` it talks to those alone who show it too.
   */
  static async start({ tls = false, certificates = false }: { readonly tls?: boolean; readonly certificates?: boolean } = {}): Promise<EtcdProcess> {
    const dir = mkdtempSync(join(tmpdir(), 'thingscope-etcd-'));
    const [client, peer] = [await freePort(), await freePort()];
    const scheme = tls ? 'https' : 'http';
    const [url, peerUrl] = [`${scheme}://${tls ? 'localhost' : '127.0.0.1'}:${client}`, `http://127.0.0.1:${peer}`];
    const { certFile, keyFile } = PAIR;
    const etcd = new EtcdProcess(url, certificates, dir, [
      '--data-dir', dir, '--log-level', 'error', '--listen-client-urls', `${scheme}://127.0.0.1:${client}`, '--advertise-client-urls', url, '--listen-peer-urls', peerUrl,
      '--initial-advertise-peer-urls', peerUrl, '--initial-cluster', `default=${peerUrl}`,
      ...(tls ? ['--cert-file', certFile, '--key-file', keyFile] : []),
      ...(certificates ? ['--client-cert-auth', '--trusted-ca-file', certFile] : []),
    ]);
    await etcd.answers();
    return etcd;
  }

  private async answers(): Promise<void> {
    for (let tries = 0; ; tries++) {
      const ask = this.client();
      try {
        await ask.read(only('x'));
        return;
      } catch (e) {
        if (tries === 100 || this.process.exitCode !== null) throw e;
        await new Promise(resolve => setTimeout(resolve, 100));
      } finally {
        ask.close();
      }
    }
  }

  client(login: { readonly name: string; readonly password: string } | null = null): Etcd {
    return new Etcd({ endpoints: [this.url], login, tls: this.tls, timeoutMs: 2_000 });
  }

  /** From now on it asks for a login; this one may use the keys that begin with a prefix. */
  async askForLogin({ name, password }: { readonly name: string; readonly password: string }, prefix: string): Promise<void> {
    const { from, to } = startingWith(prefix);
    const range = { key: Buffer.from(from).toString('base64'), range_end: Buffer.from(to).toString('base64') };
    for (const [path, body] of [
      ['user/add', { name: 'root', password }], ['role/add', { name: 'root' }], ['user/grant', { user: 'root', role: 'root' }],
      ['user/add', { name, password }], ['role/add', { name }], ['role/grant', { name, perm: { permType: 'READWRITE', ...range } }], ['user/grant', { user: name, role: name }],
      ['enable', {}],
    ] as const) await this.post(`auth/${path}`, body);
  }

  /** Ends all that is logged in by that name, as a new password does, which is the old one here. */
  async endLogins({ name, password }: { readonly name: string; readonly password: string }): Promise<void> {
    const { token } = JSON.parse(await this.post('auth/authenticate', { name: 'root', password })) as { readonly token: string };
    await this.post('auth/user/changepw', { name, password }, { authorization: token });
  }

  private post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<string> {
    const send = this.url.startsWith('https:') ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const request = send(`${this.url}/v3/${path}`, { method: 'POST', headers, ...this.tls }, response => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error(text))));
      });
      request.once('error', reject).end(JSON.stringify(body));
    });
  }

  /** What a client of it needs. */
  get tls(): { readonly ca?: string; readonly cert?: string; readonly key?: string } {
    const { certFile, keyFile } = PAIR;
    const [cert, key] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')];
    return { ...(this.url.startsWith('https:') ? { ca: cert } : {}), ...(this.certificates ? { cert, key } : {}) };
  }

  async stop(): Promise<void> {
    const ended = new Promise(resolve => this.process.once('close', resolve));
    this.process.kill('SIGKILL');
    await ended;
    rmSync(this.dir, { recursive: true, force: true });
  }
}
