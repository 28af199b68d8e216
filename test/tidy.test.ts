/** Style is a test: who may import whom, and what the core must not reach for. A wrong arrow fails with file and line. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = ['grammar', 'src'].flatMap(dir =>
  (readdirSync(`${root}${dir}`, { recursive: true }) as string[]).filter(name => name.endsWith('.ts')).map(name => `${dir}/${name}`));

/**
 * Rooms and the rooms that each may import from, besides itself. The first that fits a path is its room.
 * Types may be imported against the arrow: they vanish when the program is built.
 */
const ROOMS: readonly (readonly [room: string, path: RegExp, mayImport: readonly string[]])[] = [
  ['grammar', /^grammar\//, []],
  ['errors', /^src\/errors\//, []],
  ['values', /^src\/values\//, ['errors', 'grammar', 'codec']],
  ['codec', /^src\/wire\/(msgpack|pack-thing)\.ts$/, ['errors', 'values']],
  ['collection', /^src\/collection\//, ['errors', 'values', 'codec', 'grammar']],
  ['system', /^src\/system\//, ['errors', 'values', 'codec', 'collection', 'host']],
  ['wire', /^src\/wire\//, ['errors', 'values', 'codec']],
  ['registry', /^src\/functions\/(builtin|registry)\.ts$/, ['errors', 'values', 'code']],
  ['code', /^src\/evaluator\/(code|limits)\.ts$/, ['values']],
  ['evaluator', /^src\/evaluator\//, ['cause', 'grammar', 'errors', 'values', 'codec', 'collection', 'system', 'wire', 'registry', 'code', 'host']],
  ['functions', /^src\/functions\//, ['grammar', 'errors', 'values', 'codec', 'collection', 'system', 'wire', 'registry', 'code', 'evaluator', 'host']],
  ['host', /^src\/host\.ts$/, []],
  ['snapshot', /^src\/snapshot\//, ['errors', 'values', 'codec', 'collection', 'system']],
  ['cause', /^src\/cause\.ts$/, ['values', 'codec', 'wire']],
  ['engine', /^src\/(engine|change-record|core)\.ts$/, ['cause', 'grammar', 'errors', 'values', 'codec', 'collection', 'system', 'wire', 'registry', 'code', 'evaluator', 'functions', 'host', 'snapshot']],
];
/** Everything else stands at the edge: it may import from all rooms, and only it knows Node. */
const EDGE = 'edge';

const roomOf = (path: string): string => ROOMS.find(([, pattern]) => pattern.test(path))?.[0] ?? EDGE;

interface Import {
  readonly file: string;
  readonly line: number;
  readonly from: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(root + file, 'utf8');
  const found: Import[] = [];
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s)?([^'";]*?from\s+)?'([^']+)'/gms)) {
    const names = /\{([^}]*)\}/.exec(match[2] ?? '')?.[1];
    const onlyTypes = names !== undefined && names.split(',').every(name => name.trim() === '' || name.trim().startsWith('type '));
    found.push({
      file, line: text.slice(0, match.index).split('\n').length, from: match[3]!, typeOnly: match[1] !== undefined || onlyTypes,
    });
  }
  return found;
}

test('imports follow the arrows', () => {
  const wrong: string[] = [];
  for (const file of files) {
    const room = roomOf(file);
    if (room === EDGE) continue;
    const may = ROOMS.find(([name]) => name === room)![2];
    for (const { line, from, typeOnly } of importsOf(file)) {
      if (!from.startsWith('.')) {
        if (!['chevrotain', 'luxon'].includes(from)) wrong.push(`${file}:${line}: the core must not import ${from}`);
        continue;
      }
      const target = new URL(from, `file:///${file}`).pathname.slice(1);
      const to = roomOf(target);
      if (to !== room && !may.includes(to) && !typeOnly) wrong.push(`${file}:${line}: ${room} must not import ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('a server does not load at its start what only some servers need', () => {
  const loaded = new Set(['src/main.ts']);
  const packages = new Set<string>();
  // Grows while it runs.
  for (const file of loaded) {
    for (const { from, typeOnly } of importsOf(file)) {
      if (typeOnly) continue;
      if (from.startsWith('.')) loaded.add(join(dirname(file), from));
      else packages.add(from);
    }
  }
  expect(packages).toContain('chevrotain');
  expect([...packages].filter(name => ['ws', 'prom-client', 'zod', 'node:http', 'node:https', 'node:tls'].includes(name))).toEqual([]);
});

test('functions do not import each other', () => {
  const wrong: string[] = [];
  for (const file of files.filter(name => /^src\/functions\/[^/]+\/[a-z]/.test(name))) {
    for (const { line, from } of importsOf(file)) {
      const target = new URL(from, `file:///${file}`).pathname.slice(1);
      if (/^src\/functions\/[^/]+\/[a-z]/.test(target)) wrong.push(`${file}:${line}: imports ${target}; what functions share goes to a file \`_name.ts\``);
    }
  }
  expect(wrong).toEqual([]);
});

test('the core asks its host for time and randomness', () => {
  const wrong: string[] = [];
  for (const file of files.filter(name => roomOf(name) !== EDGE)) {
    readFileSync(root + file, 'utf8').split('\n').forEach((line, i) => {
      const code = line.replace(/\/\/.*$|\/?\*.*$/, '');
      if (/\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b/.test(code)) wrong.push(`${file}:${i + 1}: ${line.trim()}`);
    });
  }
  expect(wrong).toEqual([]);
});
