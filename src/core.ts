/**
 * The interpreter alone: runs in a browser, a worker or anywhere else, without Node. Whoever uses it brings a
 * {@link Host} for time, randomness and secrets.
 */
export { changeRecord, type ChangeRecord } from './change-record.ts';
export type { Audit } from './cause.ts';
export { Engine, type CommittedChange, type EngineOptions, type Request } from './engine.ts';
export { QueryError } from './errors/query-error.ts';
export { caret, locate } from './errors/locate.ts';
export { packContext, varsContext } from './evaluator/contexts.ts';
export { DEFAULT_LIMITS, type Limits } from './evaluator/limits.ts';
export { LOG_LEVEL, type Host, type LogLevel, type Secrets } from './host.ts';
export { PlainNode } from './system/node.ts';
export { parseScope } from './system/scope.ts';
export { PlainSink, type Plain } from './wire/plain.ts';
export { pack } from './wire/result.ts';
export { plainVars } from './wire/vars.ts';
