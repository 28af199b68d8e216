import { describe, expect, test } from 'vitest';
import { START, setup } from './setup.ts';

describe('a task', () => {
  test('runs when it is due, once, and is gone', async () => {
    const { query, pass, same } = setup();
    query('.n = 0; .t = task(datetime().move("seconds", 10), || .n += 1); nil;');
    await pass(9);
    expect(same('[.n, tasks().len(), bool(.t)];')).toEqual([0, 1, true]);
    await pass(1);
    expect(same('[.n, tasks().len(), .t];')).toEqual([1, 0, 'task:nil']);
    await pass(100);
    expect(same('.n;')).toBe(1);
  });

  test('makes its change and its end in one change; without a change it gets one to end', async () => {
    const { engine, query, pass, same } = setup();
    query('task(datetime(), || .cid = change_id()); nil;');
    const before = engine.changeId;
    await pass(1);
    expect(engine.changeId).toBe(before + 1);
    expect(same('[.cid, tasks().len()];')).toEqual([before + 1, 0]);
    query('task(datetime(), || assert(is_nil(change_id()))); nil;');
    await pass(1);
    expect(engine.changeId).toBe(before + 3);
    expect(same('tasks().len();')).toBe(0);
  });

  test('stays with the error when it fails', async () => {
    const { engine, query, pass, same } = setup();
    query('.t = task(datetime(), || {.done = 1; 1/0;}); nil;');
    await pass(1);
    expect(same('[.done, .t.err().code(), .t.at(), bool(.t), tasks().len()];')).toEqual([1, -58, null, false, 1]);
    expect(engine.host.node.counters.tasksWithError).toBe(1);
    await pass(100);
    expect(same('.t.err().code();')).toBe(-58);
  });

  test('runs again from the planned time on, as many steps as lead out of the past', async () => {
    const { query, pass, same } = setup();
    query('.n = 0; .t = task(datetime().move("minutes", 1), |t| {.n += 1; t.again_in("minutes", 10);}); nil;');
    await pass(60 + 25 * 60);
    expect(same('[.n, .t.at(), .t.err()];')).toEqual([1, '2026-01-01T00:31:00Z', null]);
    await pass(5 * 60);
    expect(same('[.n, .t.at()];')).toEqual([2, '2026-01-01T00:41:00Z']);
  });

  test('long missed steps of every unit land on the same rhythm', async () => {
    const { query, pass, same } = setup();
    query('.t = ["seconds", "minutes", "hours", "days", "weeks", "months", "years"].map(|u| task(datetime(1975, 3, 1, 4, 5, 6), |t, u| t.again_in(u, 7), [u])); nil;');
    await pass(1);
    expect(same('.t.map(|t| t.at());')).toEqual([
      '2026-01-01T00:00:04Z', '2026-01-01T00:03:06Z', '2026-01-01T03:05:06Z', '2026-01-03T04:05:06Z',
      '2026-01-03T04:05:06Z', '2026-07-01T04:05:06Z', '2031-03-01T04:05:06Z',
    ]);
  });

  test('runs as its owner; the rights of the owner count for its futures only', async () => {
    const { query, pass, same } = setup();
    query("new_user('kim'); grant('//stuff', 'kim', QUERY | CHANGE); nil;", '@t');
    query('.a = task(datetime(), || .by = user_info().load().name); .b = task(datetime(), || future(|| .fut = 1)); nil;', '//stuff', 'kim');
    query("revoke('//stuff', 'kim', CHANGE);", '@t');
    await pass(1);
    expect(same('[.by, .has("fut"), .b.err().code()];')).toEqual(['kim', false, -55]);
  });

  test('waits for its futures, which may tell it to run again', async () => {
    const { query, pass, same } = setup();
    query('.t = task(datetime(), |t| future(|id| {task(id).again_in("hours", 1); .x = 1;}, [t.id()])); nil;');
    await pass(1);
    expect(same('[.x, .t.at(), .t.err()];')).toEqual([1, '2026-01-01T01:00:00Z', null]);
  });

  test('is not started again while it waits', async () => {
    const { engine, query, same } = setup();
    query('.n = 0; task(datetime(), || future(|| .n += 1)); nil;');
    await Promise.all([engine.tick(START + 1), engine.tick(START + 2)]);
    expect(same('.n;')).toBe(1);
  });

  test('of @thingsdb', async () => {
    const { query, pass, same } = setup();
    query("task(datetime(), |t, name| new_collection(name), ['made']); nil;", '@t');
    await pass(1);
    expect(same("[has_collection('made'), tasks().len()];", '@t')).toEqual([true, 0]);
  });

  test('that another one of the same second removes or cancels does not run', async () => {
    const { query, pass, same } = setup();
    query('task(datetime(), || {.b.del(); .c.cancel();}); .b = task(datetime(), || .b1 = 1); .c = task(datetime(), || .c1 = 1); nil;');
    await pass(1);
    expect(same('[.has("b1"), .has("c1"), .c.err().code()];')).toEqual([false, false, -64]);
  });

  test('one that breaks inside is kept with an internal error', async () => {
    const { engine, query, pass, same } = setup();
    query('.t = task(datetime(), || now()); nil;');
    const now = engine.registry.function('now')!;
    const { run } = now;
    Object.assign(now, { run: () => { throw new TypeError('broken'); } });
    try {
      await pass(1);
    } finally {
      Object.assign(now, { run });
    }
    expect(same('[.t.err().code(), .t.at()];')).toEqual([-1, null]);
  });
});

describe('the state of tasks', () => {
  test('is repeated by events', () => {
    const { query, same } = setup();
    query("new_user('kim'); grant('//stuff', 'kim', FULL); nil;", '@t');
    query('.t = task(datetime(2090, 1, 1), |t, a, b| [a, b], [{x: 1}]); .u = task(datetime(2091, 1, 1), || nil); .v = task(datetime(2092, 1, 1), || 3); nil;');
    const state = '[tasks().map(|t| [t.id(), t.at(), t.owner(), t.closure(), t.args().len(), t.err()]), .t, .u, .v];';
    same(state);
    query('.t.set_closure(|t, z| z); .t.set_owner("kim"); .u.cancel(); nil;');
    same(state);
    query('.t.set_args([[1, {y: 2}]]); .u.del(); nil;');
    expect(same('.t.args()[0][1].y;')).toBe(2);
    same(state);
    query("del_user('kim');", '@t');
    expect(same('[tasks().len(), .t];')).toEqual([1, 'task:nil']);
  });

  test('keeps what its arguments refer to, and lets it go', () => {
    const { engine, query, same } = setup();
    query('.x = {n: 1}; .t = task(datetime(2090, 1, 1), |t, x| x, [.x]); .id = .x.id(); .del("x"); nil;');
    expect(same('thing(.id).n;')).toBe(1);
    query('.t.set_args([nil]);');
    expect(() => query('thing(.id);')).toThrow(expect.objectContaining({ code: -54 }));
    expect(engine.system.collectionsByName.get('stuff')!.things.size).toBe(1);
  });
});
