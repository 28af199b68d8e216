/** A session's transport over a socket of Node: TCP, TLS or a UNIX pipe. */
import type { Socket } from 'node:net';
import type { Transport } from './session.ts';

export class SocketTransport implements Transport {
  readonly address: string;
  protected readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
    this.address = socket.remoteAddress ?? '';
  }

  /** Made when it is needed: few are ever named. A socket that was asked where it comes from remembers it. */
  get name(): string {
    return socketName(this.socket);
  }

  get pending(): number {
    return this.socket.writableLength;
  }

  write(bytes: Uint8Array): boolean {
    if (this.socket.destroyed || this.socket.writableEnded) return true;
    this.socket.write(bytes);
    // The socket hands over to the operating system at once what that takes at once.
    return this.socket.writableLength === 0;
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    endSoon(this.socket);
  }

  later(run: () => void): void {
    setImmediate(run);
  }
}

/** Sends the end after what was written; who then neither reads nor closes is cut off. */
export function endSoon(socket: Socket): void {
  if (socket.destroyed) return;
  // What still comes is thrown away, so that the other side's end is seen.
  socket.removeAllListeners('data');
  socket.resume();
  socket.end();
  const timer = setTimeout(() => socket.destroy(), END_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}

/** How long the other side has to close, once it was told to. */
export const END_MS = 2_000;

function socketName(socket: Socket): string {
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress === undefined) return 'pipe';
  return remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
