import { describe, expect, test } from 'vitest';
import { readManifest } from '../../src/modules/manifest.ts';
import { Closure } from '../../src/values/value.ts';
import { unpackPlain } from '../../src/wire/plain.ts';

const read = (parts: object, platform = 'linux/amd64') => readManifest(JSON.stringify({ version: '1.0', main: 'm.py', ...parts }), platform);

describe('a manifest', () => {
  test('has what was written, and the defaults of the module where a function has none of its own', () => {
    const { manifest, main, includes, requirements } = read({
      version: 3.2, doc: 'A module', includes: ['a.py', { 'linux/amd64': 'bin/a', 'linux/arm': 'bin/b' }, { 'linux/arm': 'c' }], requirements: ['msgpack'],
      defaults: { deep: 2, load: true, k: { list: [1, 2.5] } },
      exposes: { b: { argmap: ['x', '*'], defaults: { load: false, k: 1, own: 2 }, doc: 'B' }, a: {}, c: '|m, x| m({x: x})' },
    });
    expect([manifest.version, manifest.doc, main, includes, requirements]).toEqual(['3.2', 'A module', 'm.py', ['a.py', 'bin/a'], ['msgpack']]);
    expect([read({}).requirements, read({ requirements: [] }).requirements]).toEqual([null, []]);
    expect([...manifest.exposes.keys()]).toEqual(['a', 'b', 'c']);
    const b = manifest.exposes.get('b')!;
    expect(b).toMatchObject({ doc: 'B', argmap: ['x', '*'], defaults: { deep: 2, load: false } });
    if (b instanceof Closure) throw new Error('a request is expected');
    expect([...b.defaults.rest].map(([key, value]) => [key, unpackPlain(value.data)])).toEqual([['k', 1], ['own', 2]]);
    expect(manifest.exposes.get('a')).toMatchObject({ doc: '', argmap: ['*'], defaults: { deep: 2, load: true } });
    expect(manifest.exposes.get('c')).toBeInstanceOf(Closure);
  });

  test('names a main file for each platform', () => {
    const main = { 'linux/amd64': 'bin/amd', 'windows/386': 'bin/win' };
    expect(read({ main }).main).toBe('bin/amd');
    expect(read({ main }, 'windows/386').main).toBe('bin/win');
    expect(() => read({ main }, 'linux/arm')).toThrow('`main` in module.json names no file for this platform (linux/arm)');
  });

  test.each([
    [{ version: undefined }, 'missing required `version` in module.json'],
    [{ version: '' }, '`version` in module.json must not be an empty string'],
    [{ version: '1.2.3.4' }, 'invalid `version` format in module.json'],
    [{ version: '123456' }, 'invalid `version` format in module.json'],
    [{ main: 3 }, 'expecting a string or map as `main` in module.json, not a number'],
    [{ main: '' }, '`main` in module.json must not be an empty string'],
    [{ main: '/x' }, '`main` in module.json must not start with a `/`'],
    [{ main: 'a/../../x' }, '`main` in module.json must not contain `..` or `./` to specify a relative path'],
    [{ main: 'a\nb' }, '`main` in module.json contains illegal characters'],
    [{ main: { 'linux/arm': 3 } }, 'expecting a string as `platform/architecture` in module.json, not a number'],
    [{ doc: 3 }, 'expecting a string as `doc` in module.json, not a number'],
    [{ foo: 1 }, 'unsupported key `foo` in module.json'],
    [{ defaults: null }, 'expecting a map with `defaults` in module.json, not null'],
    [{ defaults: { deep: 'x' } }, 'expecting a `deep` value between 0 and 127 in module.json, not a string'],
    [{ defaults: { deep: 128 } }, 'expecting a `deep` value between 0 and 127 in module.json, not 128'],
    [{ defaults: { load: 1 } }, 'expecting `load` to be true or false in module.json, not a number'],
    [{ includes: 'x' }, 'expecting an array with `includes` in module.json, not a string'],
    [{ includes: ['../x'] }, 'include file in module.json must not contain `..` or `./` to specify a relative path'],
    [{ requirements: {} }, 'expecting an array as `requirements` value in module.json, not a map'],
    [{ exposes: [] }, 'expecting a map with functions to expose in module.json, not an array'],
    [{ exposes: { '1x': {} } }, 'invalid expose function name in module.json'],
    [{ exposes: { x: 3 } }, 'expecting a map as `expose` value in module.json, not a number'],
    [{ exposes: { x: { foo: 1 } } }, 'unsupported key `foo` used in exposed function in module.json'],
    [{ exposes: { x: '|a' } }, 'exposing string is not a closure: invalid syntax in closure'],
    [{ exposes: { x: { argmap: 'a' } } }, 'expecting an array or null as `argmap` value in module.json, not a string'],
    [{ exposes: { x: { argmap: [1] } } }, 'expecting a string as `argmap` item in module.json, not a number'],
    [{ exposes: { x: { argmap: ['a', 'a'] } } }, 'value `a` exists more than once as `argmap` item in module.json'],
  ])('%j is refused', (parts, text) => {
    expect(() => read(parts)).toThrow(text);
  });

  test('that is no JSON, or no map, is refused', () => {
    expect(() => readManifest('{')).toThrow('unexpected error in module.json');
    expect(() => readManifest('[]')).toThrow('expecting a map in module.json, not an array');
  });
});
