/** Values as the REPL shows them: JSON with keys without quotes where possible, in colours on a terminal. */
import type { Plain } from '../wire/plain.ts';

export interface Style {
  readonly str: (text: string) => string;
  readonly number: (text: string) => string;
  readonly word: (text: string) => string;
  readonly key: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly error: (text: string) => string;
}

const sgr = (code: string) => (text: string): string => `\x1b[${code}m${text}\x1b[0m`;
const asIs = (text: string): string => text;

export const COLOURS: Style = { str: sgr('32'), number: sgr('36'), word: sgr('35'), key: sgr('34'), dim: sgr('2'), error: sgr('31') };
export const PLAIN: Style = { str: asIs, number: asIs, word: asIs, key: asIs, dim: asIs, error: asIs };

/** Longest text that stays on one line. */
const WIDTH = 80;

export function print(value: Plain, style: Style, indent = ''): string {
  if (value === null) return style.word('nil');
  switch (typeof value) {
    case 'boolean': return style.word(String(value));
    case 'number': return style.number(String(value));
    case 'bigint': return style.number(String(value));
    case 'string': return style.str(JSON.stringify(value));
  }
  if (value instanceof Uint8Array) return style.dim(`<${value.length} bytes ${Buffer.from(value).toString('base64')}>`);
  const inner = `${indent}  `;
  if (Array.isArray(value)) return wrap('[', ']', value.map(item => print(item, style, inner)), indent, inner);
  return wrap('{', '}', Object.entries(value).map(([key, item]) => `${printKey(key, style)}: ${print(item, style, inner)}`), indent, inner);
}

function printKey(key: string, style: Style): string {
  return style.key(/^[A-Za-z_#][A-Za-z0-9_]*$/.test(key) ? key : JSON.stringify(key));
}

function wrap(open: string, close: string, parts: readonly string[], indent: string, inner: string): string {
  const line = `${open}${parts.join(', ')}${close}`;
  if (!line.includes('\n') && visibleLength(line) + indent.length <= WIDTH) return line;
  return `${open}\n${parts.map(part => inner + part).join(',\n')}\n${indent}${close}`;
}

function visibleLength(text: string): number {
  return text.replace(/\x1b\[[0-9;]*m/g, '').length;
}
