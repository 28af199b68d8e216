/** Random queries that change a collection in all ways that lists, sets and things know, from a seed. */

/** A source of random numbers that repeats. */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

/** What the queries work on: an untyped part, instances with restricted fields, and relations. */
export const SETUP = [
  `set_type('Item', {n: 'int', tags: '[str]', kids: '[Item]', near: '{Item}', next: 'Item?', any: 'any'});`,
  `set_type('Man', {name: 'str'}); set_type('Team', {name: 'str'});
   mod_type('Man', 'add', 'team', 'Team?'); mod_type('Team', 'add', 'men', '{Man}'); mod_type('Man', 'rel', 'team', 'men');
   mod_type('Man', 'add', 'friends', '{Man}'); mod_type('Man', 'rel', 'friends', 'friends');`,
  `.l = [1, {n: 1}]; .m = {}; .s = set(); .t = {a: {b: {}}}; .items = [Item{n: 1}, Item{n: 2}];
   .men = [Man{name: 'a'}, Man{name: 'b'}, Man{name: 'c'}]; .teams = [Team{name: 'x'}, Team{name: 'y'}]; .r = room();`,
];

/** Puts back what random queries removed, so that most of them find what they name. */
export const REPAIR = `
  r = root();
  r.has('l') && is_list(.l) || r.set('l', [1, {n: 1}, {n: {}}]); r.has('m') && is_thing(.m) || r.set('m', {});
  r.has('s') && is_set(.s) || r.set('s', set({})); r.has('t') && is_thing(.t) || r.set('t', {});
  .t.has('a') && is_thing(.t.a) || .t.set('a', {}); .t.a.has('b') && is_thing(.t.a.b) || .t.a.set('b', {});
  .t.has('list') && is_list(.t.list) || .t.set('list', []); .m.has('list') && is_list(.m.list) || .m.set('list', [{}]);
  .m.has('set') && is_set(.m.set) || .m.set('set', set()); r.has('k') && is_list(.k) || r.set('k', [{}]);
  r.has('v') && is_list(.v) || r.set('v', []); r.has('w') && is_list(.w) || r.set('w', []); r.has('x') && is_thing(.x) || r.set('x', {});
  .l.len() > 1 || .l.push({}, {}); .s.len() || .s.add({n: 1}); r.has('r') || r.set('r', room());
  r.has('items') && .items || r.set('items', [Item{n: 1}, Item{n: 2}]); .items[0].next || .items[0].set('next', Item{});
  .items[0].kids || .items[0].kids.push(Item{}); .items[-1].near || .items[-1].near.add(Item{});
  r.has('men') && .men || r.set('men', [Man{}, Man{}]); r.has('teams') && .teams || r.set('teams', [Team{}, Team{}]);
`;

