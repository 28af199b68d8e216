/** A module as a child process, which speaks ThingsDB's module protocol on its standard input and output. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { getSystemErrorMap } from 'node:util';
import { ERR_HIGHEST, ERR_LOWEST } from '../errors/codes.ts';
import { modulePrograms as msg } from '../errors/messages/modules.ts';
import { QueryError, badDataErr } from '../errors/query-error.ts';
import { LOG_LEVEL } from '../host.ts';
import { KIND, Reader } from '../wire/msgpack.ts';
import { PacketReader, HEADER_BYTES, writeHeader } from '../wire/packet.ts';
import type { Program, ProgramEvents } from './program.ts';

/** Types of the packages; a configuration has the id 0, an answer that of its request. */
export const MODULE_PACKET = { conf: 64, confOk: 65, confError: 66, request: 80, response: 81, error: 82 } as const;

/** Those that only a server sends, by the names that ThingsDB's texts have for them. */
const TYPE_NAMES: Readonly<Record<number, string>> = { [MODULE_PACKET.conf]: 'MODULE_CONF', [MODULE_PACKET.request]: 'MODULE_REQ' };

/** Milliseconds that a process which has ended may leave its output open, as to a child of its own. */
const CLOSE_MS = 500;
/** Characters of a line that are logged at once. */
const LINE_MAX = 4_000;

export interface Command {
  /** The module's name, for texts. */
  readonly name: string;
  readonly file: string;
  /** Program that reads the file; null where the file is a program itself. */
  readonly interpreter: string | null;
  readonly packetBytes: number;
  /** Environment variables; those of this process unless it is given. */
  readonly env?: NodeJS.ProcessEnv;
}

export function startChild({ name, file, interpreter, packetBytes, env = process.env }: Command, events: ProgramEvents): Program {
  const child = spawn(interpreter ?? file, interpreter === null ? [] : [file], { stdio: 'pipe', windowsHide: true, env });
  const { stdin, stdout, stderr } = child;
  let over = false;
  const end = (tell: () => void): void => {
    if (over) return;
    over = true;
    tell();
  };
  const kill = (): void => void child.kill('SIGKILL');

  const reader = new PacketReader({ packet(type, id, bytes, from, to) {
    switch (type) {
      case MODULE_PACKET.confOk: return events.configured(true);
      case MODULE_PACKET.confError: return events.configured(false);
      case MODULE_PACKET.response: return events.answered(id, bytes.slice(from, to));
      case MODULE_PACKET.error: return events.answered(id, readError(name, new Reader(bytes, from, to)));
      default: return events.answered(id, badDataErr(msg.packetType(name, TYPE_NAMES[type] ?? 'UNKNOWN TYPE', type)));
    }
  } }, packetBytes);
  stdout.on('data', (chunk: Buffer) => {
    if (over || reader.broken || reader.push(chunk)) return;
    events.log(LOG_LEVEL.error, 'it has written something that is no package, or a too large one; it is killed');
    kill();
  });
  logLines(stderr, line => events.log(LOG_LEVEL.warning, line));
  // What cannot be written is told by the end of the process.
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => {});

  child.on('spawn', () => events.ready(null));
  child.on('error', (error: NodeJS.ErrnoException) => {
    if (child.pid === undefined) end(() => events.refused(whyRefused(error, interpreter)));
  });
  const exited = (code: number | null, signal: string | null): void => end(() => events.ended(signal ?? `exit status ${code}`));
  // What it wrote last is read first.
  child.on('close', exited);
  child.on('exit', (code, signal) => void setTimeout(() => {
    stdout.destroy();
    stderr.destroy();
    exited(code, signal);
  }, CLOSE_MS).unref());

  const send = (type: number, id: number, body: Uint8Array): void => {
    const packet = new Uint8Array(HEADER_BYTES + body.length);
    writeHeader(packet, 0, body.length, id, type);
    packet.set(body, HEADER_BYTES);
    stdin.write(packet);
  };
  return {
    configure: conf => send(MODULE_PACKET.conf, 0, conf),
    request: (id, body) => send(MODULE_PACKET.request, id, body),
    stop() {
      stdin.end();
      child.kill('SIGTERM');
    },
    kill,
  };
}

/** `[code, text]`. */
function readError(name: string, reader: Reader): QueryError {
  try {
    if (reader.kind() === KIND.array && reader.array() === 2 && reader.kind() === KIND.int) {
      const code = reader.int();
      if (reader.kind() === KIND.str && code !== 0) {
        if (code < ERR_LOWEST || code > ERR_HIGHEST) return badDataErr(msg.errorCode(name, code));
        return new QueryError(Number(code), reader.str());
      }
    }
  } catch (e) {
    if (!(e instanceof QueryError)) throw e;
  }
  return badDataErr(msg.errorData(name));
}

function whyRefused(error: NodeJS.ErrnoException, interpreter: string | null): string {
  if (interpreter !== null && error.code === 'ENOENT') return msg.noPython();
  return getSystemErrorMap().get(error.errno ?? 0)?.[1] ?? error.message;
}

/** Calls `log` for each line; one that does not end is cut. */
export function logLines(stream: Readable, log: (line: string) => void): void {
  const decoder = new StringDecoder();
  let kept = '';
  const flush = (text: string): void => {
    if (text.trim() !== '') log(text.trimEnd());
  };
  stream.on('data', (chunk: Buffer) => {
    const lines = (kept + decoder.write(chunk)).split('\n');
    kept = lines.pop()!;
    lines.forEach(flush);
    while (kept.length > LINE_MAX) {
      flush(kept.slice(0, LINE_MAX));
      kept = kept.slice(LINE_MAX);
    }
  });
  stream.on('end', () => flush(kept));
}
