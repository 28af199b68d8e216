/**
 * Asking a module. The request is kept in a future; once the query is over it is packed and sent (`futures.ts`).
 * `deep` and `load` say how the request is packed and whether the answer is unpacked: they come from the request,
 * else from the module's manifest.
 */
import { badDataErr, lookupErr, operationErr, QueryError, typeErr } from '../errors/query-error.ts';
import { modules as msg } from '../errors/messages/admin.ts';
import { call as callMsg } from '../errors/messages/call.ts';
import { modulePrograms } from '../errors/messages/modules.ts';
import { NO_DEFAULTS, type Defaults, type Exposed, type ExposedRequest } from '../system/manifest.ts';
import { moduleStatus } from '../system/modules.ts';
import { truthy } from '../values/compare.ts';
import { deepOf } from '../values/deep.ts';
import { getProperty } from '../values/raw.ts';
import { Future, Module, MpData, Thing, typeName, type Value } from '../values/value.ts';
import { Reader, Writer } from '../wire/msgpack.ts';
import { pack } from '../wire/result.ts';
import { readValue } from '../wire/vars.ts';
import { packContext, varsContext } from './contexts.ts';
import type { Query } from './query.ts';

type Lazy = () => Value;

/** `name(request, …)` and `future(request, …)`. */
export function moduleFuture(q: Query, name: string, request: Thing, rest: readonly Lazy[]): Future {
  if (!q.system.modules.has(name)) throw lookupErr(msg.notFound(name));
  const module = new Module(q.module(name).name);
  const defaults = defaultsOf(q, name);
  const deep = getProperty(request, 'deep');
  const load = getProperty(request, 'load');
  const future = new Future(rest.map(arg => arg()), false, module, request);
  future.deep = deep === undefined ? (defaults.deep ?? q.deep) : deepOf(deep);
  future.load = load === undefined ? (defaults.load ?? false) : truthy(load);
  return future;
}

/** A function that the module offers. */
export function exposedBy(q: Query, { name }: Module, fn: string): Exposed {
  const info = q.system.modules.get(name);
  if (info === undefined) throw lookupErr(msg.notFound(name));
  q.module(name);
  const exposed = q.host.node.modules.state(name)?.manifest?.exposes.get(fn);
  if (exposed === undefined) throw lookupErr(callMsg.moduleNoFunction(name, fn));
  return exposed;
}

/** `module.name(…)`: the arguments become properties of the request, in order; what is left over goes on with the future. */
export function exposedFuture(module: Module, { argmap, defaults }: ExposedRequest, args: readonly Lazy[]): Future {
  const request = new Map<string, Value>();
  let { deep, load } = defaults;
  const take = (key: string, value: Value): void => {
    if (key === 'deep') deep = deepOf(value);
    if (key === 'load') load = truthy(value);
  };
  argmap.forEach((key, i) => {
    const value = i < args.length ? args[i]!() : null;
    if (key !== '*') {
      take(key, value);
      // These two are given to the call, not to the module.
      if (key !== 'deep' && key !== 'load') request.set(key, value);
      return;
    }
    if (value === null) return;
    if (!(value instanceof Thing)) throw typeErr(modulePrograms.restArgument(typeName(value)));
    for (const [name, item] of properties(value)) {
      take(name, item);
      request.set(name, item);
    }
  });
  const future = new Future(args.slice(argmap.length).map(arg => arg()), false, module, request);
  addDefaults(request, defaults);
  future.deep = deep ?? 1;
  future.load = load ?? false;
  return future;
}

/** The request as it is when the query is over. */
export function packRequest(q: Query, { request, deep, module }: Future): Uint8Array {
  const w = new Writer(256);
  const { rest } = defaultsOf(q, module!.name);
  if (request instanceof Thing && rest.size === 0) {
    pack(request, w, { ...packContext(q), deep: deep + 1 });
    return w.copy();
  }
  const entries = request instanceof Thing ? new Map(properties(request)) : request!;
  if (request instanceof Thing) addDefaults(entries, { ...NO_DEFAULTS, rest });
  w.map(entries.size);
  for (const [key, value] of entries) {
    w.str(key);
    pack(value, w, { ...packContext(q), deep });
  }
  return w.copy();
}

/** An answer as a value. */
export function readAnswer(q: Query, { load, module }: Future, answer: Uint8Array): Value {
  if (!isWhole(answer)) throw badDataErr(modulePrograms.corrupt(module!.name));
  return load ? readValue(new Reader(answer), varsContext(q)) : new MpData(answer);
}

/** Why a module cannot be called; null when it can. It may be gone by the end of the query. */
export function moduleFailure({ system, host }: Query, name: string): QueryError | null {
  const info = system.modules.get(name);
  if (info === undefined) return lookupErr(msg.notFound(name));
  if (host.node.modules.state(name)?.running) return null;
  return operationErr(callMsg.moduleNotRunning(name, moduleStatus(host.node, info)));
}

const defaultsOf = (q: Query, name: string): Defaults => q.host.node.modules.state(name)?.manifest?.defaults ?? NO_DEFAULTS;

const properties = (thing: Thing): (readonly [string, Value])[] => thing.shape.keys.map((key, i) => [key, thing.valueAt(i)] as const);

function addDefaults(request: Map<string, Value>, { rest }: Defaults): void {
  for (const [key, value] of rest) if (!request.has(key)) request.set(key, value);
}

/** Whether bytes are one value, as an answer that is passed on unread must be. */
function isWhole(data: Uint8Array): boolean {
  const reader = new Reader(data);
  try {
    reader.skip();
    return reader.atEnd;
  } catch (e) {
    if (e instanceof QueryError) return false;
    throw e;
  }
}
