/** Where the REPL and `thingscope query` send queries: a database in this process or on a server. */
import { connect } from '../library/connect.ts';
import type { Database } from '../library/database.ts';
import { open } from '../library/open.ts';

export interface Target {
  readonly database: Database;
  /** For the prompt: the address, or '' for this process. */
  readonly name: string;
}

export interface TargetArgs {
  /** What is left of the arguments. */
  readonly rest: readonly string[];
  readonly url: string | null;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly token: string | undefined;
  readonly scope: string | undefined;
}

const OPTIONS = { '--user': 'user', '-u': 'user', '--password': 'password', '-p': 'password', '--token': 'token', '-t': 'token', '--scope': 'scope', '-s': 'scope' } as const;

/** Takes address and login out of a command's arguments. */
export function readTargetArgs(args: readonly string[]): TargetArgs {
  const given: Record<string, string | undefined> = {};
  const rest: string[] = [];
  let url: string | null = null;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const [name, inline] = arg.startsWith('--') && arg.includes('=') ? [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)] : [arg, undefined];
    const option = (OPTIONS as Record<string, string>)[name];
    if (option !== undefined) {
      const value = inline ?? args[++i];
      if (value === undefined) throw new Error(`${name} needs a value`);
      given[option] = value;
    } else if (url === null && rest.length === 0 && /^(wss?|tcp|tls|pipe):/.test(arg)) url = arg;
    else rest.push(arg);
  }
  return { rest, url, user: given['user'], password: given['password'], token: given['token'], scope: given['scope'] };
}

/**
 * `once`: for one command, which may take as long as it likes, and for which the loss of the connection is the end. A
 * session at a terminal goes on when the server is back.
 */
export async function openTarget({ url, user, password, token }: TargetArgs, once: boolean): Promise<Target> {
  if (url === null) return { database: await open(), name: '' };
  const options = {
    ...(once ? { reconnect: false, requestTimeout: 0 } : {}),
    ...(user === undefined ? {} : { user }), ...(password === undefined ? {} : { password }), ...(token === undefined ? {} : { token }),
  };
  return { database: await connect(url, options), name: url.replace(/^\w+:\/*/, '').replace(/\/$/, '') };
}
