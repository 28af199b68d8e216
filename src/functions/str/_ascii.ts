/** What `upper`, `lower`, `trim` and `split` share: they know ASCII letters and ASCII white space only. */

/** Space, tab, line feed, vertical tab, form feed, carriage return. */
export const isSpace = (unit: number): boolean => unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);

/** Position of the first character that is no white space. */
export function leadingSpace(text: string): number {
  let i = 0;
  while (i < text.length && isSpace(text.charCodeAt(i))) i++;
  return i;
}

/** Position behind the last character at or after `from` that is no white space. */
export function trailingSpace(text: string, from = 0): number {
  let i = text.length;
  while (i > from && isSpace(text.charCodeAt(i - 1))) i--;
  return i;
}
