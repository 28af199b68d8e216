/**
 * What is measured. `prepare` runs once, `requests` are sent in turn, `inFlight` at a time, over so many `connections` (1).
 * With `listeners`, so many connections join the room that the query `room` tells the id of, and what is counted is requests whose
 * event all of them have heard. `wire` marks the rows where hardly anything is evaluated, `synced` those where each change waits
 * for the disk alone; `plain` is the program of a row in JavaScript.
 */
import { pingPacket, queryPacket, runPacket } from './client.mjs';
import { PREPARE, PROGRAMS } from './programs.mjs';

/** Queries of 400 bytes that no server has seen before: each differs in names and numbers. */
export function unseenQueries(count, seed) {
  return Array.from({ length: count }, (_, i) => {
    const k = seed * 1_000_000 + i;
    const code = `x${k} = [1, 2, 3, ${k}].map(|v| v * ${k % 97}); y = {name: 'item ${k}', tags: ['a', 'b'], size: {w: 10, h: ${k % 50}}}; `
      + `z = 0; for (i in x${k}) { if (i > ${k % 7} && y.size.h != 3) { z += i; } else { z -= 1; }; }; t = \`{z} of {y.name}\`; `;
    return `${code}${`u = (z + ${k}) * 3 - y.size.w; v = u > 10 || false ? t : 'small'; w = [t, u, v]; `.padEnd(400 - code.length - 2)}1;`.slice(0, 400);
  });
}

/** The programs of the evaluation rows, as queries. */
const EVALUATION = PROGRAMS.map(({ name, code, plain }) => ({ name, prepare: PREPARE, requests: [queryPacket(code)], inFlight: 2, plain }));

export const ROWS = [
  { name: 'ping, 64 in flight', requests: [pingPacket], inFlight: 64, wire: true },
  { name: 'short query, 1 in flight', requests: [queryPacket('1 + 2;')], inFlight: 1, wire: true },
  { name: 'short query, 64 in flight', requests: [queryPacket('1 + 2;')], inFlight: 64, wire: true },
  { name: 'short query, 256 in flight, 16 connections', requests: [queryPacket('1 + 2;')], inFlight: 256, connections: 16, wire: true },
  {
    name: 'read with variables, 64 in flight', prepare: PREPARE, inFlight: 64, wire: true,
    requests: Array.from({ length: 1000 }, (_, n) => queryPacket('.people[n].name;', '//stuff', { n })),
  },
  {
    name: 'procedure, 64 in flight', prepare: [...PREPARE, "has_procedure('name_of') || new_procedure('name_of', |n| .people[n].name);"], inFlight: 64, wire: true,
    requests: Array.from({ length: 1000 }, (_, n) => runPacket('name_of', [n])),
  },
  { name: 'unseen 400-byte queries, 64 in flight', requests: seed => unseenQueries(40_000, seed).map(code => queryPacket(code)), inFlight: 64 },
  { name: 'the same 400-byte query, 64 in flight', requests: [queryPacket(unseenQueries(1, 7)[0])], inFlight: 64, wire: true },
  ...[1, 64, 1024].map(inFlight => ({
    name: `.n += 1, ${inFlight.toLocaleString('en')} in flight`, prepare: ['.n = 0;'], requests: [queryPacket('.n += 1;')], inFlight, synced: inFlight === 1,
  })),
  {
    name: 'typed thing into a stored set, 64 in flight', prepare: [...PREPARE, '.crowd = set();'],
    requests: [queryPacket("wse(); .crowd.len() > 100000 && .crowd.clear(); .crowd.add(Person{name: 'new', age: 1});")], inFlight: 64,
  },
  {
    name: 'emit to 64 listeners, 8 in flight', prepare: ['.bell = room();'], room: '.bell.id();', listeners: 64,
    requests: [queryPacket(".bell.emit('ring', 1);")], inFlight: 8,
  },
  ...EVALUATION,
  {
    name: '5,000 things as a result', prepare: [".list = range(5000).map(|i| {id: i, name: 'name'});"],
    requests: [queryPacket('return .list, 2;')], inFlight: 2,
  },
];
