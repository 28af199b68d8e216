/**
 * From an offset to what people read: line, column and a caret under the place. Counted only when an
 * error is shown, since nodes keep offsets alone.
 */
export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

export function locate(text: string, offset: number): Place {
  const end = Math.min(Math.max(offset, 0), text.length);
  let line = 1;
  let start = 0;
  for (let i = text.indexOf('\n'); i !== -1 && i < end; i = text.indexOf('\n', i + 1)) {
    line++;
    start = i + 1;
  }
  return { line, column: end - start + 1 };
}

/**
 * The line that holds `offset`, with a caret under it:
 *
 *     2 | .x = fooo(1);
 *       |      ^
 */
export function caret(text: string, offset: number): string {
  const { line, column } = locate(text, offset);
  const from = text.lastIndexOf('\n', Math.min(offset, text.length) - 1) + 1;
  const to = text.indexOf('\n', from);
  const source = text.slice(from, to === -1 ? text.length : to).replace(/\r$/, '');
  const number = String(line);
  // Tabs stay tabs in the line below, so that the caret stands right whatever their width.
  const pad = source.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return `${number} | ${source}\n${' '.repeat(number.length)} | ${pad}^`;
}
