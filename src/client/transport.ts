/** What carries packages: one socket of some kind, and how one is opened where there is nothing but the web's. */
import { client as msg } from '../errors/messages/client.ts';

export interface Transport {
  send(bytes: Uint8Array): void;
  close(): void;
}

export interface TransportHandlers {
  readonly opened: () => void;
  readonly received: (chunk: Uint8Array) => void;
  /** Called once or more; the first reason counts. */
  readonly closed: (reason: Error) => void;
}

/** Starts to connect. Throws at once when it cannot make sense of the address. */
export type Dial = (url: string, handlers: TransportHandlers) => Transport;

/** For browsers, workers and whatever else has the web's `WebSocket`. */
export const dialWeb: Dial = (url, handlers) => {
  if (!/^wss?:/.test(url)) throw new TypeError(msg.webAddress(url));
  return overWebSocket(new WebSocket(url), handlers);
};

/** Our part of the web's `WebSocket`, which the package `ws` has too. */
export interface WebSocketLike {
  binaryType: string;
  send(bytes: Uint8Array): void;
  close(): void;
  addEventListener(type: 'open' | 'close', run: () => void): void;
  addEventListener(type: 'message', run: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'error', run: (event: { readonly message?: string }) => void): void;
}

export function overWebSocket(socket: WebSocketLike, { opened, received, closed }: TransportHandlers): Transport {
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', opened);
  socket.addEventListener('message', ({ data }) => {
    if (data instanceof ArrayBuffer) received(new Uint8Array(data));
    else closed(new Error(msg.notThisProtocol()));
  });
  // A browser does not say what went wrong.
  socket.addEventListener('error', ({ message }) => closed(new Error(message || msg.connectionClosed())));
  socket.addEventListener('close', () => closed(new Error(msg.connectionClosed())));
  return socket;
}
