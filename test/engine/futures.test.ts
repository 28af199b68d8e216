import { describe, expect, test } from 'vitest';
import { QueryError } from '../../src/errors/query-error.ts';
import { setup } from './setup.ts';

describe('a query with futures', () => {
  test('is answered with a promise; one without at once', async () => {
    const { query } = setup();
    expect(query('1 + 1;')).toBe(2);
    const answer = query('future(|| 5);');
    expect(answer).toBeInstanceOf(Promise);
    expect(await answer).toBe(5);
    expect(await query("future(nil, 'a', [1]);")).toEqual([null, 'a', [1]]);
    expect(await query('future(nil, 2).then(|_, x| x * 3);')).toBe(6);
  });

  test('lets other queries run before them', async () => {
    const { query } = setup();
    const answer = query('.x = 1; future(|| .x += 10);');
    expect(query('.x;')).toBe(1);
    query('.x = 5;');
    expect(await answer).toBe(15);
  });

  test('waits for all, also for those within others', async () => {
    const { query } = setup();
    expect(await query('future(|| {.a = 1; future(|| {.b = 2; future(|| .c = 3);}); "taken";});')).toBe('taken');
    expect(query('[.a, .b, .c];')).toEqual([1, 2, 3]);
  });

  test('those that make no change come first, each kind in reverse order', async () => {
    const { query } = setup();
    const code = 'l = []; ' +
      'future(|l| {.x = 1; l.push("a");}); future(|l| {nse(); l.push("b");}); future(|l| {.x = 1; l.push("c");}); future(|l| {nse(); l.push("d");}); l;';
    expect(await query(code)).toEqual(['d', 'b', 'c', 'a']);
  });

  test('each has a change of its own, after that of the query', async () => {
    const { engine, query, same } = setup();
    const before = engine.changeId;
    await query('.outer = change_id(); future(|| {.inner = change_id(); future(|| .third = change_id());}); nil;');
    expect(same('[.outer, .inner, .third];')).toEqual([before + 1, before + 2, before + 3]);
  });
});

describe('failures', () => {
  test('the first ends the query; what was done stays, what had not started never does', async () => {
    const { query } = setup();
    await expect(query('.a = 1; future(|| .never = 1); future(|| {.b = 2; 1/0;}); 5;')).rejects.toMatchObject({ code: -58 });
    expect(query('[.a, .b, .has("never")];')).toEqual([1, 2, false]);
  });

  test('one of the query itself drops its futures', () => {
    const { query } = setup();
    expect(() => query('future(|| .x = 1); 1/0;')).toThrow(expect.objectContaining({ code: -58 }));
    expect(query('.has("x");')).toBe(false);
  });

  test('rights are those of the user, looked at when the future starts', async () => {
    const { query } = setup();
    query("new_user('ro'); grant('//stuff', 'ro', QUERY); nil;", '@t');
    expect(await query('future(|| 1);', '//stuff', 'ro')).toBe(1);
    await expect(query('future(|| .x = 1);', '//stuff', 'ro')).rejects.toMatchObject({ code: -55 });
  });

  test('the place of an error is known', async () => {
    const { query } = setup();
    const error = await Promise.resolve(query('x = 1; future(|x| x + nope);')).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(QueryError);
    expect((error as QueryError).source.slice((error as QueryError).pos)).toMatch(/^nope/);
  });

  test('a collection that is dropped meanwhile', async () => {
    const { query } = setup();
    const answer = Promise.resolve(query('future(|| .x = 1);'));
    query("del_collection('stuff');", '@t');
    await expect(answer).rejects.toMatchObject({ code: -54 });
  });
});

describe('bounds', () => {
  test('a chain of one closure ends', async () => {
    const { query } = setup();
    query('.f = || future(.f);');
    await expect(query('.f();')).rejects.toMatchObject({ code: -63, message: 'maximum future count on closure has been reached' });
    // The count belongs to the request: nothing is left of it.
    await expect(query('.f();')).rejects.toMatchObject({ code: -63 });
    expect(await query('range(255).each(|| future(|| 1)); 1;')).toBe(1);
  });

  test('active ones', async () => {
    const { query } = setup({ futures: 1_000 });
    const many = (n: number): string => `range(${n}).each(|| future(closure('|| .n += 1'))); 1;`;
    query('.n = 0;');
    expect(await query(many(1_000))).toBe(1);
    expect(query('.n;')).toBe(1_000);
    await expect(query(many(1_001))).rejects.toMatchObject({ code: -57 });
    expect(await query('range(20000).each(|| future(nil)); 1;')).toBe(1);
  });

  test('futures take from the steps of the query', async () => {
    const { query } = setup({ steps: 200_000 });
    await expect(query("f = || range(100000).map(|x| x).len(); future(f); future(|f| f(), [f]); future(nil, f).then(|_, f| f());"))
      .rejects.toMatchObject({ code: -63 });
  });
});

test('log() of a future tells the client who asked', async () => {
  const { query, warnings } = setup();
  await query("log('a'); future(|| log('b'));");
  expect(warnings).toEqual(['a', 'b']);
});
