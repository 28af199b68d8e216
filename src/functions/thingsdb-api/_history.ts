/** Commits that `history()` shows and `del_history()` removes: reading the options, and finding them. */
import type { Commit } from '../../collection/collection.ts';
import { lookupErr, operationErr, typeErr, valueErr } from '../../errors/query-error.ts';
import { history as historyMsg, historyOptions as msg } from '../../errors/messages/admin.ts';
import type { Query } from '../../evaluator/query.ts';
import { PRIVILEGE } from '../../system/access.ts';
import type { AccessScope } from '../../system/system.ts';
import { Budget, test } from '../../values/regex.ts';
import { eachProperty } from '../../values/shape.ts';
import { DateTime, isInt, Regex, typeName, type Thing, type Value } from '../../values/value.ts';
import { collectionOf } from '../../system/events.ts';
import { scopeNamed } from './_admin.ts';

const FILTERS = ['scope', 'contains', 'match', 'id', 'first', 'last', 'before', 'after', 'has_err'];

/** Undefined is an option that was not given, or given as nil. */
export interface Options {
  scope?: string;
  contains?: string;
  match?: Regex;
  id?: number | bigint;
  first?: number;
  last?: number;
  before?: DateTime;
  after?: DateTime;
  has_err?: boolean;
  detail?: boolean;
}

export interface Found {
  readonly scope: AccessScope;
  readonly commits: readonly Commit[];
  readonly options: Options;
}

/** The commits that the options select, of the scope that they name or the only one that has a history. */
export function findCommits(q: Query, thing: Thing, withDetail: boolean): Found {
  const options = readOptions(thing, withDetail ? [...FILTERS, 'detail'] : FILTERS);
  const { scope, detail, ...filters } = options;
  if (Object.keys(filters).length === 0) throw lookupErr(msg.needsOne(), withDetail ? 'thingsdb-api/history' : 'thingsdb-api/del_history');
  const where = historyScope(q, scope);
  return { scope: where.scope, commits: select(q, where.history, filters), options };
}

function readOptions(thing: Thing, valid: readonly string[]): Options {
  const options: Record<string, Value> = {};
  eachProperty(thing, (name, value) => {
    if (!valid.includes(name)) throw valueErr(msg.invalid(name, valid));
    if (value === null) return;
    checkOption(name, value);
    options[name] = value;
  });
  return options as Options;
}

function checkOption(name: string, value: Value): void {
  const wrong = (want: string): never => {
    throw typeErr(msg.type(name, want, typeName(value)));
  };
  switch (name) {
    case 'first':
    case 'last':
    case 'id':
      if (!isInt(value)) return wrong('`int`');
      if (value < 0) throw valueErr(msg.negative(name));
      return;
    case 'contains':
      if (typeof value !== 'string') return wrong('`str`');
      if (value === '') throw valueErr(msg.empty(name));
      return;
    case 'scope':
      if (typeof value !== 'string') wrong('`str`');
      return;
    case 'match':
      if (!(value instanceof Regex)) wrong('`regex`');
      return;
    case 'before':
    case 'after':
      if (!(value instanceof DateTime)) wrong('`datetime` or `timeval`');
      return;
    default:
      if (typeof value !== 'boolean') wrong('`bool`');
  }
}

function historyScope(q: Query, text: string | undefined): { scope: AccessScope; history: Commit[] } {
  const scope = text === undefined ? onlyScope(q) : scopeNamed(q, text).scope;
  if (scope === 'node') throw operationErr(historyMsg.noNode());
  const { history } = scope === 'thingsdb' ? q.system : collectionOf(q.system, scope);
  if (history === null) throw operationErr(historyMsg.disabledFor(text!));
  requireQueryAndChange(q, scope);
  return { scope, history };
}

export function requireQueryAndChange(q: Query, scope: AccessScope): void {
  q.requireOn(scope, PRIVILEGE.QUERY | PRIVILEGE.CHANGE, q.system.scopeText(scope));
}

function onlyScope({ system }: Query): AccessScope {
  const scopes: AccessScope[] = system.collections.filter(collection => collection.history !== null).map(collection => collection.id);
  if (system.history !== null) scopes.push('thingsdb');
  if (scopes.length === 0) throw lookupErr(msg.noScope(), 'thingsdb-api/set_history');
  if (scopes.length > 1) throw lookupErr(msg.manyScopes(), 'thingsdb-api/history');
  return scopes[0]!;
}

/** Time first, then number (`first` of what `last` leaves), then what they say. */
function select(q: Query, history: readonly Commit[], options: Options): Commit[] {
  const { contains, match, id, first, last, before, after, has_err: hasError } = options;
  let commits = history.filter(({ createdAt }) => (before === undefined || createdAt < before.ts) && (after === undefined || createdAt > after.ts));
  if (last !== undefined) commits = commits.slice(Math.max(0, commits.length - Number(last)));
  if (first !== undefined) commits = commits.slice(0, Number(first));
  const budget = new Budget(q.timeLeft());
  return commits.filter(commit => {
    q.step();
    if (id !== undefined && commit.id !== id) return false;
    if (hasError !== undefined && (commit.error !== null) !== hasError) return false;
    if (contains !== undefined && !texts(commit).some(text => text.includes(contains))) return false;
    return match === undefined || texts(commit).some(text => test(match, text, budget));
  });
}

const texts = ({ by, message, code, error }: Commit): string[] => (error === null ? [by, message, code] : [by, message, code, error]);
