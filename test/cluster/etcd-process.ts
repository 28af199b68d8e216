/** An etcd of its own for tests. On a Debian machine without one it is installed, when that is possible. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

export class EtcdProcess {
  readonly url: string;
  readonly process: ChildProcess;
  private readonly dir: string;

  private constructor(url: string, process: ChildProcess, dir: string) {
    this.url = url;
    this.process = process;
    this.dir = dir;
  }

  /** One that answers. It need not survive the machine: what is tested is not etcd. */
  static async start(): Promise<EtcdProcess> {
    const dir = mkdtempSync(join(tmpdir(), 'thingscope-etcd-'));
    const [client, peer] = [await freePort(), await freePort()];
    const [url, peerUrl] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
    const child = spawn('etcd', [
      '--data-dir', dir, '--log-level', 'error', '--listen-client-urls', url, '--advertise-client-urls', url, '--listen-peer-urls', peerUrl,
      '--initial-advertise-peer-urls', peerUrl, '--initial-cluster', `default=${peerUrl}`,
    ], { stdio: 'ignore' });
    const etcd = new EtcdProcess(url, child, dir);
    const ask = etcd.client();
    for (let tries = 0; ; tries++) {
      try {
        await ask.grant(2);
        ask.close();
        return etcd;
      } catch (e) {
        if (tries === 100 || child.exitCode !== null) throw e;
        await new Promise(resolve => setTimeout(resolve, 100));
      }
    }
  }

  client(): Etcd {
    return new Etcd({ endpoints: [this.url], login: null, tls: {}, timeoutMs: 2_000 });
  }

  async stop(): Promise<void> {
    const ended = new Promise(resolve => this.process.once('close', resolve));
    this.process.kill('SIGKILL');
    await ended;
    rmSync(this.dir, { recursive: true, force: true });
  }
}
