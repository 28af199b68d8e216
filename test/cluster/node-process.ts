/** A node of a cluster as a process that can be started again. */
import { mkdirSync } from 'node:fs';
import { expect } from 'vitest';
import { Server } from '../store/server-process.ts';

export class Node {
  readonly name: number;
  readonly dir: string;
  readonly port: number;
  server!: Server;
  private readonly program: string;
  private readonly settings: Record<string, string>;

  constructor(name: number, { program, dir, port, settings }: { readonly program: string; readonly dir: string; readonly port: number; readonly settings: Record<string, string> }) {
    this.name = name;
    this.program = program;
    this.dir = dir;
    this.port = port;
    this.settings = { listen_node_port: String(port), node_name: `n${name}`, shutdown_period: '1', ...settings };
    mkdirSync(dir);
  }

  start(...args: string[]): this {
    return this.startWith({}, ...args);
  }

  /** With other settings than its own. */
  startWith(settings: Record<string, string>, ...args: string[]): this {
    this.server = new Server(this.program, this.dir, args, { ...this.settings, ...settings });
    return this;
  }
}

/** Asks until the answer is the one that is wanted. */
export async function until(ask: () => Promise<unknown>, wanted: unknown): Promise<void> {
  for (let last: unknown, tries = 0; tries < 400; tries++) {
    try {
      last = await ask();
    } catch (e) {
      last = (e as Error).message;
    }
    if (JSON.stringify(last) === JSON.stringify(wanted)) return;
    if (tries === 399) expect(last).toEqual(wanted);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
