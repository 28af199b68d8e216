/** A dump that ThingsDB 1.9.3 made of a collection with every kind of value: what it holds is there after an import, on a replica too. */
import { expect, test } from 'vitest';
import { setup } from '../engine/setup.ts';

const DUMP = Buffer.from([
  '3AASzQXcrDEuOS4zLWFscGhhMZJLhaAAoM5rAoahoKVDb2xvcqACoJKjUkVEpUdSRUVOkkuFoAGgzmsChqGgpFNpemWgAqCSoVOhTJIjhqACoM5rAoahoKRDYXJkoMOgwqDC',
  'kiOGoACgzmsChqGgplBlcnNvbqDCoMKgwpIjhqABoM5rAoahoKNQZXSgwqDCoMKSM4egAqDOawKGoaDDoMKgwqCRkqRuYW1lo2FueaCBonVwxxcCfHRoaXN8dGhpcy5uYW1l',
  'LnVwcGVyKCmSM4egAKDOawKGoaDCoMKgwqCYkqRuYW1lo3N0cpKjYWdlpGludD+SpWxpa2VzpUNvbG9ykqRwZXRzpXtQZXR9kqR0YWdzpVtzdHJdkqNhbnmjYW55kqRib3Ju',
  'qGRhdGV0aW1lkqRiZXN0p1BlcnNvbj+ggaVoZWxsb8cZAnx0aGlzfGBoZWxsbyB7dGhpcy5uYW1lfWCSM4egAaDOawKGoaDCoMKgwqCSkqRuYW1lo3N0cpKlb3duZXKnUGVy',
  'c29uP6CAkjuFoAygznDb2ICgAKDHDAJ8dCx4fC5kb25lPXigkJJNgaEsk81AAAHeABOhbs9//////////6Fmyz+5mZmZmZmaoXOjw6knoWLEA2FiY6FskgGSApLAw6NzZXSB',
  'oSSSgaEsk81AAAKBoWEBgaEsk81AAAOBoWEConJlxwYBL15hJC9pomNsxwcCfHh8eCouZqFkgaEnk85lvXPw0QA8AaJ0doGhIpPOZVPxANEAAAChZYGhJZIAAaNlcnKBoSGS',
  'o2Jvb9CcpGRpY3SBoSyTzUAABIGlYSBrZXmRAaFwgaEukwAFmKRJcmlzBoGhJZIAAYGhJJGBoS6TAQiSo2RvZ9cFAAAAAAAAAAWRoWGBoSyTzUAABoGheJEBgaEnk85RJWOA',
  '0QAAAIGhLpMAB5ikQ2F0b8CBoSWSAACBoSSQkMCBoSeTzmsChqHRAAAAwKRyaW5ngaEsk81AAAmBom1l1wUAAAAAAAAACaRjYXJkgaEmkgLXBQAAAAAAAAAFpHJvb23XAwAA',
  'AAAAAAAKp2xpbWl0ZWSBoSyTzUAGC4GhYQOkdGFza9cEAAAAAAAAAAySTIOgAKCSkqNSRUSkI2YwMJKlR1JFRU6kIzBmMKCQkkyDoAGgkpKhU8s/+AAAAAAAAJKhTMtACgAA',
  'AAAAAKCQkj+CoAygksAFkhmFoM5rAoahoACgpHBldHOgAaClb3duZXKSIIOgo2FkZKDOawKGoaDHEgJ8YSxifHsnQWRkcy4nO2ErYn2ST5IKpWxvYmJ5',
].join(''), 'base64');

/** The server's own answer to it is below. */
const VIEW = `return [
  .n, .f, .s, .b, .l, .set.map(|t| t.a).sort(), str(.re), .cl(2), str(.d), .tv, .e.name(), str(.err), .dict.get('a key'),
  .p.name, .p.age, .p.likes.value(), .p.tags, .p.any.x, str(.p.born), .p.best.name, .p.pets.map(|p| p.owner.name), .p.hello(),
  .ring.me.id() == .ring.id(), .card.up(), room('lobby').id() == .room.id(), .limited.restriction(), .limited.a,
  add(1, 2), procedure_doc('add'), Size{L}.value(), tasks().map(|t| [str(t.at()), t.owner(), t.args()])
], 3;`;

const WANT = [
  9223372036854775807n, 0.1, "é'", new Uint8Array([97, 98, 99]), [1, [2, [null, true]]], [1, 2], '/^a$/i', 0.2, '2024-02-03T00:00:00+0100', 1700000000,
  'GREEN', 'boo', [1], 'Iris', 6, '#0f0', ['a'], [1], '2013-02-21T00:00:00Z', 'Cato', ['Iris'], 'hello Iris', true, 'IRIS', true, 'int', 3,
  3, 'Adds.', 3.25, [['2030-01-01T00:00:00Z', 'admin', [5]]],
];

function imported(options: string) {
  const s = setup();
  s.query(`d = base64_decode('${DUMP.toString('base64')}'); import(d${options});`);
  return s;
}

test('without tasks', () => {
  const { same } = imported('');
  expect(same('[.p.name, str(.task), tasks().len()];')).toEqual(['Iris', 'task:nil', 0]);
});

test('with tasks', () => {
  const { same } = imported(', {import_tasks: true}');
  expect(same(VIEW)).toEqual(WANT);
  expect(same('enums_info().map(|e| e.load().members);')).toEqual([[['RED', '#f00'], ['GREEN', '#0f0']], [['S', 1.5], ['L', 3.25]]]);
});
