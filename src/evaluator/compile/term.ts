/** Values as JavaScript. */

/** A value as JavaScript, and what is known of it. */
export interface Term {
  readonly js: string;
  readonly type: 'int' | 'bool' | 'str' | 'any';
}

export const any = (js: string): Term => ({ js, type: 'any' });

/** Tests that both are ints which are numbers, as far as it is not known. */
export function ints(a: Term, b: Term): string {
  const tests = [a, b].filter(({ type }) => type !== 'int').map(({ js }) => `typeof ${js} === 'number'`);
  return tests.length === 0 ? 'true' : tests.join(' && ');
}

/** What `if` sees of something that may be named twice. */
export function truth({ js, type }: Term): string {
  return type === 'bool' ? js : `(${js} === true || ${js} !== false && truthy(${js}))`;
}
