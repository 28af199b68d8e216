/** Whether what clients saw of one register can be put into one order that fits their clocks. */

export interface RegisterOp {
  readonly kind: 'read' | 'write';
  readonly value: number;
  readonly start: number;
  /** Infinity: it is not known when it was done, or whether at all. */
  readonly end: number;
}

/** Wing and Gong's search; what has been tried is remembered. At most 30 operations. */
export function linearizable(ops: readonly RegisterOp[], initial: number): boolean {
  const tried = new Set<string>();
  const must = ops.reduce((mask, op, i) => (op.end === Infinity ? mask : mask | (1 << i)), 0);
  const search = (done: number, value: number): boolean => {
    if ((done & must) === must) return true;
    const key = `${done}:${value}`;
    if (tried.has(key)) return false;
    tried.add(key);
    // What is next must have started before all that is left had ended.
    let firstEnd = Infinity;
    ops.forEach((op, i) => {
      if ((done & (1 << i)) === 0) firstEnd = Math.min(firstEnd, op.end);
    });
    return ops.some((op, i) => {
      if ((done & (1 << i)) !== 0 || op.start > firstEnd) return false;
      if (op.kind === 'read' && op.value !== value) return false;
      return search(done | (1 << i), op.kind === 'write' ? op.value : value);
    });
  };
  return search(0, initial);
}
