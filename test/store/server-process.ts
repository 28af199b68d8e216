/** The real program as a process of its own, for tests that kill it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { connect, type RemoteDatabase } from '../../src/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the program for one test file; answers where it is. It lies below the project, so that it finds its packages. */
export async function buildProgram(name: string): Promise<string> {
  const dir = join(root, 'dist', `test-${name}-${process.pid}`);
  await build({
    absWorkingDir: root, entryPoints: { cli: 'src/main.ts' }, outdir: dir, bundle: true, format: 'esm', platform: 'node', splitting: true,
    target: 'es2022', packages: 'external', alias: { chevrotain: join(root, 'node_modules/chevrotain/lib/chevrotain.mjs') }, define: { __VERSION__: '"0.0.0-test"' }, logLevel: 'error',
  });
  writeFileSync(join(dir, 'start.mjs'), "import { main } from './cli.js';\nawait main(process.argv.slice(2));\n");
  return dir;
}

export class Server {
  readonly process: ChildProcess;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  /** All that it wrote. */
  output = '';
  private readonly pipe: string;
  private readonly watchers = new Set<() => void>();

  /** Starts it with its data in `dir`/data. `wrapper` is a command that starts the program. */
  constructor(program: string, dir: string, args: readonly string[], settings: Record<string, string> = {}, wrapper: readonly string[] = []) {
    this.pipe = join(dir, 'pipe');
    rmSync(this.pipe, { force: true });
    const config = { listen_client_port: '0', pipe_client_name: this.pipe, storage_path: join(dir, 'data'), ...settings };
    const file = join(dir, 'thingsdb.conf');
    writeFileSync(file, `[thingsdb]\n${Object.entries(config).map(([key, value]) => `${key} = ${value}\n`).join('')}`);
    const [command, ...rest] = [...wrapper, process.execPath, join(program, 'start.mjs'), '--config', file, '--log-level', 'info', ...args];
    this.process = spawn(command!, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout!, this.process.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        this.output += chunk.toString();
        this.watchers.forEach(look => look());
      });
    }
    this.ended = new Promise(resolve => this.process.once('close', (code, signal) => resolve({ code, signal })));
  }

  /** Resolves when it has written a text; rejects when it ends before. */
  async says(text: string): Promise<void> {
    let look = (): void => {};
    const said = new Promise<void>(resolve => {
      look = () => void (this.output.includes(text) && resolve());
      this.watchers.add(look);
      look();
    });
    const ended = this.ended.then(() => {
      if (!this.output.includes(text)) throw new Error(`it ended without saying \`${text}\`:\n${this.output}`);
    });
    await Promise.race([said, ended]);
    this.watchers.delete(look);
  }

  get url(): string {
    return `pipe:${this.pipe}`;
  }

  async client(): Promise<RemoteDatabase> {
    await this.says('to READY');
    return connect(this.url);
  }

  /** Stops it in good order; answers its exit code. */
  async stop(): Promise<number | null> {
    this.process.kill('SIGTERM');
    return (await this.ended).code;
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }
}

/** Increments `.n`, so many at a time, until `enough` says so or the server is gone; counts what was sent and acknowledged. */
export async function increment(db: RemoteDatabase, inFlight: number, enough: (acknowledged: number) => boolean): Promise<{ sent: number; acknowledged: number }> {
  const count = { sent: 0, acknowledged: 0 };
  let done = false;
  // One whose answer was lost is not asked for again.
  const once = db.with({ repeat: false });
  const worker = async (): Promise<void> => {
    while (!done) {
      count.sent++;
      try {
        await once.query('.n += 1;');
      } catch {
        done = true;
        return;
      }
      count.acknowledged++;
      if (enough(count.acknowledged)) done = true;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return count;
}
