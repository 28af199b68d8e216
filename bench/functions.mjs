/**
 * `npm run bench:functions -- ours=tcp://… theirs=tcp://… [part of a row's name …]`
 *
 * One row for each thing that programs do often: functions on values of all kinds, and small programs. Prints the ratio of the first
 * server's rate to each other's, the lowest first: where a server is slow is seen there. Each query works for a while, so
 * that the way to the server and back hardly counts; all are reads, so that no disk does.
 */
import { LoadClient, loadOver, queryPacket } from './client.mjs';

const SCOPE = '//stuff';
const WARM_UP_MS = 200;
const MEASURE_MS = 80;
const ROUNDS = 5;

const PREPARE = [
  "has_type('Part') || set_type('Part', {name: 'str', age: 'int', tags: '[str]', best: 'Part?'});",
  "has_type('Aged') || set_type('Aged', {age: 'int', older: |this, by| this.age + by});",
  '.aged = range(2000).map(|i| Aged{age: i}); nil;',
  "has_enum('Level') || set_enum('Level', {LOW: 1, MIDDLE: 2, HIGH: 3});",
  "has_procedure('sum_of') || new_procedure('sum_of', |a, b, c| a + b * c);",
  '.ints = range(10000); .floats = range(10000).map(|i| i * 1.5); .strs = range(10000).map(|i| `str {i}`); nil;',
  '.text = range(2000).map(|i| `word{i} and more`).join(" "); .levels = range(5000).map(|i| i % 2 == 0 ? Level{LOW} : Level{HIGH}); nil;',
  '.things = range(5000).map(|i| {id: i, name: `n {i}`, size: {w: i, h: 2}}); .deep = {a: {b: {c: {d: 1}}}}; nil;',
  '.parts = range(5000).map(|i| Part{name: `p{i}`, age: i % 100, tags: ["a", "b"]}); nil;',
  '.one = set(range(5000).map(|i| {i:})); .other = set(range(5000).map(|i| {i:})); nil;',
  '.dict = {}; for (i in range(5000)) .dict.set(`key {i}`, i); nil;',
  '.when = datetime(2024, 1, 1, "Europe/Amsterdam"); .nested = range(1000).map(|i| [i, [i, [i]]]); nil;',
];

