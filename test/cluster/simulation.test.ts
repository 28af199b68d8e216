/**
 * Thousands of short lives of a cluster of three under faults, each from its seed. A seed that fails is named;
 * `THINGSCOPE_SIM_SEED=17 npx vitest run test/cluster/simulation.test.ts` runs it alone, `THINGSCOPE_SIM_SEEDS=100000`
 * runs more of them.
 */
import { expect, test } from 'vitest';
import { base, simulate } from './run.ts';
import { SimNode, TIMING, World } from './world.ts';

const only = Number(process.env['THINGSCOPE_SIM_SEED'] ?? 0);
const first = only > 0 ? only : 1;
const count = only > 0 ? 1 : Number(process.env['THINGSCOPE_SIM_SEEDS'] ?? 2_000);

test('whatever fails, nothing acknowledged is lost, made twice, or out of order', { timeout: 3_600_000 }, async () => {
  const disk = base();
  const failed: string[] = [];
  const total = { made: 0, repeated: 0, failovers: 0, fetched: 0, restored: 0 };
  for (let seed = first; seed < first + count && failed.length < 10; seed++) {
    try {
      const { made, repeated, failovers, fetched, restored } = await simulate(seed, disk);
      total.made += made;
      total.repeated += repeated;
      total.failovers += failovers;
      total.fetched += fetched;
      total.restored += restored;
    } catch (e) {
      failed.push(`THINGSCOPE_SIM_SEED=${seed}: ${(e as Error).message}`);
    }
  }
  expect(failed).toEqual([]);
  if (count < 100) return;
  // The faults are there: without them nothing would be shown.
  expect(total.made).toBeGreaterThan(count * 5);
  expect(total.repeated).toBeGreaterThan(count / 4);
  expect(total.failovers).toBeGreaterThan(count * 1.5);
  expect(total.fetched).toBeGreaterThan(count / 20);
  expect(total.restored).toBeGreaterThan(count / 20);
});

/** Three nodes of which one leads, and the others keep in touch with it. */
async function peaceful(): Promise<{ world: World; leader: SimNode; replaced(milliseconds: number): Promise<boolean> }> {
  const world = new World(1);
  const disk = base();
  for (let id = 0; id < 3; id++) world.nodes.push(new SimNode(world, id, id === 0 ? '' : `uid${id}`, disk));
  for (const node of world.nodes) node.start();
  const leads = (): SimNode | undefined => world.nodes.find(node => node.process?.backend.leads === true);
  await world.run(10_000, () => leads() !== undefined);
  const leader = leads()!;
  await world.run(1_000);
  return { world, leader, replaced: milliseconds => world.run(milliseconds, () => world.nodes.some(node => node !== leader && node.process?.backend.leads === true)) };
}

const SOON = 200;
const LEASE = TIMING.leaseSeconds * 1_000;

test('a leader whose process ends is replaced at once', async () => {
  const { world, leader, replaced } = await peaceful();
  leader.crash();
  expect(await replaced(SOON)).toBe(true);
  const others = world.nodes.filter(node => node !== leader).map(node => node.process!.backend);
  expect(await world.run(SOON, () => others.every(other => !other.members().has(leader.id)))).toBe(true);
});

test('a leader that is silent is replaced when its lease has ended', async () => {
  const { leader, replaced } = await peaceful();
  leader.paused = true;
  expect(await replaced(LEASE / 2)).toBe(false);
  expect(await replaced(LEASE)).toBe(true);
});

test('a leader that is taken for gone by mistake follows', async () => {
  const { world, leader } = await peaceful();
  const { process } = leader;
  const { term } = process!.backend.life!.member.leader!;
  leader.refuse();
  expect(await world.run(SOON, () => !process!.backend.leads)).toBe(true);
  const members = world.nodes.map(node => node.process!.backend.life!.member);
  expect(await world.run(SOON, () => members.filter(member => member.leads).length === 1)).toBe(true);
  expect(members.every(member => member.leader!.term > term)).toBe(true);
  expect(process!.ended).toBe('');
  expect(await world.run(LEASE, () => world.nodes.every(node => node.process!.backend.members().size === 3))).toBe(true);
});
