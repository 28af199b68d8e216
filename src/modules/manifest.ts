/** Reads what a module says of itself. The texts of what is wrong with it are ThingsDB's. */
import { parseClosure } from '../../grammar/parser.ts';
import { manifest as msg } from '../errors/messages/modules.ts';
import type { Defaults, Exposed, Manifest } from '../system/manifest.ts';
import { isName } from '../values/shape.ts';
import { Closure, MpData } from '../values/value.ts';
import { Writer } from '../wire/msgpack.ts';
import { packPlain } from '../wire/pack-plain.ts';

/** The file that a module from GitHub has. */
export const MANIFEST_FILE = 'module.json';

/** Why a manifest cannot be used. */
export class ManifestError extends Error {
  override name = 'ManifestError';
}

export interface ParsedManifest {
  readonly manifest: Manifest;
  /** The file to start on this platform; '' when the manifest names none. */
  readonly main: string;
  /** Further files, for this platform. */
  readonly includes: readonly string[];
  /** Python packages; null when it says nothing about them. */
  readonly requirements: readonly string[] | null;
}

type Json = { readonly [key: string]: unknown };

const KEYS: ReadonlySet<string> = new Set(['main', 'version', 'doc', 'defaults', 'includes', 'exposes', 'requirements']);
const EXPOSED_KEYS: ReadonlySet<string> = new Set(['doc', 'defaults', 'argmap']);
const DEEP_MAX = 127;

/** Go's names for what Node calls otherwise: manifests use them. */
const PLATFORMS: Readonly<Record<string, string>> = { win32: 'windows' };
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** The key of this machine in a map of files: `linux/amd64`. */
const PLATFORM = `${PLATFORMS[process.platform] ?? process.platform}/${ARCHITECTURES[process.arch] ?? process.arch}`;

/** A `module.json`. Throws a {@link ManifestError}. */
export function readManifest(text: string, platform = PLATFORM): ParsedManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ManifestError(msg.json());
  }
  const parsed = parseManifest(json, platform);
  if (parsed.main === '') throw new ManifestError(isMap(json) && 'main' in json ? msg.noPlatform(platform) : msg.missing('main'));
  if (parsed.manifest.version === '') throw new ManifestError(msg.missing('version'));
  return parsed;
}

/** A manifest that is a value already; that of a module in JavaScript has no need of a main file and a version. */
export function parseManifest(json: unknown, platform = PLATFORM): ParsedManifest {
  if (!isMap(json)) return wrong('a map', json);
  for (const key of Object.keys(json)) if (!KEYS.has(key)) throw new ManifestError(msg.unsupportedKey(key, false));
  const { main, version, doc, defaults: given, includes, exposes, requirements } = json;
  const defaults = given === undefined ? { deep: null, load: null, rest: new Map() } : readDefaults(given);
  return {
    manifest: {
      version: version === undefined ? '' : readVersion(version),
      doc: readDoc(doc),
      defaults,
      exposes: exposes === undefined ? new Map() : readExposes(exposes, defaults),
    },
    main: main === undefined ? '' : readFile(main, platform, '`main`', 'a string or map as `main`'),
    includes: readList(includes, 'an array with `includes`')
      .map(item => readFile(item, platform, 'include file', 'a string or map as `include` item')).filter(file => file !== ''),
    requirements: requirements === undefined ? null : readList(requirements, 'an array as `requirements` value')
      .map(item => (typeof item === 'string' ? item : wrong('a string as `requirements` item', item))),
  };
}

const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

