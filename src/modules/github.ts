/** Brings the files of a module from its repository, over GitHub's REST API. */
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { download as msg } from '../errors/messages/modules.ts';
import type { GithubSource } from '../system/modules.ts';
import { MANIFEST_FILE, readManifest } from './manifest.ts';
import type { ModuleLimits } from './program.ts';

export const GITHUB_API = 'https://api.github.com';

/** Why a module cannot be downloaded, for people: its text never holds the token. */
class DownloadError extends Error {
  override name = 'DownloadError';
}

export interface DownloadOptions {
  /** Where the API is: `https://api.github.com`. */
  readonly api: string;
  readonly limits: ModuleLimits;
  /** Ends it: what it throws then is of no interest. */
  readonly signal: AbortSignal;
}

/**
 * Writes the manifest, the main file for this platform and the included files into an empty folder. Throws a
 * `DownloadError`, or a `ManifestError`; the folder may hold some of the files then.
 */
export async function download(source: GithubSource, folder: string, { api, limits, signal }: DownloadOptions): Promise<void> {
  const timeout = AbortSignal.timeout(limits.downloadMs);
  const bring = (file: string): Promise<void> => downloadFile(source, file, join(folder, file), api, limits.fileBytes, AbortSignal.any([signal, timeout]));
  try {
    await bring(MANIFEST_FILE);
    const { main, includes } = readManifest(await readFile(join(folder, MANIFEST_FILE), 'utf8'));
    const files = new Set([main, ...includes]);
    if (files.size > limits.files) throw new DownloadError(msg.tooMany(files.size, limits.files));
    // One after another: GitHub asks for that.
    for (const file of files) await bring(file);
  } catch (e) {
    throw timeout.aborted ? new DownloadError(msg.tooSlow(limits.downloadMs / 1_000)) : e;
  }
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
    throw new DownloadError(whyNot(response, file, source));
  }
  await mkdir(dirname(to), { recursive: true });
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

function whyNot({ status, headers }: Response, file: string, { owner, repo, token, ref }: GithubSource): string {
  const where = `github.com/${owner}/${repo}${ref === '' ? '' : `@${ref}`}`;
  if (status === 429 || (status === 403 && headers.get('x-ratelimit-remaining') === '0')) return msg.tooManyRequests(where);
  switch (status) {
    case 401: return msg.tokenRefused(where);
    case 403: return msg.accessRefused(where);
    // What a private repository says, too, to those who may not see it.
    case 404: return msg.notFound(file, where, token !== '');
    default: return msg.status(file, where, status);
  }
}
