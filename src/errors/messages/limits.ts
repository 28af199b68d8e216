/** Texts about the bounds of one query; ours, since ThingsDB has none of them. */
export const limits = {
  steps: (max: number): string => `query has exceeded the maximum of ${max} steps`,
  time: (ms: number): string => `query has exceeded the maximum duration of ${ms} milliseconds`,
  listLength: (max: number): string => `maximum length of a list or set exceeded (${max} items)`,
  strBytes: (max: number): string => `maximum length of a str or bytes exceeded (${max} bytes)`,
  stack: (): string => 'maximum recursion depth exceeded',
  queryBytes: (max: number): string => `query is longer than the maximum of ${max} bytes`,
};
