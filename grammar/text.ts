import type { Closure } from './ast.ts';
export const compactText = (s: string, c: Closure): string => s.slice(c.pos, c.end);
export const formatText = compactText;
export const docText = (_c: Closure): string => '';
