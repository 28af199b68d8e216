/** Random programs that use the language as programs do: variables, loops, closures that see their callers' variables, and much that fails. */

export function randomProgram(below: (n: number) => number): string {
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;
  let depth = 0;
  let loops = 0;
  const count = 2 + below(5);
  return `${START} ${Array.from({ length: count }, part).join('; ')}; [a, b, c, d, s, l];`;

  /** Most programs would end at the first error, were all their parts as random as that. */
  function part(): string {
    switch (below(4)) {
      case 0: return pick([statement(), '.stored.n += 1', 'c = .stored.list.len()']);
      case 1: return `try(${pick(['f', 'g', 'h'])}(${below(30)}, 2))`;
      default: return `k = || { ${body()} }; try(k())`;
    }
  }

  function statement(): string {
    if (depth > 4) return `${name()} = ${int()}`;
    depth++;
    try {
      switch (below(20)) {
        case 0:
        case 1: return `${name()} = ${value()}`;
        case 2: return `${pick(['a', 'b', 'c', 'd'])} ${pick(['+=', '-=', '*=', '+=', '%=', '|=', '/='])} ${value()}`;
        case 3:
        case 4: return loop();
        case 5: return `if (${value()}) { ${body()} }${below(2) === 0 ? '' : ` else { ${body()} }`}`;
        case 6: return `${pick(['f', 'g', 'h'])} = ${closure(below(4))}`;
        case 7: return `l.push(${value()})`;
        case 8: return `t.${pick(['x', 'y', 'name'])} ${pick(['=', '+=', '-='])} ${value()}`;
        case 9: return `p.${pick(['age', 'name', 'next', 'none'])} ${pick(['=', '+='])} ${value()}`;
        case 10: return `l[${int()}] ${pick(['=', '+='])} ${value()}`;
        case 11: return loops > 0 ? pick(['break', 'continue', `if (${value()}) break`, `if (${value()}) continue`, `return ${value()}`]) : value();
        case 12: return `if (${comparison()}) return ${value()}${pick(['', '', `, ${below(4)}`])}`;
        case 13: return `${name()} = try(${value()})`;
        case 14: return `${name()} = try({${body()}})`;
        case 15: return `${pick(['l', 's', 't', 'p', "type_all('Person')", 'range(5)'])}.each(|x, y| ${pick(['d += 1', 'a += x', `{${body()}}`, 'l.push(x)', 'x + y'])})`;
        case 16: return `s.add({x: ${value()}})`;
        default: return value();
      }
    } finally {
      depth--;
    }
  }

  function body(): string {
    return Array.from({ length: 1 + below(3) }, statement).join('; ');
  }

  function loop(): string {
    loops++;
    const text = `for (${pick(['x', 'x, y', 'a, b', 'x, y, z', 'x, x'])} in ${pick(['l', 's', 't', 'p', "type_all('Person')", 'range(7)', 'range(200)', '[]', 'l.copy()', value()])}) { ${body()} }`;
    loops--;
    return text;
  }

  function closure(parameters: number): string {
    const outer = loops;
    loops = 0;
    const params = ['x', 'y', 'n', 'm'].slice(0, parameters).join(', ');
    const text = `|${params}| ${pick([value(), `{ ${body()} }`, `{ ${body()}; ${value()} }`, recursion(), recursion(), `{ a += 1; x }`, 'b + x', `{q = x; q += ${int()}; q}`])}`;
    loops = outer;
    return text;
  }

  /** Closures that call nothing but themselves, or nearly. */
  function recursion(): string {
    const f = pick(['f', 'f', 'f', 'g', 'h', 'proc']);
    const again = `${f}(x - 1${pick(['', '', ', y', `, ${small()}`, `, ${value()}`])})`;
    return pick([
      `x < 1 ? ${small()} : x + ${again}`, `x < 2 ? x : ${again} + ${f}(x - 2)`, `{ if (x < 1) return ${value()}; x ${pick(['*', '-', '/'])} ${again} }`,
      `x < 1 ? [] : [x, ${again}]`, `{ q = 0; for (i in [1, 2, 'x']) q += x < 1 ? i : ${again}; q }`, `x < 1 ? ${value()} : ${again}`,
      `{ if (x < 1) return b; b = x; ${again} }`, `x ? \`{x}{${again}}\` : '.'`, `${f}(x + 1)`, `x < 1 ? ${f} : [${f}, ${again}]`, `{ n = x; ${f}(n.age) }`,
    ]);
  }

  function value(): string {
    if (depth > 4) return small();
    depth++;
    try {
      switch (Math.max(0, below(36) - 10)) {
        case 0:
        case 1: return small();
        case 2:
        case 3: return pick(['a', 'b', 'd', name()]);
        case 4: return `(${value()} ${pick(['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>'])} ${value()})`;
        case 5: return `(${value()} ${pick(['+', '-', '+', '*'])} ${int()})`;
        case 6: return `(${comparison()})`;
        case 7: return `(${value()} ${pick(['&&', '||'])} ${value()})`;
        case 8: return `(${value()} ? ${value()} : ${value()})`;
        case 9: return `${pick(['f', 'g', 'h', 'proc', 'x', 'none'])}(${Array.from({ length: below(4) }, value).join(', ')})`;
        case 10: return `${pick(['t.x', 't.y', 't.none', 'p.age', 'p.name', 'p.next', 'p.twice', '.stored.n', 'x.age', 'p..next..age', 't..x..y'])}`;
        case 11: return `${pick(['l', 't', 'l', "'héllo'", value()])}[${pick([small(), small(), value(), "'x'"])}]`;
        case 12: return `[${Array.from({ length: below(4) }, value).join(', ')}]`;
        case 13: return `{x: ${value()}, y: ${value()}}`;
        case 14: return `\`{${value()}}:{${value()}}\``;
        case 15: return `${pick(['l', 'range(9)', '[3, 1, 2]', 's', 'p', 't', "type_all('Person')"])}.${pick(['map', 'filter', 'find', 'some', 'every', 'count', 'find_index', 'remove', 'reduce', 'sort', 'sum', 'each'])}(${closure(1 + below(3))})`;
        case 16: return `${pick(['l', 'range(9)'])}.${pick(['reduce', 'sort', 'sort'])}(${closure(2)})`;
        case 17: return `${pick(['l', 's', 't', "'abc'", value()])}.${pick(['len', 'len', 'copy', 'first', 'last', 'upper', 'none', 'pop'])}()`;
        case 18: return pick([`p.older(${value()})`, `p.older()`, 't.fun(1, 2)', `Person{age: ${value()}, name: 'n'}`, `Person(${value()})`, 'E{B}', 'E{B}.value()', `type(${value()})`]);
        case 19: return pick([`is_int(${value()})`, `abs(${value()})`, `int(${value()})`, `str(${value()})`, `bool(${value()})`, `is_nil(${value()})`, 'abs()', 'range(1, 2, 3, 4)', `err(${value()})`]);
        case 20: return pick([`-${value()}`, `!${value()}`, `~${value()}`, `--${value()}`]);
        case 21: return `(${name()} = ${value()})`;
        case 22: return `{ ${body()}; ${value()} }`;
        case 23: return pick(["'str'", "''", '1.5', 'nil', 'true', 'false', '9007199254740991', '9223372036854775807', 'INT_MIN', '/a/i', '99999999999999999999', "'p0'", closure(1)]);
        case 24: return `try(${value()}, ${pick(['lookup_err()', 'type_err()', 'zero_div_err()'])})`;
        default: return `(if (${value()}) ${value()} else ${value()})`;
      }
    } finally {
      depth--;
    }
  }

  function comparison(): string {
    return `${pick([value(), small(), 'a', 'd'])} ${pick(['==', '!=', '<', '>', '<=', '>='])} ${pick([value(), small(), small(), small(), "'str'"])}`;
  }

  function name(): string {
    return pick(['a', 'b', 'c', 'd', 'x', 'y', 'q', 'n', 'a', 'b', 'a', 'b', 'd', 'd', 'l', 't', 'f', 'proc', 'none']);
  }

  function small(): string {
    return below(8) === 0 ? int() : String(below(4));
  }

  function int(): string {
    return String(pick([0, 1, 2, -1, 3, 7, below(100) - 50, 4_503_599_627_370_496, -9_007_199_254_740_991]));
  }
}

/** Every program starts with these. */
const START = `
  a = 1; b = 2; c = 'c'; d = 0; l = [1, 2, 3, 'x']; s = set({x: 1}, {x: 2}); t = {x: 1, y: 2, fun: |u, v| u + v + a}; p = Person{name: 'p0', age: 5};
  f = |x| x + 1; g = |x, y| {a += 1; x}; h = || l.len();`;

/** What they work on. */
export const PROGRAM_SETUP = [
  `set_type('Person', {name: 'str', age: 'int', next: 'Person?', twice: |this| this.age * 2, older: |this, by| this.age + by}); set_enum('E', {A: 1, B: 2});`,
  `.stored = {n: 1, list: [1, 2], people: [Person{age: 3}, Person{age: 4}, Person{name: 'p', age: 1}]}; new_procedure('proc', |x| {b += 1; x * 2});`,
];
