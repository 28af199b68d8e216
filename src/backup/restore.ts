/** Puts the content of a backup in the place of everything: what the function `restore` does, and `thingscope restore`. */
import { removeTasksOf } from '../collection/task-events.ts';
import { Engine } from '../engine.ts';
import { restore as msg } from '../errors/messages/admin.ts';
import { badDataErr, operationErr, QueryError } from '../errors/query-error.ts';
import { LOG_LEVEL, type RestoreRequest } from '../host.ts';
import { takeSnapshot } from '../snapshot/take.ts';
import { PRIVILEGE } from '../system/access.ts';
import type { System } from '../system/system.ts';
import type { User } from '../system/user.ts';
import { loadBackup, readBackupHead } from './backup-file.ts';

/** Bytes of a snapshot that are one change of a cluster at most. */
const CLUSTER_BYTES = 512 << 20;

/** What keeps the state; see `Store.replace`. */
export interface Keeper {
  replace(other: Engine): Promise<void>;
}

/** A state that is kept nowhere. */
export function memoryKeeper(engine: Engine): Keeper {
  return {
    async replace(other) {
      other.system.changeId = engine.changeId + 1;
      engine.replaceState(other);
    },
  };
}

/** A state that is kept as a change of a cluster: all its nodes make it, at one place in their order. */
export function clusterKeeper(engine: Engine, leads: () => boolean): Keeper {
  return {
    async replace(other) {
      const { changeId } = engine;
      const pieces: Uint8Array[] = [];
      const snapshot = takeSnapshot(other);
      let bytes = 0;
      for (let piece = snapshot.next(); piece !== null; piece = snapshot.next()) {
        pieces.push(piece);
        bytes += piece.length;
        if (bytes > CLUSTER_BYTES) throw operationErr(msg.tooLarge(CLUSTER_BYTES >> 20), 'thingsdb-api/restore');
        await new Promise(setImmediate);
      }
      if (engine.changeId !== changeId || !leads()) throw operationErr(msg.changed(), 'thingsdb-api/restore');
      engine.changeState(other, Buffer.concat(pieces));
    },
  };
}

/** What `restore` of a host's node does. One at a time. */
export function restorer(engine: Engine, keeper: Keeper): (request: RestoreRequest) => () => Promise<void> {
  let busy = false;
  return request => {
    if (busy) throw operationErr(msg.busy(), 'thingsdb-api/restore');
    const { changeId } = told(request.file, () => readBackupHead(request.file));
    const since = engine.changeId;
    return async () => {
      if (busy) throw operationErr(msg.busy(), 'thingsdb-api/restore');
      busy = true;
      try {
        await restore(engine, since, keeper, request);
        engine.host.log(LOG_LEVEL.warning, `restored \`${request.file}\`, the state after change ${changeId}, as change ${engine.changeId}`);
      } catch (e) {
        throw explained(request.file, e);
      } finally {
        busy = false;
      }
    };
  };
}

async function restore(engine: Engine, since: number, keeper: Keeper, { file, user, takeAccess, tasks }: RestoreRequest): Promise<void> {
  const other = new Engine({ host: engine.host });
  await loadBackup(other, file);
  // They would be gone, though they were acknowledged.
  if (engine.changeId !== since) throw operationErr(msg.changed(), 'thingsdb-api/restore');
  if (!tasks) removeTasks(other.system);
  keepNodes(other.system, engine.system);
  if (takeAccess) giveAccess(other.system, engine.system.usersById.get(user)!);
  // What a client was answered, this request too, is no part of what is restored.
  other.system.answered.takeOver(engine.system.answered);
  await keeper.replace(other);
}

function removeTasks(system: System): void {
  for (const to of [system.replica, ...system.replicas.values()]) {
    for (const owner of new Set(to.planner.tasks.map(task => task.owner))) removeTasksOf(to, owner);
  }
  for (const collection of system.collections) collection.sweep();
}

/** A backup tells which nodes its cluster had, not which are there. */
function keepNodes(to: System, from: System): void {
  to.nodes.clear();
  for (const [id, node] of from.nodes) to.nodes.set(id, node);
}

/** The only user, with full access to all. */
function giveAccess(system: System, user: User): void {
  for (const other of [...system.users]) system.removeUser(other);
  system.addUser(user);
  for (const token of user.tokens) system.tokens.set(token.id, token);
  for (const masks of system.access.values()) masks.set(user.id, PRIVILEGE.FULL);
}

function told<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (e) {
    throw explained(file, e);
  }
}

/** The file is at fault, or the disk. */
function explained(file: string, e: unknown): QueryError {
  if (e instanceof QueryError) return e;
  return badDataErr((e as NodeJS.ErrnoException).code === 'ENOENT' ? msg.noFile(file) : (e as Error).message);
}
