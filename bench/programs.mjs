/**
 * Programs in the language, and the same in plain JavaScript: what the machine could do if nothing were checked. `plain`
 * is a fresh function each time that it is asked for, so that one row does not shape how V8 sees another.
 */
const people = Array.from({ length: 50_000 }, (_, i) => ({ name: `p${i}`, age: i % 100, tags: [] }));
const range = n => {
  const out = [];
  for (let i = 0; i < n; i++) out.push(i);
  return out;
};

export const PROGRAMS = [
  {
    name: 'fib(20)',
    code: 'fib = |n| n < 2 ? n : fib(n - 1) + fib(n - 2); fib(20);',
    plain: () => {
      const fib = n => (n < 2 ? n : fib(n - 1) + fib(n - 2));
      return () => fib(20);
    },
  },
  {
    name: '300,000 iterations of for',
    code: 's = 0; r = range(100000); for (x in r) s += x; for (x in r) s += x; for (x in r) s += x; s;',
    plain: () => () => {
      let s = 0;
      const r = range(100_000);
      for (const x of r) s += x;
      for (const x of r) s += x;
      for (const x of r) s += x;
      return s;
    },
  },
  {
    name: 'map, filter, reduce over 100,000',
    code: 'range(100000).map(|x| x + 1).filter(|x| x % 2).reduce(|a, x| a + x);',
    plain: () => () => range(100_000).map(x => x + 1).filter(x => x % 2).reduce((a, x) => a + x),
  },
  { name: 'sort 100,000 ints', code: 'range(100000).sort(true).len();', plain: () => () => range(100_000).sort((a, b) => b - a).length },
  { name: 'sort 30,000 by closure', code: 'range(30000).sort(|a, b| b - a).len();', plain: () => () => range(30_000).sort((a, b) => b - a).length },
  {
    name: 'build and split a str of 50,000 parts',
    code: "range(50000).map(|x| `{x}`).join(',').split(',').len();",
    plain: () => () => range(50_000).map(x => `${x}`).join(',').split(',').length,
  },
  {
    name: 'filter 50,000 stored typed things by closure',
    code: '.people.filter(|p| p.age > 50 && p.name != "p7").len();',
    plain: () => () => people.filter(p => p.age > 50 && p.name !== 'p7').length,
  },
  {
    name: 'type_all and filter, 50,000 things',
    code: "type_all('Person').filter(|p| p.age == 42).len();",
    plain: () => {
      const all = new Set(people);
      return () => {
        const found = new Set();
        for (const p of all) if (p.age === 42) found.add(p);
        return found.size;
      };
    },
  },
  {
    name: '100,000 stored things in one query',
    code: ".bulk = range(100000).map(|i| {id: i, name: 'x'}); .del('bulk').len();",
    plain: () => () => {
      const all = new Map();
      const bulk = range(100_000).map(i => {
        const thing = { id: i, name: 'x' };
        all.set(i, thing);
        return thing;
      });
      for (const thing of bulk) all.delete(thing.id);
      return bulk.length;
    },
  },
];

/** What the programs work on. */
export const PREPARE = [
  "has_type('Person') || set_type('Person', {name: 'str', age: 'int', tags: '[str]'});",
  // Of other rows: `type_all` must find as many as the plain program has.
  '.crowd = set();',
  '.people = []; wse(); for (i in range(50000)) .people.push(Person{name: `p{i}`, age: i % 100}); nil;',
];
