import { Regex } from './value.ts'; export function makeRegex(p: string, f: string): Regex { return new Regex(p, f); }
