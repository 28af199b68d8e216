/**
 * ThingsDB's configuration files: sections in brackets, `key = value` lines, `#` starts a comment line.
 * Unlike other INI dialects nothing may stand before the first section, and `;` is no comment.
 */
export interface IniError {
  /** In ThingsDB's words. */
  readonly error: string;
}

/** The keys of one section; of two equal keys the last one counts. */
export function parseIni(text: string, section: string): Map<string, string> | IniError {
  const keys = new Map<string, string>();
  let current: string | null = null;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const head = /^\[(.*)\]$/.exec(line);
    if (head !== null) {
      current = head[1]!.trim();
      continue;
    }
    if (current === null) return { error: 'got a line without a section' };
    const at = line.indexOf('=');
    if (at < 0) return { error: 'missing equal sign in at least one line' };
    if (current === section) keys.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  }
  return keys;
}
