import { expect, test } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import { open, typesOf } from '../../src/index.ts';
import { moduleText } from '../../src/codegen/module.ts';
import { compile } from './compile.ts';

const RICH = `
set_enum('Color', {RED: 'red', GREEN: "it's"});
set_enum('Level', {LOW: -1, HIGH: 2, up: |this| this.value() + 1});
set_enum('Huge', {A: 9007199254740993});
set_enum('Ratio', {HALF: 0.5});
set_enum('Blob', {A: bytes('a'), B: bytes('b')});
set_enum('Spot', {HOME: {x: 1}});
set_type('Hidden', {a: 'str'}, HID);
new_type('Person');
set_type('Account', {
  key: '#', owner: 'Person', email: 'email', contacts: '[email]', digits: 'int<0:9>', big: 'int', u: 'uint?', f: 'float', n: 'number', s: 'str', u8: 'utf8<1:5>',
  r: 'raw', b: 'bytes', t: 'bool', dt: 'datetime', tv: 'timeval?', re: 'regex', cl: 'closure', er: 'error', ro: 'room', ta: 'task', a: 'any',
  p: '/a*/', pn: '/^x$/i?', th: 'thing', ti: 'thing<int?>', list: '[]', ints: '[int]', names: '[str?]?', set: '{}', people: '{Person}',
  color: 'Color{GREEN}', colors: '[Color]', any_enum: 'enum', hidden: 'Hidden?', greet: |this| 'hi'
});
set_type('Person', {name: 'str', account: 'Account?', friends: 'thing<Person>', shout: |this| {'Loud.'; this.name.upper()}});
set_type('_Person', {
  name: '&str?', account: '-Account?', level: '*Level', color: '*[Color]', friends: 'thing<Person>',
  kids: [{id: '#', name: 'str', pet: {race: 'str?'}}], summary: |this| 'computed'
}, WPO);
set_type('class', {self: '[class]'});
set_type('Schema', {});
new_procedure('add', |a, b| {'Adds two numbers. */ Truly.'; a + b});
new_procedure('new', |class, this| nil);
new_procedure('nothing', || nil);
`;

const EXPECTED = `// Written by \`thingscope types //stuff\`: make it anew when the schema changes.
import type { Dict, Plain, Ref } from 'thingscope';

`;

async function rich(): Promise<string> {
  const db = await open({ host: testHost() });
  await db.query('//stuff', RICH);
  const text = await typesOf(db, '//stuff');
  await db.close();
  return text;
}

test('a rich schema', async () => {
  expect(await rich()).toBe(EXPECTED);
});
