/**
 * Examples in documentation pages: fenced blocks of language `thingsdb` with a tag that says what should come
 * of them, and optionally a scope:
 *
 *     ```thingsdb,json_response          the next `json` block is the result
 *     ```thingsdb,should_pass,@t         runs without an error, in @thingsdb
 *     ```thingsdb,should_err             fails; a `text` block right behind it is the error: `value_err: …`
 *     ```thingsdb,syntax_only            can be read
 *     ```thingsdb,no_test                is not run; the page says why
 *
 * Each has a database of its own, unless it also says `continued`: then it goes on with the one that the examples
 * above it left, from the last one on that does not.
 */
export const TAGS = ['json_response', 'should_pass', 'should_err', 'syntax_only', 'no_test'] as const;
export type Tag = (typeof TAGS)[number];
const CONTINUED = 'continued';

export interface Example {
  readonly file: string;
  /** Line of the fence, from 1. */
  readonly line: number;
  readonly tag: Tag;
  /** `//stuff` unless the fence names one. */
  readonly scope: string;
  readonly code: string;
  /** Text of the block that shows the outcome; null when there is none. */
  readonly shown: string | null;
  /** Those that are run before it, in order. */
  readonly before: readonly Example[];
}

export interface Fence {
  /** Line of the fence, from 1. */
  readonly line: number;
  readonly info: string;
  readonly text: string;
}

export function findExamples(file: string, markdown: string): Example[] {
  const fences = findFences(markdown);
  const examples: Example[] = [];
  fences.forEach((fence, i) => {
    const [language, ...words] = fence.info.split(',').map(word => word.trim());
    if (language !== 'thingsdb') return;
    const place = `${file}:${fence.line}`;
    const tags = words.filter(word => (TAGS as readonly string[]).includes(word)) as Tag[];
    const scopes = words.filter(word => /^[@/]/.test(word));
    if (tags.length !== 1) throw new Error(`${place}: an example needs one tag of ${TAGS.join(', ')}`);
    const continued = words.includes(CONTINUED);
    if (words.length !== tags.length + scopes.length + (continued ? 1 : 0) || scopes.length > 1) throw new Error(`${place}: cannot read \`${fence.info}\``);
    const next = fences[i + 1];
    const wanted = tags[0] === 'json_response' ? 'json' : 'text';
    const shown = next !== undefined && next.info === wanted ? next.text : null;
    if (tags[0] === 'json_response' && shown === null) throw new Error(`${place}: a json_response needs a \`json\` block behind it`);
    const last = examples.at(-1);
    if (continued && last === undefined) throw new Error(`${place}: there is no example before it to continue`);
    const before = continued ? [...last!.before, last!] : [];
    examples.push({ file, line: fence.line, tag: tags[0]!, scope: scopes[0] ?? '//stuff', code: fence.text, shown, before });
  });
  return examples;
}

/** The fenced blocks of a page. */
export function findFences(markdown: string): Fence[] {
  const fences: Fence[] = [];
  const lines = markdown.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const open = /^(`{3,})([^`]*)$/.exec(lines[i]!);
    if (open === null) continue;
    const start = i;
    const body: string[] = [];
    while (++i < lines.length && lines[i]!.trimEnd() !== open[1]) body.push(lines[i]!);
    fences.push({ line: start + 1, info: open[2]!.trim(), text: body.join('\n') });
  }
  return fences;
}
