/**
 * Who may use the HTTP API from within a web page of another origin. Browsers ask before they send (a "preflight"), and show a
 * page the answer only when it names that page's origin.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Origins that may, as `https://app.example.org`; `*` stands for all. */
export type Origins = ReadonlySet<string>;

export function parseOrigins(text: string): Origins {
  return new Set(text.split(',').map(origin => origin.trim().replace(/\/$/, '')).filter(origin => origin !== ''));
}

/** Adds what the browser asks for to a response; true when that was all, and is sent. */
export function answerCors(origins: Origins, request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers;
  if (origins.size === 0 || origin === undefined) return false;
  // What is kept of this answer is not to be given to another origin.
  response.setHeader('Vary', 'Origin');
  if (!origins.has('*') && !origins.has(origin)) return false;
  response.setHeader('Access-Control-Allow-Origin', origin);
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false;
  response.writeHead(204, {
    'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key',
    'Access-Control-Max-Age': MAX_AGE,
  });
  response.end();
  return true;
}

/** Seconds that a browser may remember the answer. */
const MAX_AGE = 3600;
