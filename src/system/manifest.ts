/** What a module says of itself, in its `module.json` or in its JavaScript: how it is called, and with what defaults. */
import type { Closure, MpData } from '../values/value.ts';

export interface Manifest {
  /** As `1.2.3`; '' when it says none. */
  readonly version: string;
  /** '' when it says none. */
  readonly doc: string;
  readonly defaults: Defaults;
  /** Functions of the module by name, sorted. */
  readonly exposes: ReadonlyMap<string, Exposed>;
}

/** What a request gets where the query says nothing else. */
export interface Defaults {
  /** How deep a request is packed; null for the depth of the query. */
  readonly deep: number | null;
  /** Whether the answer is unpacked. */
  readonly load: boolean | null;
  /** Further properties, packed: they go to the module whole, whatever the depth. */
  readonly rest: ReadonlyMap<string, MpData>;
}

/** `module.name(…)`: a closure, which gets the module as its first argument, or a request that is made of the arguments. */
export type Exposed = Closure | ExposedRequest;

export interface ExposedRequest {
  readonly doc: string;
  /** With those of the module where it has none itself. */
  readonly defaults: Defaults;
  /** The property that each argument becomes; `*` for a thing whose properties are all taken. */
  readonly argmap: readonly string[];
}

export const NO_DEFAULTS: Defaults = { deep: null, load: null, rest: new Map() };
