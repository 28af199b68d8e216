import { describe } from 'vitest';
import { MemoryCoordinator } from '../../src/cluster/memory-coordinator.ts';
import { coordinatorCases } from './coordinator.cases.ts';

describe('in memory', () => coordinatorCases(async () => {
  let now = 0;
  const coordinator = new MemoryCoordinator(() => now);
  return {
    coordinator, prefix: 'p/',
    pass: async seconds => {
      now += seconds * 1000;
      coordinator.expire();
    },
  };
}));