const ROWS = {
  'ints: sum': 'n = 0; for (i in range(10)) n += .ints.sum(); n;',
  'ints: reverse, slice, copy': 'n = 0; for (i in range(10)) n += .ints.reverse()[100:9000].copy().len(); n;',
  'ints: index of the last': 'n = 0; for (i in range(10)) n += .ints.index_of(9999); n;',
  'ints: unique': '.ints.unique().len();',
  'ints: count by closure': '.ints.count(|x| x % 3 == 0);',
  'ints: sum by each': 'n = 0; .ints.each(|x| n += x); n;',
  'ints: find the last': '.ints.find(|x| x == 9999);',
  'ints: some, every': '.ints.some(|x| x > 9998) && .ints.every(|x| x >= 0);',
  'ints: by index': 'n = 0; l = .ints; for (i in range(5000)) n += l[i]; n;',
  'ints: push': 'l = []; for (i in range(10000)) l.push(i); l.len();',
  'ints: pop': 'l = .ints.copy(); for (i in range(5000)) l.pop(); l.len();',
  'ints: insert in the middle': 'l = .ints.copy(); for (i in range(500)) l.splice(100, 1, i, i); l.len();',
  'ints: extend, fill': 'l = .ints.copy(); l.extend(.ints); l.fill(3); l.len();',
  'ints: remove by closure': 'l = .ints.copy(); l.remove(|x| x % 2 == 0); l.len();',
  'ints: assign by index': 'l = [0, 1, 2]; for (i in range(3000)) l[i % 3] = i; l;',
  'ints: arithmetic': 'n = 0; for (i in range(20000)) n += i * 3 % 7 - 1; n;',
  'ints: division': 'n = 0; for (i in range(1, 5000)) n += 1000000 / i; n;',
  'ints: bits': 'n = 0; for (i in range(20000)) n ^= (i << 2) & 255 | 1; n;',
  'ints: beyond 53 bits': 'n = 1; for (i in range(2000)) n = (n * 31 + 4611686018427387) % 90071992547409911; n;',
  'ints: random': 'n = 0; for (i in range(1000)) n += randint(0, 10); n;',
  'floats: sum': 'n = 0.0; for (i in range(10)) n += .floats.sum(); n;',
  'floats: map': '.floats.map(|x| x * 2.0 + 1.0).len();',
  'floats: compare': 'n = 0; for (x in .floats) x > 7500.0 && n += 1; n;',
  'floats: sort': '.floats.sort(true).len();',
  'floats: arithmetic': 'n = 0.0; for (i in range(20000)) n += i * 0.5; n;',
  'floats: sqrt, sin': 'n = 0.0; for (i in range(5000)) n += sqrt(i) + sin(i); n;',
  'floats: to str': 'n = 0; for (x in .floats[:2000]) n += str(x).len(); n;',
  'strs: upper, len, slice of a long one': 'n = 0; for (i in range(10)) n += .text.upper()[10:20000].len(); n;',
  'strs: characters of a long one': "n = 0; t = .text; for (i in range(1000)) t[i] == 'a' && n += 1; n;",
  'strs: replace': ".text.replace('and', 'or').len();",
  'strs: replace by regular expression': '.text.replace(/w(o)rd/, |m, o| o).len();',
  'strs: split': ".text.split(' ').len();",
  'strs: search': "n = 0; for (i in range(50)) .text.contains('zzz') && n += 1; n;",
  'strs: append': "s = ''; for (i in range(2000)) s += 'abc'; s.len();",
  'strs: templates': 'n = 0; for (i in range(1000)) n += `{i}: {i * 2} of {i + 1}`.len(); n;',
  'strs: trim': 'n = 0; for (i in range(1000)) n += `  a{i} `.trim().len(); n;',
  'strs: compare': "n = 0; for (s in .strs) s > 'str 5' && n += 1; n;",
  'strs: starts with': "n = 0; for (s in .strs) s.starts_with('str 1') && n += 1; n;",
  'strs: regular expression': 'n = 0; for (s in .strs[:2000]) /1[0-9]+/.test(s) && n += 1; n;',
  'strs: sort': '.strs.sort().len();',
  'strs: to int': 'n = 0; for (s in .strs) n += int(s[4:]); n;',
  'strs: join ints': ".ints.map(|i| str(i)).join('-').len();",
  'bytes: base64': 'base64_decode(base64_encode(bytes(.text))).len();',
  'bytes: of short strs': "n = 0; for (i in range(1000)) n += bytes('hello').len(); n;",
  'dates: make': 'n = 0; for (i in range(1000)) n += int(datetime(1700000000 + i)); n;',
  'dates: format': "n = 0; for (i in range(500)) n += .when.format('%Y-%m-%d').len(); n;",
  'dates: move': "d = .when; for (i in range(500)) d = d.move('days', 1); str(d);",
  'things: make': "range(2000).map(|i| {a: i, b: 'x', c: [1]}).len();",
  'things: make typed ones': "range(1000).map(|i| Part{name: 'x', age: i}).len();",
  'things: properties': 'n = 0; for (t in .things) n += t.size.w + t.size.h; n;',
  'things: a long chain of properties': 'n = 0; for (i in range(2000)) n += .deep.a.b.c.d; n;',
  'things: optional chain': 'n = 0; for (p in .parts) { p..best..age; n += 1; }; n;',
  'things: methods of a type': 'n = 0; for (p in .aged) n += p.older(3); n;',
  'things: set properties': 't = {}; for (i in range(1000)) { t.x = i; t.y = i; t.z = i; }; t.x;',
  'things: assign': 'x = {a: 1}; for (i in range(1000)) x.assign({b: i, c: 2}); x;',
  'things: copy': '.things.map(|t| t.copy(2)).len();',
  'things: as a result': 'return .things, 3;',
  'things: typed ones as a result': 'return .parts, 2;',
  'things: wraps as a result': "return .things.map_wrap('Part'), 1;",
  'things: sort by a property': '.parts.sort(|p| p.age).len();',
  'things: sort by comparison': '.parts.sort(|a, b| a.age > b.age ? 1 : -1).len();',
  'things: filter, map, sort': '.parts.filter(|p| p.age > 50).map(|p| {name: p.name, age: p.age * 2}).sort(|p| p.age).len();',
  'things: group': 'g = {}; for (p in .parts) { k = `a{p.age}`; g.has(k) ? g[k].push(p.age) : g.set(k, [p.age]); }; g.len();',
  'things: look for one': 'n = 0; for (i in range(5)) n += root().search(.things[4000]).len(); n;',
  'things: to JSON': 'json_dump(.parts[:500]).len();',
  'dictionaries: get': 'n = 0; for (i in range(1000)) n += .dict[`key {i}`]; n;',
  'dictionaries: fill': 'd = {}; for (i in range(2000)) d.set(`k {i}`, i); d.len();',
  'dictionaries: each': 'n = 0; .dict.each(|k, v| n += v); n;',
  'dictionaries: map, filter': '.dict.map(|k, v| v + 1).len() + .dict.filter(|k, v| v % 2 == 0).len();',
  'dictionaries: keys, values': '.dict.keys().len() + .dict.values().len();',
  'dictionaries: as a result': 'return .dict, 1;',
  'sets: union, intersection, difference': '(.one | .other).len() + (.one & .other).len() + (.one - .other).len();',
  'sets: has': 'n = 0; for (t in .one) .one.has(t) && n += 1; n;',
  'sets: each, map, reduce': 'n = 0; .one.each(|t| n += t.i); n + .one.map(|t| t.i).len() + .one.reduce(|a, t| a + t.i, 0);',
  'sets: filter': '.one.filter(|t| t.i > 10).len();',
  'sets: make': 'set(.things).len();',
  'sets: as a result': 'return .one, 1;',
  'enumerators: values': 'n = 0; for (e in .levels) n += e.value(); n;',
  'enumerators: compare': '.levels.filter(|e| e == Level{LOW}).len();',
  'calls: of a closure': 'f = |x| x + 1; n = 0; for (i in range(10000)) n = f(n); n;',
  'calls: of a procedure': 'n = 0; for (i in range(3000)) n += sum_of(i, 2, 3); n;',
  'calls: of built-ins': 'n = 0; for (i in range(5000)) n += abs(-i) + int(is_int(i)); n;',
  'calls: recursive': 'f = |n, so| n <= 0 ? so : f(n - 1, so + n); s = 0; for (i in range(200)) s += f(20, 0); s;',
  'errors: try': 'n = 0; for (i in range(1000)) { is_err(try(1 / 0)) && n += 1; }; n;',
  'errors: raise': "n = 0; for (i in range(500)) { try(raise('x')); n += 1; }; n;",
  'programs: sieve': 'n = 5000; l = range(n).map(|x| true); for (i in range(2, 71)) if (l[i]) { for (j in range(i * i, n, i)) l[j] = false; }; l.count(true);',
  'programs: matrix': 'm = range(20).map(|i| range(20).map(|j| i * j)); s = 0; for (i in range(20)) for (j in range(20)) for (k in range(20)) s += m[i][k] * m[k][j]; s;',
  'programs: count words': "d = {}; for (w in .text.split(' ')) d.has(w) ? d.set(w, d[w] + 1) : d.set(w, 1); d.len();",
  'programs: nested loops': 's = 0; for (i in range(150)) for (j in range(150)) s += i * j; s;',
  'programs: flatten': 'n = 0; for (i in range(5)) n += .nested.flat(3).len(); n;',
};

