export function nearest(_word: string, _candidates: Iterable<string>): string | null { return null; }
