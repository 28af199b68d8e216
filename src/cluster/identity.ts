/** Which cluster a node belongs to, and as which node: a file in its storage directory. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { cluster as msg } from '../errors/messages/cluster.ts';
import { StoreError } from '../errors/store-error.ts';
import type { Invitation } from './node-port.ts';

const FILE = 'cluster.json';

/** The identity of the node in a directory; null when it is in no cluster. Throws a {@link StoreError} when it makes no sense. */
export function readIdentity(directory: string): Invitation | null {
  const path = join(directory, FILE);
  if (!existsSync(path)) return null;
  try {
    const { cluster, node, uid, address } = JSON.parse(readFileSync(path, 'utf8')) as Invitation;
    if (typeof cluster === 'string' && Number.isSafeInteger(node) && typeof uid === 'string' && typeof address === 'string') return { cluster, node, uid, address };
  } catch {
    // Said below.
  }
  throw new StoreError(msg.badIdentity(path));
}

/** Writes it so that it is there as a whole or not at all. */
export function writeIdentity(directory: string, identity: Invitation): void {
  const path = join(directory, FILE);
  const file = openSync(`${path}.part`, 'w');
  try {
    writeSync(file, JSON.stringify(identity));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.part`, path);
}

export function removeIdentity(directory: string): void {
  rmSync(join(directory, FILE), { force: true });
}
