/** Brings the files of a module from its repository, over GitHub's REST API. */
import { createWriteStream, mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { download as msg } from '../errors/messages/modules.ts';
import { isPython, type GithubSource } from '../system/modules.ts';
import { MANIFEST_FILE, readManifest, type ParsedManifest } from './manifest.ts';
import type { ModuleLimits } from './program.ts';

export const GITHUB_API = 'https://api.github.com';
/** What names the packages of a module in Python whose manifest does not. */
export const REQUIREMENTS_FILE = 'requirements.txt';

/** Why a module cannot be downloaded, for people: its text never holds the token. */
export class DownloadError extends Error {
  override name = 'DownloadError';
}

/** A file that is not there. */
class NotFound extends DownloadError {}

export interface DownloadOptions {
  readonly api: string;
  readonly limits: ModuleLimits;
  /** Ends it: its reason is thrown then. */
  readonly signal: AbortSignal;
}

/**
 * Writes the manifest, the main file for this platform and the included files into a folder; for a module in Python whose
 * manifest names no packages the file that does, if there is one. Throws a `DownloadError`, or a `ManifestError`; the
 * folder may hold some of the files then.
 */
export async function download(source: GithubSource, folder: string, { api, limits, signal }: DownloadOptions): Promise<ParsedManifest> {
  const bring = (file: string): Promise<void> => downloadFile(source, file, join(folder, file), api, limits.fileBytes, signal);
  await bring(MANIFEST_FILE);
  const parsed = readManifest(await readFile(join(folder, MANIFEST_FILE), 'utf8'));
  const { main, includes, requirements } = parsed;
  const files = new Set([main, ...includes]);
  if (files.size > limits.files) throw new DownloadError(msg.tooMany(files.size, limits.files));
  // One after another: GitHub asks for that.
  for (const file of files) await bring(file);
  if (isPython(main) && requirements === null) {
    await bring(REQUIREMENTS_FILE).catch((e: unknown) => {
      if (!(e instanceof NotFound)) throw e;
    });
  }
  return parsed;
}

async function downloadFile(source: GithubSource, file: string, to: string, api: string, maxBytes: number, signal: AbortSignal): Promise<void> {
  const { owner, repo, token, ref } = source;
  const path = file.split('/').map(encodeURIComponent).join('/');
  const url = `${api}/repos/${owner}/${repo}/contents/${path}${ref === '' ? '' : `?ref=${encodeURIComponent(ref)}`}`;
  const headers: Record<string, string> = { Accept: 'application/vnd.github.v3.raw', 'User-Agent': 'thingscope' };
  if (token !== '') headers['Authorization'] = `token ${token}`;
  const response = await reached(api, () => fetch(url, { headers, signal }));
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw whyNot(response, file, source);
  }
  // The folder may have been renamed, which has ended this: it must not be made again.
  signal.throwIfAborted();
  mkdirSync(dirname(to), { recursive: true });
  const bounded = async function* (body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new DownloadError(msg.tooLarge(file, maxBytes));
      yield chunk;
    }
  };
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  await reached(api, () => pipeline(body, bounded, createWriteStream(to)));
}

/** `fetch` tells in the cause of its error why a connection has failed. */
async function reached<T>(api: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (e) {
    if (!(e instanceof TypeError)) throw e;
    const { code, message } = (e.cause ?? e) as NodeJS.ErrnoException;
    throw new DownloadError(msg.notReached(new URL(api).host, message || String(code)));
  }
}

function whyNot({ status, headers }: Response, file: string, { owner, repo, token, ref }: GithubSource): DownloadError {
  const where = `github.com/${owner}/${repo}${ref === '' ? '' : `@${ref}`}`;
  if (status === 429 || (status === 403 && headers.get('x-ratelimit-remaining') === '0')) return new DownloadError(msg.tooManyRequests(where));
  switch (status) {
    case 401: return new DownloadError(msg.tokenRefused(where));
    case 403: return new DownloadError(msg.accessRefused(where));
    // What a private repository says, too, to those who may not see it.
    case 404: return new NotFound(msg.notFound(file, where, token !== ''));
    default: return new DownloadError(msg.status(file, where, status));
  }
}
