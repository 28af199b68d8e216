/**
 * The error codes of ThingsDB. Clients map them to exception classes, so numbers and names are fixed.
 * Codes from -50 down can be caught by `try`; those above are failures of the server itself.
 */
export const ERR = {
  internal: -1,
  memory: -2,
  writeUv: -3,
  requestCancel: -4,
  requestTimeout: -5,
  resultTooLarge: -6,
  assert: -50,
  node: -51,
  syntax: -52,
  badData: -53,
  lookup: -54,
  forbidden: -55,
  auth: -56,
  maxQuota: -57,
  zeroDiv: -58,
  overflow: -59,
  value: -60,
  type: -61,
  numArguments: -62,
  operation: -63,
  cancelled: -64,
  custom: -100,
} as const;

/** The lowest code that user code may give an error. */
export const ERR_LOWEST = -127;
/** The highest code that user code may give an error, and that `try` catches. */
export const ERR_HIGHEST = -50;

/** Name of a code as used by the library's errors: `lookup_err`, `type_err`, … */
export function errorName(code: number): string {
  return NAMES[code] ?? 'error';
}

/** The text of an error made without one. */
export function defaultMessage(code: number): string {
  return DEFAULTS[code] ?? `error:${code}`;
}

const NAMES: Record<number, string> = {
  [-1]: 'internal_err',
  [-2]: 'memory_err',
  [-3]: 'write_uv_err',
  [-4]: 'request_cancel_err',
  [-5]: 'request_timeout_err',
  [-6]: 'result_too_large_err',
  [-50]: 'assert_err',
  [-51]: 'node_err',
  [-52]: 'syntax_err',
  [-53]: 'bad_data_err',
  [-54]: 'lookup_err',
  [-55]: 'forbidden_err',
  [-56]: 'auth_err',
  [-57]: 'max_quota_err',
  [-58]: 'zero_div_err',
  [-59]: 'overflow_err',
  [-60]: 'value_err',
  [-61]: 'type_err',
  [-62]: 'num_arguments_err',
  [-63]: 'operation_err',
  [-64]: 'cancelled_err',
};

const DEFAULTS: Record<number, string> = {
  [-1]: 'internal error',
  [-2]: 'memory allocation error',
  [-3]: 'cannot write to socket',
  [-4]: 'request is cancelled',
  [-5]: 'request timed out',
  [-6]: 'result too large',
  [-50]: 'assertion statement has failed',
  [-51]: 'node is temporary unable to handle the request',
  [-52]: 'syntax error in query',
  [-53]: 'unable to handle request due to invalid data',
  [-54]: 'requested resource not found',
  [-55]: 'forbidden (access denied)',
  [-56]: 'authentication error',
  [-57]: 'max quota is reached',
  [-58]: 'division or modulo by zero',
  [-59]: 'integer overflow',
  [-60]: 'object has the right type but an inappropriate value',
  [-61]: 'object of inappropriate type',
  [-62]: 'wrong number of arguments',
  [-63]: 'operation is not valid in the current context',
  [-64]: 'operation is cancelled before completion',
};
