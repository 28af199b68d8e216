import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import { open, typesOf, type Plain } from '../../src/index.ts';
import { typesCommand } from '../../src/codegen/types-command.ts';
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


const db = await open({ host: testHost() });
await db.query('//stuff', RICH);
const text = await typesOf(db, '//stuff');
afterAll(() => db.close());

test('a rich schema', async () => {
  await expect(text).toMatchFileSnapshot('./rich.expected.txt');
});

/** An answer as a literal of TypeScript. */
function literal(value: Plain): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Uint8Array) return `new Uint8Array([${[...value].join()}])`;
  if (Array.isArray(value)) return `[${value.map(literal).join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${literal(item)}`).join()}}`;
}

async function answers(): Promise<[type: string, answer: Plain][]> {
  await db.query('.a = Account{owner: Person{name: "Iris"}, big: 9007199254740993, hidden: Hidden{}}; .a.owner.account = .a; .a.people.add(.a.owner);');
  const account = (code: string): Promise<Plain> => db.query(code);
  return [
    ['Account', await account('.a')],
    ['Account', await account('return .a, 2, NO_IDS;')],
    ['Account', await account('nse(Account{owner: Person{}});')],
    ["Ref<Account, 'key'>", await account('return .a, 0;')],
    ['Ref<Account>', await account('return Account{owner: Person{}}, 0;')],
    ['Hidden', await account('.a.hidden;')],
    ['Ref<Hidden>', await account('return .a.hidden, 0;')],
    ['_Person', await account('.a.owner.wrap("_Person");')],
    ['_Person', await account('return .a.owner.wrap("_Person"), 3, NO_IDS;')],
    ['_Person', await account('return {name: "x", level: Level{HIGH}, color: [Color{RED}], kids: [{name: "y", pet: {race: nil}}]}.wrap("_Person"), 2;')],
    ['Color[]', await account('[Color{RED}, Color{GREEN}];')],
    ['Huge', await account('Huge{A};')],
    ['Blob', await account('Blob{B};')],
    ['Level', await account('Level{LOW};')],
    ['Ratio', await account('Ratio{HALF};')],
    ['Spot', await account('Spot{HOME};')],
  ];
}

const USES = `
import { connect, open, typesOf, type Database } from 'thingscope';
import type { Account, Person, Schema } from './schema.ts';
const db = await open<Schema>();
const remote = await connect<Schema>('ws://127.0.0.1:9270');
const sum = await db.run('//stuff', 'add', [1, new Date()]);
await remote.run('//stuff', 'add', { a: 1 });
await db.run('//stuff', 'nothing');
await db.run('//stuff', 'nothing', []);
await db.run('//stuff', 'new', [1n, null]);
await typesOf(db, '//stuff');
export const either: Database = sum === null ? db : remote;
export const same: Database<Schema> = db;
const [account] = await db.query<Account[]>('[.a]');
if (account !== undefined && 'name' in account.owner) account.owner.name.toUpperCase();
export function name(person: Schema['types']['Person'] & Person): string { return person.name; }
interface WithRooms extends Schema { rooms: { chat: { message: [text: string, by: string] } } }
const chats = await connect<WithRooms>(['ws://a', 'ws://b'], { tls: { ca: '' } });
const chat = await chats.room('//stuff', 'chat').join();
export const off = chat.on('message', (text, by) => text.length + by.length);
await chat.emit('message', 'hello', 'Iris');
for await (const { event, args } of chat) console.log(event, args[0].length);
await chats.room('//stuff', 'other').emit('anything', 1);
await chats.room<{ tick: [n: number] }>('//stuff', 5).emit('tick', 1);
export const n: number = await chats.with({ timeout: 500 }).query<number>\`.n + \${1}\`;
`;

const UNTYPED = `
import { connect, open, type Plain } from 'thingscope';
const db = await open();
const any: Plain = await db.run('//stuff', 'whatever', [1, 'x']);
const one: number = await db.run('//stuff', 'whatever', { a: any });
export const two = (await (await connect('')).run<string>('//stuff', String(one))).length;
`;

/** Each of these must be refused, with this in the message. */
const REFUSED: Readonly<Record<string, readonly [code: string, message: string]>> = {
  'a wrong procedure': ["await db.run('//stuff', 'ad', [1, 2]);", '\'"ad"\' is not assignable to parameter of type \'"add" | "new" | "nothing"\''],
  'a wrong procedure on a server': ["await remote.run('//stuff', 'ad', [1, 2]);", '"ad"'],
  'too few arguments': ["await db.run('//stuff', 'add', [1]);", 'readonly [a: unknown, b: unknown]'],
  'too many arguments': ["await db.run('//stuff', 'add', [1, 2, 3]);", "'[number, number, number]' is not assignable"],
  'no arguments': ["await db.run('//stuff', 'add');", 'Expected 3 arguments, but got 2'],
  'a result that is not known': ["export const n: number = await db.run('//stuff', 'nothing');", "Type 'Plain' is not assignable to type 'number'"],
  'a wrong event': ["const chat = remote.room<{ message: [text: string] }>('//stuff', 'chat');\nchat.on('massage', () => {});", '"massage"'],
  'wrong arguments of an event': ["await remote.room<{ message: [text: string] }>('//stuff', 'chat').emit('message', 5);", "'number' is not assignable to parameter of type 'string'"],
  'a thing that may be an id alone': ["const { owner } = (await db.query<Account>('.a'));\nowner.name;", "Property 'name' does not exist on type 'Ref<Person>'"],
};

