/** The forms in which a query is given. */
import type { Vars } from './database.ts';

export interface QueryText {
  /** Left out: the default scope. */
  readonly scope?: string;
  readonly code: string;
  readonly vars?: Vars | undefined;
}

export function readQueryArgs(first: string | TemplateStringsArray, rest: readonly unknown[]): QueryText {
  if (typeof first !== 'string') return readTemplate(first, rest);
  const [code, vars] = rest as [string | undefined, Vars | undefined];
  return code === undefined ? { code: first } : { scope: first, code, vars };
}

/**
 * The values of a template become variables, so that the text is the same each time and nothing in them is ever read as
 * code. The raw text counts: a `\d` of a regular expression stays one, only what JavaScript wants escaped is not.
 */
function readTemplate(template: TemplateStringsArray, values: readonly unknown[]): QueryText {
  const vars: Record<string, unknown> = {};
  let code = '';
  template.raw.forEach((text, i) => {
    code += text.replace(/\\(`|\$\{)/g, '$1');
    if (i === values.length) return;
    const name = `_${i + 1}`;
    vars[name] = values[i];
    code += name;
  });
  return { code, vars };
}
