/** What is measured. `prepare` runs once, `requests` are sent in turn, `inFlight` at a time. */
import { queryPacket } from './client.mjs';

/** Queries of 400 bytes that no server has seen before: each differs in names and numbers. */
export function unseenQueries(count, seed) {
  return Array.from({ length: count }, (_, i) => {
    const k = seed * 1_000_000 + i;
    const code = `x${k} = [1, 2, 3, ${k}].map(|v| v * ${k % 97}); y = {name: 'item ${k}', tags: ['a', 'b'], size: {w: 10, h: ${k % 50}}}; `
      + `z = 0; for (i in x${k}) { if (i > ${k % 7} && y.size.h != 3) { z += i; } else { z -= 1; }; }; t = \`{z} of {y.name}\`; `;
    return `${code}${`u = (z + ${k}) * 3 - y.size.w; v = u > 10 || false ? t : 'small'; w = [t, u, v]; `.padEnd(400 - code.length - 2)}1;`.slice(0, 400);
  });
}

const FIB = 'fib = |n| n < 2 ? n : fib(n - 1) + fib(n - 2); fib(20);';

export const ROWS = [
  { name: 'short query, 1 in flight', requests: [queryPacket('1 + 2;')], inFlight: 1 },
  { name: 'short query, 64 in flight', requests: [queryPacket('1 + 2;')], inFlight: 64 },
  { name: 'unseen 400-byte queries, 64 in flight', requests: seed => unseenQueries(40_000, seed).map(code => queryPacket(code)), inFlight: 64 },
  { name: 'the same 400-byte query, 64 in flight', requests: [queryPacket(unseenQueries(1, 7)[0])], inFlight: 64 },
  { name: '.n += 1, 64 in flight', prepare: ['.n = 0;'], requests: [queryPacket('.n += 1;')], inFlight: 64 },
  { name: 'fib(20)', requests: [queryPacket(FIB)], inFlight: 2 },
  {
    name: '300,000 iterations of for', requests: [queryPacket('s = 0; r = range(100000); for (x in r) s += x; for (x in r) s += x; for (x in r) s += x; s;')],
    inFlight: 2,
  },
  { name: 'map, filter, reduce over 100,000', requests: [queryPacket('range(100000).map(|x| x + 1).filter(|x| x % 2).reduce(|a, x| a + x);')], inFlight: 2 },
  { name: 'sort 100,000 ints', requests: [queryPacket('range(100000).sort(true).len();')], inFlight: 2 },
  { name: 'sort 30,000 by closure', requests: [queryPacket('range(30000).sort(|a, b| b - a).len();')], inFlight: 2 },
  {
    name: '5,000 things as a result', prepare: [".list = range(5000).map(|i| {id: i, name: 'name'});"],
    requests: [queryPacket('return .list, 2;')], inFlight: 2,
  },
];
