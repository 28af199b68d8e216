/** What a start does with the store: makes one, loads the one that is there, wipes it first, or does not start. */
import type { StartOptions } from '../config/command-line.ts';
import type { Config } from '../config/config.ts';
import type { Log } from '../config/log.ts';
import { readIdentity, removeIdentity } from '../cluster/identity.ts';
import { cluster as msg } from '../errors/messages/cluster.ts';
import { Store, hasStore } from '../store/store.ts';

export interface StorageAnswer {
  /** Whether to make a store where none is. */
  readonly create: boolean;
  /** What it waits to be invited with, when it does. */
  readonly secret?: string;
  /** Whether to fetch the state of another node of the cluster in any case. */
  readonly rebuild?: boolean;
  /** Set when the server is not to start: its exit code. */
  readonly exit?: 0 | 1;
}

/** `dropIn`: started in the place of ThingsDB's binary, which makes no store unless it is told to. */
export async function prepareStorage(options: StartOptions, config: Config, dropIn: boolean, log: Log): Promise<StorageAnswer> {
  const path = config.storage_path;
  // Of a stateful set the node with number 0 is the first one.
  const init = options.init || (options.deploy && /(^|-)0$/.test(config.node_name));
  if (options.force && (hasStore(path) || readIdentity(path) !== null)) {
    if (!options.yes && !(await confirmed(`This removes all data in \`${path}\`. Type yes to go on: `))) return { create: false, exit: 0 };
    Store.wipe(path);
    removeIdentity(path);
    log.warning(`removed all data in \`${path}\``);
  }
  if (options.forgetNodes && readIdentity(path) !== null) {
    removeIdentity(path);
    log.warning(msg.forgotten(path));
  }
  const refuse = (why: string): StorageAnswer => {
    log.error(why);
    return { create: false, exit: 1 };
  };
  const isMember = readIdentity(path) !== null;
  // Changes that it would make on its own could never be brought together with those of the others.
  if (isMember && config.etcd === '') return refuse(msg.foreign(path));
  if (options.rebuild) return isMember ? { create: false, rebuild: true } : refuse(msg.nothingToRebuild(path));
  if (hasStore(path)) {
    if (init) log.warning(`\`${path}\` holds a store already: it is loaded, not initialized again`);
    return { create: false };
  }
  const secret = options.deploy && !init ? options.deploySecret || config.node_name : options.secret;
  // Once it has been invited it knows where it belongs.
  if (config.etcd !== '' && (secret !== '' || isMember)) return { create: false, secret };
  if (secret !== '') return refuse(msg.noInvitation());
  if (init || !dropIn) return { create: true };
  process.stdout.write(howToStart(path));
  return { create: false, exit: 0 };
}

function howToStart(path: string): string {
  return `
\`${path}\` holds no data yet. To begin with an empty database, start once with

    thingscope --init

(and the same configuration, if you use one). It begins with user \`admin\`, password \`pass\`, and collection \`stuff\`.

`;
}

async function confirmed(question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    // Without an answer, as when there is no terminal, nothing is removed.
    const end = new Promise<string>(resolve => terminal.once('close', () => resolve('')));
    return (await Promise.race([terminal.question(question), end])).trim().toLowerCase() === 'yes';
  } finally {
    terminal.close();
  }
}
