/** Texts about requests that a client repeats. They are ours. */
export const requests = {
  invalid: (): string => 'the id of a request is an array of a name of 8 to 32 letters, digits, `-` and `_`, a number, the lowest number that is waited for and, when it is repeated, a count',
  key: (min: number, max: number): string => `an \`Idempotency-Key\` has ${min} to ${max} characters`,
  noKeys: (): string => 'this server remembers no requests (`request_ids_memory` is 0), so an `Idempotency-Key` would do nothing',
  done: (): string => 'the request was carried out, but its answer was too long to be kept',
  begun: (): string => 'the request was begun, and ended half-way; what it had changed by then stays',
  forgotten: (): string => 'whether the request was carried out is not remembered any more',
} as const;
