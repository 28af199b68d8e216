/** Texts about calling: numbers and types of arguments, receivers, unknown names. ThingsDB's, to the letter. */
const times = (n: number): string => (n === 1 ? '1 argument' : `${n} arguments`);
const given = (n: number): string => (n === 1 ? '1 was given' : `${n} were given`);

export const call = {
  takes: (fn: string, want: number, got: number): string => `function \`${fn}\` takes ${times(want)} but ${given(got)}`,
  takesAtLeast: (fn: string, want: number, got: number): string => `function \`${fn}\` requires at least ${times(want)} but ${given(got)}`,
  takesAtMost: (fn: string, want: number, got: number): string => `function \`${fn}\` takes at most ${times(want)} but ${given(got)}`,
  argType: (fn: string, n: number, want: string, got: string): string =>
    `function \`${fn}\` expects argument ${n} to be of type ${want} but got type \`${got}\` instead`,
  undefinedFunction: (fn: string): string => `function \`${fn}\` is undefined`,
  undefinedInScope: (fn: string, scope: string, other: string): string =>
    `function \`${fn}\` is undefined in the \`${scope}\` scope; you might want to query ${other} scope?`,
  noFunction: (type: string, fn: string): string => `type \`${type}\` has no function \`${fn}\``,
  enumNoFunction: (name: string, fn: string): string => `enum \`${name}\` has no function \`${fn}\``,
  moduleNoFunction: (name: string, fn: string): string => `module \`${name}\` has no function \`${fn}\``,
  moduleNotRunning: (name: string, status: string): string => `module \`${name}\` is not running (status: ${status})`,
  noMethod: (type: string, fn: string): string => `type \`${type}\` has no method \`${fn}\``,
  needsCommit: (fn: string, scope: string): string => `function \`${fn}\` requires a commit before it can be used in the \`${scope}\` scope`,
  undefinedVariable: (name: string): string => `variable \`${name}\` is undefined`,
  variableNotCallable: (name: string, type: string): string => `variable \`${name}\` is of type \`${type}\` and is not callable`,
  propertyNotCallable: (name: string, type: string): string => `property \`${name}\` is of type \`${type}\` and is not callable`,
  recursion: (): string => 'maximum recursion depth exceeded',
  needsChange: (): string => 'closures with side effects require a change but none is created; use `wse(...)` to enforce a change',
};
