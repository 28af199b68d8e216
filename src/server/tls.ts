/** Certificates: PEM texts from files, as the TCP, WebSocket and HTTP edges take them. */
import { existsSync, readFileSync } from 'node:fs';
import { ConfigError, type Config } from '../config/config.ts';
import type { Log } from '../config/log.ts';

/** PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What Node's TLS servers take. */
export function tlsOptions(certificate: Certificate) {
  return { ...certificate, minVersion: 'TLSv1.2' as const };
}

/** The certificate of two PEM texts; null when one of them is none. */
export function asCertificate(cert: string, key: string): Certificate | null {
  return /^-----BEGIN CERTIFICATE-----/.test(cert) && /^-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/.test(key) ? { cert, key } : null;
}

/** For TCP and the HTTP API. Who asks for it must get it: throws a {@link ConfigError} when the files are of no use. */
export function certificateOf({ tls_cert_file: cert, tls_key_file: key }: Config): Certificate | null {
  if (cert === '' && key === '') return null;
  if (cert === '' || key === '') throw new ConfigError('no TLS: tls_cert_file and tls_key_file go together');
  const read = readCertificate(cert, key);
  if (typeof read === 'string') throw new ConfigError(`no TLS: ${read}`);
  return read;
}

/** For WebSocket: its own or, when none is configured, that of the others. As ThingsDB, it goes without when its files are of no use. */
export function webSocketCertificate(config: Config, log: Log): Certificate | null {
  const { ws_cert_file: cert, ws_key_file: key } = config;
  if (cert === '' || key === '') return certificateOf(config);
  const read = readCertificate(cert, key);
  if (typeof read !== 'string') return read;
  log.warning(`${read}; WebSocket connections are not encrypted`);
  return null;
}

/** Why there is none, when there is none. */
function readCertificate(certFile: string, keyFile: string): Certificate | string {
  for (const file of [certFile, keyFile]) if (!existsSync(file)) return `there is no file \`${file}\``;
  return asCertificate(readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')) ?? `\`${certFile}\` and \`${keyFile}\` are no certificate and private key in PEM`;
}