test('the compiler takes what it should, and nothing else', async () => {
  const bad = Object.values(REFUSED).map(([code]) =>
    `import { connect, open } from 'thingscope';\nimport type { Account, Schema } from './schema.ts';\nexport let a: Account;\nexport const db = await open<Schema>();\n`
    + `export const remote = await connect<Schema>('');\n${code}\n`);
  const fitting = (await answers()).map(([type, answer], i) => `export const a${i}: s.${type} = ${literal(answer)};\n`).join('').replaceAll('s.Ref<', 'Ref<s.');
  const said = compile({
    schema: text, uses: USES, untyped: UNTYPED, empty: moduleText({ scope: '//x', types: [], enums: [], procedures: [] }),
    fitting: `import type { Ref } from 'thingscope';\nimport type * as s from './schema.ts';\n${fitting}`, hostile: HOSTILE,
    ...Object.fromEntries(bad.map((module, i) => [`bad${i}`, module])),
  });
  for (const name of ['schema', 'uses', 'untyped', 'empty', 'fitting', 'hostile']) expect(said[name], `${name}.ts`).toEqual([]);
  Object.entries(REFUSED).forEach(([name, [, message]], i) => {
    expect(said[`bad${i}`]!.length, name).toBe(1);
    expect.soft(said[`bad${i}`]![0], name).toContain(message);
  });
});

/** Every word that TypeScript keeps for itself, and what no ThingsDB server should send. */
const WORDS = ('abstract any arguments as asserts async await bigint boolean class const constructor declare enum_ eval extends function get global implements import infer '
  + 'interface_ intrinsic is keyof let module_ namespace never object of package Plain private public readonly Record Ref require set_ static string super symbol '
  + 'this type typeof Uint8Array undefined unique unknown using var void while with yield Array Promise Object Dict Schema __proto__').split(' ');
const HOSTILE = moduleText({
  scope: '//a\nexport const x = 1;',
  types: WORDS.map(name => ({
    name, wrap_only: false, hide_id: false, methods: {},
    fields: [...WORDS.map((word): [string, string] => [word, name]), ["it's", 'str'], ['next', 'of a newer server'], ['p', '/*/ export const x = 1; /*'], ['l', `[${name}?]`]],
  })),
  enums: [{ name: 'a-b', members: [['X', "'; export const x = 1; '\\"], ['Y', '\u2028\n'], ['Z', NaN]] }, { name: '1', members: [] }],
  procedures: [...WORDS, "'"].map(name => ({ name, doc: '*/ export const x = 1;\n/*\n\n', arguments: [...WORDS, 'a', 'a', 'a b'] })),
});

test('names and texts stay what they are', () => {
  expect(HOSTILE).not.toMatch(/^export const/m);
  expect(HOSTILE).toContain("    Schema: Schema_;\n");
});

/** What the command prints, on which stream. */
async function command(...args: string[]): Promise<{ out: string; err: string }> {
  const said = { out: '', err: '' };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(text => Boolean((said.out += String(text))));
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(text => Boolean((said.err += String(text))));
  const { exitCode } = process;
  try {
    await typesCommand(args);
  } finally {
    process.exitCode = exitCode;
    out.mockRestore();
    err.mockRestore();
  }
  return said;
}

test('the command', async () => {
  const path = mkdtempSync(join(tmpdir(), 'thingscope-'));
  const stored = await open({ path });
  await stored.query('//stuff', RICH);
  await stored.close();
  expect(await command('--path', path, '//stuff')).toEqual({ out: text, err: '' });
  expect((await command('--path', path, '@t')).err).toContain('`types_info` is undefined in the `@thingsdb` scope');
  rmSync(path, { recursive: true });
  expect((await command('--path', path, '//stuff')).err).toBe(`there is no directory \`${path}\`\n`);
  expect(existsSync(path)).toBe(false);
  for (const args of [[], ['//stuff', 'more'], ['--nope'], ['ws://x', '--path', path, '//stuff']]) expect((await command(...args)).err).toMatch(/^usage: thingscope types/);
});

test('the example of the page', async () => {
  const page = readFileSync(new URL('../../docs/guides/typescript.md', import.meta.url), 'utf8');
  const [code, module] = [...page.matchAll(/^```(?:thingsdb|ts).*\n([^]*?)^```$/gm)].map(found => found[1]!);
  const fresh = await open({ host: testHost() });
  await fresh.query('//stuff', code!);
  const [, ...lines] = (await typesOf(fresh, '//stuff')).split('\n');
  expect(lines.join('\n')).toBe(module);
  await fresh.close();
});
