/**
 * The candidate that somebody may have meant who wrote `word`: for hints about mistyped names. Distance is that of Damerau and
 * Levenshtein (letters added, dropped, replaced, neighbours swapped); about one slip in three letters is forgiven.
 * Of several at the same distance the first one wins.
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let limit = Math.floor((word.length + 1) / 3);
  for (const candidate of candidates) {
    if (candidate === word || limit < 1 || Math.abs(candidate.length - word.length) > limit) continue;
    const slips = distance(word, candidate, limit);
    if (slips <= limit) {
      best = candidate;
      limit = slips - 1;
    }
  }
  return best;
}

/** How many slips lead from `a` to `b`; anything above `limit` when there are more. */
function distance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      let slips = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) slips = Math.min(slips, before[j - 2]! + 1);
      row.push(slips);
      if (slips < least) least = slips;
    }
    if (least > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}
