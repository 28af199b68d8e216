/**
 * Runs recorded cases against an engine in this process, as packages: through the same session and codec that
 * serve clients, only without a socket.
 */
import type { Engine } from '../engine.ts';
import { LocalBackend } from '../server/local.ts';
import { DEFAULT_SESSION_OPTIONS, Session, Shared, type Transport } from '../server/session.ts';
import { Reader, Writer } from '../wire/msgpack.ts';
import { HEADER_BYTES, PACKET, PacketReader, writeHeader } from '../wire/packet.ts';
import { packJson, unpackJson, type Case, type Json, type Outcome, type Step } from './case.ts';

/** Runs one case on a new engine that `open` makes. Error texts end with addresses below `docsUrl`, should it be given. */
export async function runCase(c: Case, open: () => Engine, docsUrl = ''): Promise<Outcome[]> {
  const engine = open();
  const backend = new LocalBackend(engine);
  const ids = new Map<number, string>();
  const channels = new Map<string, Channel>();
  const out: Outcome[] = [];
  let ticked = engine.host.now();
  for (const step of c.steps) {
    // Tasks run once a second, as on a server.
    if (engine.host.now() - ticked >= 1) {
      ticked = engine.host.now();
      await engine.tick();
    }
    const auth = step.auth ?? ['admin', 'pass'];
    const key = JSON.stringify(auth);
    let channel = channels.get(key);
    if (channel === undefined) {
      channel = new Channel(backend, docsUrl);
      const refused = await channel.login(auth);
      if (refused !== null) {
        out.push(refused);
        continue;
      }
      channels.set(key, channel);
    }
    out.push(await channel.query(step, ids));
  }
  return out;
}

interface Answer {
  readonly type: number;
  readonly body: Uint8Array;
}

/** A connection without a socket: one request at a time. */
class Channel {
  private readonly session: Session;
  private answered: (answer: Answer) => void = () => {};

  constructor(backend: LocalBackend, docsUrl: string) {
    const packets = new PacketReader({ packet: (type, pid, bytes, from, to) => {
      if (pid === PID) this.answered({ type, body: bytes.slice(from, to) });
    } }, DEFAULT_SESSION_OPTIONS.maxBody);
    const transport: Transport = {
      name: 'case',
      pending: 0,
      write: bytes => packets.push(bytes.slice()),
      pause: () => {},
      resume: () => {},
      close: () => {},
      later: run => queueMicrotask(run),
    };
    this.session = new Session(backend, transport, new Shared(), false, { ...DEFAULT_SESSION_OPTIONS, docsUrl });
  }

  /** Null when it went well. */
  async login(auth: Json): Promise<Outcome | null> {
    const { type, body } = await this.request(PACKET.auth, w => packJson(w, auth));
    return type === PACKET.ok ? null : outcome(type, body, new Map());
  }

  async query(step: Step, ids: Map<number, string>): Promise<Outcome> {
    const { type, body } = await this.request(PACKET.query, w => {
      w.array(step.vars === undefined ? 2 : 3);
      packJson(w, step.scope === undefined ? '//stuff' : step.scope);
      packJson(w, step.q);
      if (step.vars !== undefined) packJson(w, step.vars);
    });
    return outcome(type, body, ids);
  }

  private request(type: number, pack: (w: Writer) => void): Promise<Answer> {
    const w = new Writer();
    w.reserve(HEADER_BYTES);
    pack(w);
    writeHeader(w.bytes, 0, w.pos - HEADER_BYTES, PID, type);
    return new Promise(resolve => {
      this.answered = resolve;
      this.session.receive(w.copy());
    });
  }
}

/** Of the request under way; what comes without being asked for has another one. */
const PID = 1;

function outcome(type: number, body: Uint8Array, ids: Map<number, string>): Outcome {
  const value = unpackJson(new Reader(body), ids);
  if (type !== PACKET.error) return { ok: value };
  const { error_code: code, error_msg: msg } = value as { error_code: number; error_msg: string };
  return { err: { code, msg } };
}
