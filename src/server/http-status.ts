/** The status service: plain HTTP for probes of load balancers and Kubernetes, and for Prometheus. No login. */
import { createServer, type ServerResponse } from 'node:http';
import type { NodeStatus } from './backend.ts';
import { listen, type Listener, type Place } from './listen.ts';
import type { Metrics } from './metrics.ts';

/** What the service needs to know of the node; it also answers while nothing else listens yet. */
export interface StatusSource {
  readonly status: NodeStatus;
}

export function listenHttpStatus(source: StatusSource, metrics: Metrics, place: Place): Promise<Listener> {
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
      case '/metrics':
        replyMetrics(response, metrics).catch(() => reply(response, 500, 'NOK'));
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

function isReady({ status }: StatusSource): boolean {
  return status === 'READY' || status === 'AWAY' || status === 'AWAY_SOON';
}

async function replyMetrics(response: ServerResponse, metrics: Metrics): Promise<void> {
  send(response, 200, metrics.contentType, await metrics.text());
}

function reply(response: ServerResponse, code: number, word: string): void {
  send(response, code, 'text/plain', `${word}\n`);
}

function send(response: ServerResponse, code: number, type: string, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(code, { 'Content-Type': type, 'Content-Length': body.length, Connection: 'close' });
  response.end(body);
}
