/** The database that `export` and `import` talk to: on a server, Thingscope's or ThingsDB's own, or in a directory. */
import { existsSync } from 'node:fs';
import { dialNode } from '../client/node-transport.ts';
import type { Dial } from '../client/transport.ts';
import { isRead } from '../engine.ts';
import type { Database } from '../library/database.ts';
import { open } from '../library/open.ts';
import { connectTo } from '../library/remote.ts';
import { HEADER_BYTES, readHeader } from '../wire/packet.ts';
import { UsageError, type Arguments, type Progress } from './command.ts';

export const TARGET_OPTIONS = { path: 'string', user: 'string', password: 'string', token: 'string' } as const;
export const TARGET_USAGE = '[--user NAME --password TEXT | --token KEY | --path DIR]';

/** Where `thingscope serve` listens. */
const LOCAL_SERVER = 'ws://127.0.0.1:9270';

/** Takes an address out of the values, if there is one; `bar` shows how much of an answer has come. */
export function takeTarget({ values, options }: Arguments, bar: Progress): { readonly values: readonly string[]; open(): Promise<Database> } {
  const url = values.find(value => /^(wss?|tcp|tls|pipe):/.test(value)) ?? null;
  const { path } = options;
  if (typeof path === 'string' && url !== null) throw new UsageError('an address or --path, not both');
  return {
    values: values.filter(value => value !== url),
    async open() {
      if (typeof path !== 'string') return connectOnce(url ?? LOCAL_SERVER, options, bar);
      if (!existsSync(path)) throw new Error(`there is no directory \`${path}\``);
      return open({ path });
    },
  };
}

/** For one request, which may take as long as it likes. */
function connectOnce(url: string, options: Arguments['options'], bar: Progress): Promise<Database> {
  const login = Object.fromEntries(['user', 'password', 'token'].flatMap(name => (options[name] === undefined ? [] : [[name, options[name]]])));
  return connectTo(url, { reconnect: false, requestTimeout: 0, ...login }, { dial: watched(dialNode(), bar), isRead });
}

/** Follows the packages that come: the length of each stands at its start. */
function watched(dial: Dial, bar: Progress): Dial {
  return (url, handlers) => {
    const header = new Uint8Array(HEADER_BYTES);
    let at = 0;
    let length = 0;
    const follow = (chunk: Uint8Array): void => {
      for (let i = 0; i < chunk.length;) {
        if (at < HEADER_BYTES) {
          header[at++] = chunk[i++]!;
          if (at === HEADER_BYTES) length = readHeader(header, 0)?.length ?? 0;
        } else {
          const part = Math.min(HEADER_BYTES + length - at, chunk.length - i);
          at += part;
          i += part;
          bar.show(at - HEADER_BYTES, length);
        }
        if (at >= HEADER_BYTES && at === HEADER_BYTES + length) at = 0;
      }
    };
    return dial(url, {
      ...handlers,
      received(chunk) {
        follow(chunk);
        handlers.received(chunk);
      },
    });
  };
}
