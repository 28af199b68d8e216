/** The status service: plain HTTP for probes of load balancers and Kubernetes. No login. */
import { createServer, type ServerResponse } from 'node:http';
import type { NodeStatus } from './backend.ts';
import { listen, type Listener, type Place } from './listen.ts';

/** What the service needs to know of the node; it also answers while nothing else listens yet. */
export interface StatusSource {
  readonly status: NodeStatus;
  /** True while a node that synchronizes should get requests all the same: with --deploy, while another one is off. */
  readonly readyWhileSynchronizing?: boolean;
}

export function listenHttpStatus(source: StatusSource, place: Place): Promise<Listener> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET') {
      reply(response, 405, 'METHOD NOT ALLOWED');
      return;
    }
    switch (request.url) {
      case '/':
      case '/status':
        replyStatus(response, source.status);
        return;
      case '/ready':
        if (isReady(source)) reply(response, 200, 'OK');
        else reply(response, 503, 'NOK');
        return;
      case '/healthy':
        reply(response, 200, 'OK');
        return;
      default:
        reply(response, 404, 'NOT FOUND');
    }
  });
  return listen(server, place);
}

function replyStatus(response: ServerResponse, status: NodeStatus): void {
  if (status === 'READY' || status === 'SYNCHRONIZING') reply(response, 200, status);
  else if (status === 'AWAY' || status === 'AWAY_SOON') reply(response, 200, 'AWAY');
  else reply(response, 503, 'NOK');
}

function isReady({ status, readyWhileSynchronizing }: StatusSource): boolean {
  return status === 'READY' || status === 'AWAY' || status === 'AWAY_SOON' || (status === 'SYNCHRONIZING' && readyWhileSynchronizing === true);
}

function reply(response: ServerResponse, code: number, word: string): void {
  const body = `${word}\n`;
  response.writeHead(code, { 'Content-Type': 'text/plain', 'Content-Length': body.length, Connection: 'close' });
  response.end(body);
}