function wrong(wanted: string, got: unknown): never {
  throw new ManifestError(msg.expecting(wanted, typeof got === 'number' && wanted.startsWith('a `deep` value') ? String(got) : kindOf(got)));
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`;
}

/** Digits with up to two dots, at most five at a time. */
function readVersion(version: unknown): string {
  const text = typeof version === 'number' ? String(version) : version;
  if (typeof text !== 'string') return wrong('a string or number as `version`', version);
  if (text === '') throw new ManifestError(msg.versionEmpty());
  if (!/^\d{1,5}(\.\d{1,5}){0,2}$/.test(text)) throw new ManifestError(msg.versionFormat());
  return text;
}

function readDoc(doc: unknown): string {
  if (doc === undefined || doc === null) return '';
  return typeof doc === 'string' ? doc : wrong('a string as `doc`', doc);
}

/** A file, or the one for this platform; '' when there is none for it. */
function readFile(value: unknown, platform: string, what: string, wanted: string): string {
  if (typeof value === 'string') return checkedFile(value, what);
  if (!isMap(value)) return wrong(wanted, value);
  for (const file of Object.values(value)) if (typeof file !== 'string') wrong('a string as `platform/architecture`', file);
  const file = value[platform] as string | undefined;
  return file === undefined ? '' : checkedFile(file, what);
}

/** It must lie in the folder of the module. */
function checkedFile(file: string, what: string): string {
  if (file === '') throw new ManifestError(msg.fileEmpty(what));
  if (!/^[ -~]+$/.test(file)) throw new ManifestError(msg.fileCharacters(what));
  if (file.startsWith('/')) throw new ManifestError(msg.fileAbsolute(what));
  if (file.includes('..') || file.includes('./')) throw new ManifestError(msg.fileRelative(what));
  return file;
}

function readList(value: unknown, wanted: string): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : wrong(wanted, value);
}

function readDefaults(value: unknown): Defaults {
  if (!isMap(value)) return wrong('a map with `defaults`', value);
  const { deep = null, load = null, ...rest } = value;
  if (deep !== null && !(Number.isInteger(deep) && (deep as number) >= 0 && (deep as number) <= DEEP_MAX)) wrong(`a \`deep\` value between 0 and ${DEEP_MAX}`, deep);
  if (load !== null && typeof load !== 'boolean') wrong('`load` to be true or false', load);
  return { deep: deep as number | null, load: load as boolean | null, rest: new Map(Object.entries(rest).map(([key, item]) => [key, packed(item)])) };
}

function packed(value: unknown): MpData {
  const w = new Writer(64);
  packPlain(w, value);
  return new MpData(w.copy());
}

function readExposes(value: unknown, defaults: Defaults): Map<string, Exposed> {
  if (!isMap(value)) return wrong('a map with functions to expose', value);
  const names = Object.keys(value).sort();
  return new Map(names.map(name => {
    if (!isName(name)) throw new ManifestError(msg.exposeName());
    return [name, readExposed(value[name], defaults)];
  }));
}

function readExposed(value: unknown, inherited: Defaults): Exposed {
  if (typeof value === 'string') {
    const parsed = parseClosure(value);
    if (!('closure' in parsed)) throw new ManifestError(msg.exposeClosure());
    // As a stored one: it makes a change only where the query is one.
    return new Closure(value, value, parsed.closure, true);
  }
  if (!isMap(value)) return wrong('a map as `expose` value', value);
  for (const key of Object.keys(value)) if (!EXPOSED_KEYS.has(key)) throw new ManifestError(msg.unsupportedKey(key, true));
  const { doc, defaults: given, argmap } = value;
  const own = given === undefined ? inherited : readDefaults(given);
  return {
    doc: readDoc(doc),
    defaults: { deep: own.deep ?? inherited.deep, load: own.load ?? inherited.load, rest: new Map([...own.rest, ...[...inherited.rest].filter(([key]) => !own.rest.has(key))]) },
    argmap: argmap === undefined || argmap === null ? ['*'] : readArgmap(argmap),
  };
}

function readArgmap(value: unknown): string[] {
  if (!Array.isArray(value)) return wrong('an array or null as `argmap` value', value);
  const names = value.map((item: unknown) => (typeof item === 'string' ? item : wrong('a string as `argmap` item', item)));
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new ManifestError(msg.argmapTwice(twice));
  return names;
}
