import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QueryError } from '../../src/errors/query-error.ts';
import { Budget, exec, makeRegex, matches, regexOfParts, regexOfText, test as matchesAny } from '../../src/values/regex.ts';

const SEED = 1905;

/** Match and groups of the first match; unset groups are null. */
function first(pattern: string, text: string, flags = ''): (string | null)[] | null {
  const m = exec(makeRegex(pattern, flags), text, 0, new Budget(1000));
  return m === null ? null : [m.text, ...m.groups];
}
const all = (pattern: string, text: string, flags = ''): string[] => [...matches(makeRegex(pattern, flags), text, new Budget(1000))].map((m) => m.text);
const has = (pattern: string, text: string, flags = ''): boolean => matchesAny(makeRegex(pattern, flags), text, new Budget(1000));

function errorOf(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    if (error instanceof QueryError) return `${error.name}: ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('what PCRE has and JavaScript lacks or reads differently', () => {
  // pattern, flags, text, match and groups
  const cases: [string, string, string, (string | null)[] | null][] = [
    // An end of text before a last line feed; \z does not.
    ['b$', '', 'ab\n', ['b']],
    ['b$', '', 'ab\n\n', null],
    ['b\\Z', '', 'ab\n', ['b']],
    ['b\\z', '', 'ab\n', null],
    ['^\\w$', 'm', 'ab\nc\nd', ['c']],
    ['^', 'm', '\n', ['']],
    ['\\n^', 'm', 'a\n', null],
    ['.', '', '\r', ['\r']],
    ['.', '', '\u2028', ['\u2028']],
    ['a.b', 's', 'a\nb', ['a\nb']],
    ['(?s).(?-s).', '', '\n\n', null],
    // Options inside.
    ['(?i)abc', '', 'xABC', ['ABC']],
    ['a(?i)b', '', 'aB', ['aB']],
    ['a(?i)b', '', 'AB', null],
    ['(?i:a)b', '', 'Ab', ['Ab']],
    ['(a(?i)b)c', '', 'aBC', null],
    ['(?x) a b # c', '', 'ab', ['ab']],
    ['(?n)(a)(?<k>b)', '', 'ab', ['ab', 'b']],
    ['(?U)a+', '', 'aaa', ['a']],
    ['(?^)A', 'i', 'a', null],
    // Greedy without giving back.
    ['a++a', '', 'aaa', null],
    ['(?>a+)b', '', 'aab', ['aab']],
    ['a?+a', '', 'a', null],
    ['(?:ab?)*+c', '', 'abac', ['abac']],
    // Groups.
    ['(?P<n>a)(?P=n)', '', 'aa', ['aa', 'a']],
    ["(?'n'a)\\k'n'\\k{n}\\k<n>", '', 'aaaa', ['aaaa', 'a']],
    ['(a)\\g1\\g{-1}', '', 'aaa', ['aaa', 'a']],
    ['(?|(a)|(b))\\1', '', 'bb', ['bb', 'b']],
    ['(a)?(?(1)b|c)', '', 'ab', ['ab', 'a']],
    ['(a)?(?(1)b|c)', '', 'c', ['c', null]],
    ['(?(?=\\d)\\d\\d|x)', '', 'x12', ['x']],
    ['(a)|\\1b', '', 'b', null],
    ['(?:(a)|b)*', '', 'ab', ['ab', 'a']],
    ['(a\\1?){2}', '', 'aaa', ['aaa', 'aa']],
    ['(?J)(?<n>a)|(?<n>b)', '', 'b', ['b', null, 'b']],
    // Escapes and classes.
    ['\\Qa.b\\E+', '', 'a.bbb', ['a.bbb']],
    ['a(?#comment)b', '', 'ab', ['ab']],
    ['[[:alpha:]]+', '', '12ab3', ['ab']],
    ['[[:^digit:]_]+', '', '1a_2', ['a_']],
    ['[]a]+', '', 'a]', ['a]']],
    ['[^]a]', '', 'a]b', ['b']],
    ['[a\\]-]+', '', 'a-]', ['a-]']],
    ['[\\Qa-z\\E]+', '', 'b-az', ['-az']],
    ['\\h+', '', 'a \t\u00a0b', [' \t\u00a0']],
    ['\\R', '', 'a\r\nb', ['\r\n']],
    ['\\N+', '', 'ab\nc', ['ab']],
    ['\\x41\\x{42}\\103\\o{104}', '', 'ABCD', ['ABCD']],
    ['\\e\\a\\cA', '', '\x1b\x07\x01', ['\x1b\x07\x01']],
    ['[\\b]', '', '\b', ['\b']],
    ['a{,2}', '', 'a{,2}', ['a{,2}']],
    ['a\\Kb', '', 'ab', ['b']],
    ['\\Ga', '', 'ba', null],
    ['(?<=ab|c)d', '', 'abd', ['d']],
    ['(?<!x)y', '', 'xy', null],
    ['\\p{Lu}\\p{^Lu}\\pN\\P{L}\\p{Greek}', '', 'Aa1-λ', ['Aa1-λ']],
    ['(*FAIL)|a', '', 'a', ['a']],
    ['(?:a?){3,}b', '', 'aab', ['aab']],
    ['(a|){1,2}', '', 'ba', ['', '']],
  ];
  test.each(cases)('/%s/%s on %j', (pattern, flags, text, want) => {
    expect(first(pattern, text, flags)).toEqual(want);
  });
});

describe('characters, not bytes', () => {
  test('the dot takes a whole character', () => {
    expect(first('^.$', 'é')).toEqual(['é']);
    expect(first('^.$', '😀')).toEqual(['😀']);
    expect(first('^..$', '😀')).toBeNull();
    expect(first('[😀😁]{2}', 'x😁😀')).toEqual(['😁😀']);
    expect(all('', '😀a')).toEqual(['', '', '']);
  });
  test('a byte that is no UTF-8 is one, and never half of a character', () => {
    expect(first('^.\\x{dcff}$', 'a\udcff')).toEqual(['a\udcff']);
    expect(first('\\x{de00}', '😀')).toBeNull();
    expect(first('[\\x{dc00}-\\x{dfff}]', '😀')).toBeNull();
    expect(first('(?<=.)a', '😀a')).toEqual(['a']);
  });
  test('case folds as Unicode does, \\w \\d \\s \\b stay ASCII', () => {
    expect(has('é', 'É', 'i')).toBe(true);
    expect(has('[à-ü]', 'É', 'i')).toBe(true);
    expect(has('σ', 'ς', 'i')).toBe(true);
    expect(has('ß', 'ẞ', 'i')).toBe(true);
    expect(has('k', '\u212a', 'i')).toBe(true);
    expect(has('[^k]', '\u212a', 'i')).toBe(false);
    expect(has('i', 'İ', 'i')).toBe(false);
    expect(has('(é)\\1', 'éÉ', 'i')).toBe(true);
    expect(has('\\w', 'é')).toBe(false);
    expect(has('\\w', '\u017f', 'i')).toBe(false);
    expect(has('\\d', '٣')).toBe(false);
    expect(has('\\s', '\u00a0')).toBe(false);
    expect(has('a\\b', 'aé')).toBe(true);
    expect(has('[[:upper:]]', 'a', 'i')).toBe(true);
  });
});

test('all matches go on after an empty one', () => {
  expect(all('x*', 'axb')).toEqual(['', 'x', '', '']);
  expect(all('$', 'ab')).toEqual(['']);
  expect(all('a*', 'aab')).toEqual(['aa', '', '']);
  expect(all('\\d', '')).toEqual([]);
  expect([...matches(makeRegex('a', ''), 'aaaa', new Budget(1000), 2)].length).toBe(2);
});

test('searching from a position sees what stands before it', () => {
  const budget = new Budget(1000);
  expect(exec(makeRegex('^a', ''), 'aa', 1, budget)).toBeNull();
  expect(exec(makeRegex('(?<=a)a', ''), 'aa', 1, budget)?.start).toBe(1);
  expect(exec(makeRegex('\\Ga', ''), 'baa', 1, budget)?.start).toBe(1);
  expect(exec(makeRegex('b\\b', ''), 'ab', 1, budget)).toMatchObject({ start: 1, end: 2 });
});

describe('making', () => {
  test.each([
    ['(', 'missing closing parenthesis'],
    ['a)', 'unmatched closing parenthesis'],
    ['[', 'missing terminating ] for character class'],
    ['[]', 'missing terminating ] for character class'],
    ['*a', 'quantifier does not follow a repeatable item'],
    ['a**', 'quantifier does not follow a repeatable item'],
    ['\\b+', 'quantifier does not follow a repeatable item'],
    ['a{2,1}', 'numbers out of order in {} quantifier'],
    ['a{65536}', 'number too big in {} quantifier'],
    ['[z-a]', 'range out of order in character class'],
    ['[a-\\d]', 'invalid range in character class'],
    ['[[:foo:]]', 'unknown POSIX class name'],
    ['[[:constructor:]]', 'unknown POSIX class name'],
    ['[:alpha:]', 'POSIX named classes are supported only within a class'],
    ['(?P<n>a)(?P<n>b)', 'two named subpatterns have the same name (PCRE2_DUPNAMES not set)'],
    ['(?<1a>x)', 'subpattern name must start with a non-digit'],
    ['\\', '\\ at end of pattern'],
    ['\\1', 'reference to non-existent subpattern'],
    ['(?z)', 'unrecognized character after (? or (?-'],
    ['\\y', 'unrecognized character follows \\'],
    ['\\u0041', 'PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u'],
    ['\\p{Foo}', 'unknown property after \\P or \\p'],
    ['\\x{110000}', 'character code point value in \\x{} or \\o{} is too large'],
    ['(?<=a+)b', 'lookbehind assertion is not fixed length'],
    ['(?R)', 'recursion and subroutine calls are not supported'],
    ['(a)(?1)', 'recursion and subroutine calls are not supported'],
    ['(*ACCEPT)', 'backtracking control verbs are not supported'],
    ['('.repeat(300) + ')'.repeat(300), 'parentheses are too deeply nested'],
  ])('%s', (pattern, why) => {
    expect(errorOf(() => makeRegex(pattern, 'i'))).toBe(`value_err: cannot compile regular expression '/${pattern}/i', ${why}`);
  });

  test('flags', () => {
    expect(errorOf(() => makeRegex('a', 'x'))).toBe('value_err: unsupported regular expression flag: `x`');
    expect(errorOf(() => makeRegex('a', 'xiu'))).toBe('value_err: unsupported regular expression flag: `u`');
    expect(makeRegex('a', 'iigg').flags).toBe('iigg');
    expect(errorOf(() => regexOfParts('a', 'i i'))).toBe('value_err: invalid regular expression flags');
    expect(errorOf(() => regexOfParts('a', 'é'))).toBe('value_err: invalid regular expression flags');
  });

  test('the last slash of a text ends the pattern', () => {
    expect(regexOfText('/a/i/')).toMatchObject({ pattern: 'a/i', flags: '' });
    expect(regexOfParts('a', '/i')).toMatchObject({ pattern: 'a/', flags: 'i' });
    expect(regexOfParts('', '')).toMatchObject({ pattern: '', flags: '' });
  });
});

describe('nothing hangs', () => {
  const long = 'a'.repeat(100_000);
  test.each([
    ['(a+)+$', `${long}b`],
    ['(a|ab|b)*c', long],
    ['(.*)*x', 'y'.repeat(40)],
    ['a*a*a*a*a*a*b', 'a'.repeat(3000)],
    ['\\w+@', long],
    ['(?=(a+))a*b\\1', long],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(60)],
    ['(?i)(ß|é|É)+x', 'é'.repeat(3000)],
    ['(?:(?:a?){100}){100}b', 'a'.repeat(2000)],
  ])('/%s/ ends', (pattern, text) => {
    const regex = makeRegex(pattern, '');
    // The budget counts work, not time: what hangs runs into the time limit of the test.
    const result = errorOf(() => expect(exec(regex, text, 0, new Budget(50))).toBeNull());
    if (result !== 'none') expect(result).toBe(`operation_err: matching regular expression '/${pattern}/' takes too long`);
  });

  test('a budget is shared by the matches of one operation', () => {
    const regex = makeRegex('(?:a|b)*?c(?=d)', '');
    const many = `${'ab'.repeat(40)}cd`.repeat(500);
    const budget = new Budget(3);
    expect([...matches(regex, many, new Budget(3))].length).toBe(500);
    expect(errorOf(() => [...matches(regex, many, budget), ...matches(regex, many, budget), ...matches(regex, many, budget)])).toContain('takes too long');
  });

  test('a long match needs no stack', () => {
    const text = 'ab'.repeat(300_000);
    expect(first('(?:ab)*+$', text)![0]!.length).toBe(600_000);
    expect(first('(?:a|bb?)*', text)![0]!.length).toBe(600_000);
  });
});

describe('against JavaScript', () => {
  /** Patterns that mean the same in both. */
  const atom = fc.constantFrom('a', 'b', 'c', '.', '\\w', '[ab]', '[^a]', '\\d', 'é', '(?:ab|c)');
  const piece = fc.tuple(atom, fc.constantFrom('', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}')).map(([a, q]) => a + q);
  const sequence = fc.array(piece, { minLength: 1, maxLength: 4 }).map((p) => p.join(''));
  const pattern = fc.oneof(
    sequence,
    fc.tuple(sequence, sequence).map(([a, b]) => `(${a})|${b}`),
    fc.tuple(sequence, sequence, sequence).map(([a, b, c]) => `${a}(${b})${c}`),
    fc.tuple(sequence, sequence).map(([a, b]) => `${a}(?=${b})`),
    sequence.map((a) => `^${a}`),
  );
  const subject = fc.array(fc.constantFrom('a', 'b', 'c', '1', ' ', 'é', '😀', 'ab'), { maxLength: 12 }).map((t) => t.join(''));

  test('the same matches and groups', () => {
    fc.assert(
      fc.property(pattern, subject, (source, text) => {
        const want = [...text.matchAll(new RegExp(source, 'gu'))].map((m) => [m.index, ...Array.from(m, (g) => g ?? null)]);
        const got = [...matches(makeRegex(source, 'g'), text, new Budget(1000))].map((m) => [m.start, m.text, ...m.groups]);
        expect(got).toEqual(want);
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });

  test('the quick way and the machine agree', () => {
    fc.assert(
      fc.property(pattern, subject, fc.constantFrom('', 'i', 'm', 's'), (source, text, flags) => {
        const one = (p: string) => exec(makeRegex(p, flags), text, 0, new Budget(1000));
        // An assertion that always holds, and that only the machine has.
        expect(one(`${source}(?!(*FAIL))`)).toEqual(one(`(?:${source})`));
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });
});

test('counted loops within each other do not upset the platform', () => {
  expect(first('(?:(?:a{30}){30}){30}', 'a'.repeat(30))).toBeNull();
  expect(first('(?:ab){1000}', 'ab'.repeat(1000))![0]!.length).toBe(2000);
  expect(first('a{65535}', 'a'.repeat(65535))![0]!.length).toBe(65535);
});