const args = process.argv.slice(2);
const servers = args.filter(arg => arg.includes('=')).map(arg => [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)]);
const wanted = args.filter(arg => !arg.includes('='));
if (servers.length < 2) {
  console.error('usage: npm run bench:functions -- NAME=URL NAME=URL … [part of a row …]');
  process.exit(1);
}

const clients = [];
for (const [, url] of servers) {
  const client = await LoadClient.open(url);
  for (const code of PREPARE) await client.query(SCOPE, code);
  clients.push(client);
}

const median = list => [...list].sort((a, b) => a - b)[list.length >> 1];
const rows = [];
for (const [name, code] of Object.entries(ROWS)) {
  if (wanted.length > 0 && !wanted.some(part => name.includes(part))) continue;
  const rates = servers.map(() => []);
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      for (const i of servers.keys()) {
        const rate = await loadOver([clients[i]], [queryPacket(code)], 2, round === 0 ? WARM_UP_MS : MEASURE_MS);
        if (round > 0) rates[i].push(rate);
      }
    }
    rows.push([name, ...rates.map(median)]);
  } catch (e) {
    console.log(`${name}: ${e.message.replace(/[^ -~]+/g, ' ')}`);
    process.exitCode = 1;
    for (const i of servers.keys()) {
      clients[i].close();
      clients[i] = await LoadClient.open(servers[i][1]);
    }
  }
}
for (const client of clients) client.close();

rows.sort((a, b) => a[1] / a[2] - b[1] / b[2]);
console.log(['row'.padEnd(44), ...servers.map(([name]) => `${name}/s`.padStart(12)), ...servers.slice(1).map(([name]) => `${servers[0][0]}/${name}`.padStart(14))].join(''));
for (const [name, ...rates] of rows) {
  console.log([name.padEnd(44), ...rates.map(rate => Math.round(rate).toLocaleString('en').padStart(12)), ...rates.slice(1).map(rate => (rates[0] / rate).toFixed(2).padStart(14))].join(''));
}
