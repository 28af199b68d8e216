/** Values as JSON for people: what fits goes on one line. */
import type { Plain } from '../../src/core.ts';

/** Longest text that stays on one line. */
const WIDTH = 72;

/** Ints keep all their digits; bytes are shown in base64, as the examples in the pages do. */
export function jsonText(value: Plain, width = WIDTH, indent = ''): string {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return JSON.stringify(base64(value));
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}  `;
  return Array.isArray(value)
    ? wrap('[', ']', value.map(item => jsonText(item, width, inner)), width, indent)
    : wrap('{', '}', Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${jsonText(item, width, inner)}`), width, indent);
}

function wrap(open: string, close: string, parts: readonly string[], width: number, indent: string): string {
  const line = `${open}${parts.join(', ')}${close}`;
  if (line.length + indent.length <= width && !line.includes('\n')) return line;
  return `${open}\n${parts.map(part => `${indent}  ${part}`).join(',\n')}\n${indent}${close}`;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export type JsonPart = { readonly text: string; readonly kind: 'key' | 'string' | 'number' | 'word' | 'sign' };

/** JSON text cut into its parts, for colours. */
export function jsonParts(text: string): JsonPart[] {
  const parts: JsonPart[] = [];
  for (const [part] of text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[a-z]+|[^"\w-]+/g)) {
    const last = parts.length;
    parts.push({ text: part, kind: kindOf(part) });
    if (part.startsWith(':') && last > 0 && parts[last - 1]!.kind === 'string') parts[last - 1] = { ...parts[last - 1]!, kind: 'key' };
  }
  return parts;
}

function kindOf(part: string): JsonPart['kind'] {
  if (part.startsWith('"')) return 'string';
  if (/^-?\d/.test(part)) return 'number';
  return /^[a-z]/.test(part) ? 'word' : 'sign';
}