export function randomQuery(below: (n: number) => number): string {
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;
  const statements: string[] = [];
  for (let n = 1 + below(4); n > 0; n--) statements.push(statement());
  return `${statements.join('; ')};`;

  function statement(): string {
    switch (below(14)) {
      case 0: return `${list()}.${pick(['pop()', 'shift()', 'clear()', `push(${value()}, ${value()})`, `push(${value()})`, `unshift(${value()}, ${value()})`])}`;
      case 1: return `${list()}.splice(${index()}, ${below(3)}${below(2) === 0 ? '' : `, ${value()}, ${value()}`})`;
      case 2: return `${list()}.${pick(['extend', 'extend_unique'])}(${list()})`;
      case 3: return `${list()}.remove(|x, i| i % ${1 + below(3)} == 0, ${index()})`;
      case 4: return `${list()}${pick([`[${index()}] = ${value()}`, `[${index()}:${index()}] = ${list()}`, `.fill(${value()})`])}`;
      case 5: return `${set()}.${pick([`add(${thing()}, ${thing()})`, `remove(${thing()})`, 'remove(|| true, 1)', 'clear()', `remove(|t| t.id() % 2 == 0)`])}`;
      case 6: return `${set()} ${pick(['|=', '&=', '-=', '^='])} ${pick([set(), `set(${thing()}, ${thing()})`])}`;
      case 7: return `${thing()}.${key()} = ${value()}`;
      case 8: return `${thing()}.set(${keyText()}, ${value()})`;
      case 9: return `${pick([thing(), thing(), thing(), 'root()'])}.${pick([`del(${keyText()})`, `ren(${keyText()}, ${keyText()})`, 'remove(|k| k > "b", 1)', 'clear()', `assign(${thing()})`])}`;
      case 10: return `x = ${value()}; ${pick([`.v = x`, `${list()}.push(x, x)`, `${thing()}.${key()} = x`, `.x = x; .x = nil; ${thing()}.${key()} = x`])}`;
      case 11: return pick([
        `${man()}.team = ${pick([team(), 'nil'])}`, `${team()}.men.${pick(['add', 'remove'])}(${man()})`, `${team()}.men = set(${man()}, ${man()})`,
        `${man()}.friends.${pick(['add', 'remove'])}(${man()})`, `${man()}.friends ${pick(['|=', '^='])} set(${man()}, ${man()})`, `.men.push(Man{name: 'n', team: ${team()}})`,
      ]);
      case 12: return pick([
        `${item()}.kids.push(Item{n: ${below(9)}}, ${item()})`, `${item()}.near.add(${item()})`, `${item()}.next = ${pick([item(), 'nil', `Item{kids: [${item()}]}`])}`,
        `${item()}.any = ${value()}`, `${item()}.n += ${index()}`, `${item()}.tags.push('${below(9)}')`, `.items.pop()`,
        `.items.push(${item()}.${pick(['copy', 'dup'])}(${1 + below(2)}))`, `.items.push(Item{next: ${item()}})`,
      ]);
      // Things within one another while arguments are evaluated.
      default: return pick([
        `t = {l: []}; l = t.l; l.push({n: 1}, {.k = t; {n: 2}}, {n: 3})`, `t = {s: set()}; t.s.add({}, {.k = t; {}}, {})`,
        `t = {l: [1, 2, 3]}; t.l.splice(1, 1, {.k = t; {}}, 5)`, `${list()}.push({${statement()}; ${value()}}, ${value()})`,
        `.i = ${thing()}.id(); ${statement()}; try(.k = thing(.i))`, `try({${statement()}; ${statement()}; ${list()}.push(1, 1 / 0)})`,
        `${list()}.each(|x| .k = x)`, `.w = ${list()}.map(|x| [x, {x:}])`, `.w = .t.values(); .w.push(.m.values())`, `.v = ${list()}.sort(|a| str(type(a)))`,
      ]);
    }
  }

  function value(): string {
    switch (below(12)) {
      case 0: return `{n: ${below(9)}, o: ${thing()}}`;
      case 1: return `[${value()}, ${below(9)}]`;
      case 2: return `set(${thing()}, {})`;
      case 3: return '{ab: 1, cd: {e: [2]}}';
      case 4: return thing();
      case 5: return list();
      case 6: return set();
      case 7: return pick(['room()', '.r', 'nil', '1.5', '"str"', '/re/i', '|a| a + 1', 'err()', '.t.values()', '.s.map(|t| t)', 'bytes("b")', '9223372036854775807']);
      case 8: return `${thing()}.${pick(['copy', 'dup'])}(${below(4)})`;
      case 9: return `(${list()}).copy(${below(3)})`;
      default: return String(below(9));
    }
  }

  function list(): string {
    return pick(['.l', '.l', '.l', '.k', '.v', '.items', '.men', 'list(.s)', `[${below(3)}]`, '.w', '.t.list', '.m.list', 'range(3)']);
  }
  function set(): string {
    return pick(['.s', '.s', '.m.set', `${item()}.near`, `${team()}.men`, 'set({})', `${man()}.friends`]);
  }
  function thing(): string {
    return pick(['.t', '.m', '.t.a', '.t.a.b', '.l[1]', '.l[0]', '.l.pop()', '.k', '.s.one()', '{}', '{q: {}}', item(), man(), team(), '.x']);
  }
  function item(): string {
    return pick(['.items[0]', '.items[-1]', '.items[0].next', '.items[0].kids[0]', 'Item{}', '.items[-1].near.one()']);
  }
  function man(): string {
    return pick(['.men[0]', '.men[1]', '.men[-1]', `Man{name: 'new'}`]);
  }
  function team(): string {
    return pick(['.teams[0]', '.teams[1]', '.teams[-1]']);
  }
  function key(): string {
    return pick(['a', 'b', 'c', 'list', 'set', 'k', 'x']);
  }
  function keyText(): string {
    return pick([`'a'`, `'b'`, `'list'`, `'a b'`, `'z z'`, `'set'`, `'c'`]);
  }
  function index(): string {
    return String(below(7) - 3);
  }
}
