/** A collection goes to a file and from there to another server, or directory, with all that it holds. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { progress } from '../../src/backup/command.ts';
import { exportCommand } from '../../src/backup/export-command.ts';
import { importCommand } from '../../src/backup/import-command.ts';
import { open } from '../../src/index.ts';
import { Clients } from '../../src/server/clients.ts';
import { LocalBackend } from '../../src/server/local.ts';
import { listenTcp } from '../../src/server/tcp.ts';
import { told } from './told.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'thingscope-collections-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const FILL = `
  set_type('Man', {name: 'str'}); set_type('Team', {men: '{Man}'}); mod_type('Man', 'add', 'team', 'Team?'); mod_type('Man', 'rel', 'team', 'men');
  set_enum('Color', {RED: 1, BLUE: 2}); new_procedure('double', |x| x * 2);
  .team = Team{}; .team.men.add(Man{name: 'i'}, Man{name: 'j'}); .color = Color{BLUE}; .room = room(); .room.set_name('lobby');
  .task = task(datetime(2030, 1, 1), || 1); .many = range(20000).map(|i| {id: i});`;
const LOOK = `[.team.men.map(|m| [m.name, m.team.id() == .team.id()]), .color.name(), double(21), .room.name(), tasks().len(), .many.len(), .many[-1].id];`;

test('over a connection and from a directory, with relations, enums, procedures, rooms and tasks', async () => {
  const server = await open();
  const listener = await listenTcp(new Clients(new LocalBackend(server.engine)), { host: '127.0.0.1', port: 0 });
  const url = `tcp://127.0.0.1:${listener.port}`;
  const path = join(directory, 'data');
  const [dump, schema] = [join(directory, 'stuff.dump'), join(directory, 'stuff.ti')];
  try {
    await server.query(FILL);
    const { out } = await told(() => exportCommand([url, '//stuff', dump]));
    expect(out, 'no bar where there is no terminal').toBe(`exported //stuff to ${dump}, ${readFileSync(dump).length} bytes\n`);
    expect((await told(() => exportCommand([url, '//stuff', schema, '--schema']))).code).toBe(0);

    const local = await open({ path });
    await local.query('@t', `new_collection('schema');`);
    await local.close();
    expect((await told(() => importCommand([dump, '//stuff', '--path', path, '--tasks']))).out).toMatch(/^imported .*stuff\.dump into \/\/stuff/);
    expect((await told(() => importCommand([schema, '//schema', '--path', path]))).code).toBe(0);
    const copy = await open({ path });
    const want = await server.query(LOOK);
    expect(await copy.query(LOOK)).toEqual(want);
    expect(await copy.query('//schema', '[types_info().len(), enums_info().len(), double(4), root().len()];')).toEqual([2, 1, 8, 0]);
    await copy.close();

    // And back, to where there is something already, then to an empty one.
    const back = join(directory, 'back.dump');
    await told(() => exportCommand(['//stuff', back, '--path', path]));
    expect(await told(() => importCommand([back, url, '//stuff']))).toEqual({ out: expect.stringMatching(/collection not empty/), code: 1 });
    await server.query('@t', `new_collection('back');`);
    expect((await told(() => importCommand([back, url, '//back', '--tasks']))).code).toBe(0);
    expect(await server.query('//back', LOOK)).toEqual(want);
    writeFileSync(back, readFileSync(back).subarray(0, 5_000));
    await server.query('@t', `new_collection('cut');`);
    expect((await told(() => importCommand([back, url, '//cut']))).code).toBe(1);
    expect(await server.query('//cut', 'root().len();')).toBe(0);
  } finally {
    await listener.close();
    await server.close();
  }
});

test('the bar shows how far it is, on a terminal', () => {
  let now = 0;
  let text = '';
  const bar = progress('receiving', { isTTY: true, write: piece => (text += piece) }, () => (now += 60));
  bar.show(0, 100);
  bar.show(10, 100);
  bar.show(50, 100);
  bar.end();
  expect(text).toBe(`\rreceiving [${' '.repeat(30)}] 0%\rreceiving [${'#'.repeat(15)}${' '.repeat(15)}] 50%\r\x1b[K`);
});
