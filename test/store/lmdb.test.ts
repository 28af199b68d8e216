import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open as openLmdb } from 'lmdb';
import { afterAll, describe, expect, test } from 'vitest';
import { open } from '../../src/index.ts';
import { LmdbDisk } from '../../src/store/lmdb.ts';
import { storeCases } from './store.cases.ts';

const root = mkdtempSync(join(tmpdir(), 'thingscope-store-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;

describe('on LMDB', () => {
  storeCases(() => {
    const path = join(root, String(++count));
    return {
      handle: () => new LmdbDisk(path),
      async damage(id, change) {
        const env = openLmdb<Buffer, number>({ path, encoding: 'binary', overlappingSync: false, noSubdir: false });
        const changed = change(new Uint8Array(env.get(id)!));
        if (changed === null) env.removeSync(id);
        else env.putSync(id, Buffer.from(changed));
        await env.close();
      },
    };
  });
});

describe('the library on a path', () => {
  test('keeps what was done', async () => {
    const path = join(root, 'library');
    const db = await open({ path });
    await db.query('.greeting = "Hello"; .n = 0;');
    await Promise.all(Array.from({ length: 100 }, () => db.query('.n += 1;')));
    await db.close();
    await expect(db.query('.n += 1')).rejects.toMatchObject({ name: 'node_err' });
    const again = await open({ path });
    expect(await again.query('[.greeting, .n]')).toEqual(['Hello', 100]);
    await again.close();
  });

  test('a path is opened once at a time', async () => {
    const path = join(root, 'once');
    const db = await open({ path });
    await expect(open({ path })).rejects.toThrow(/is used by this process already/);
    await db.close();
    await (await open({ path })).close();
  });

  test('a path that cannot be used is named', async () => {
    await expect(open({ path: '/dev/null/x' })).rejects.toThrow(/cannot use `\/dev\/null\/x`/);
  });
});
