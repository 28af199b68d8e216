/** What a page of the documentation says in short, for completion and hover texts: read from the page itself. */
import { FACTS_BEGIN, FACTS_END } from '../check/facts.ts';

export interface PageHelp {
  readonly title: string;
  /** Its first paragraph, as plain text. */
  readonly summary: string;
  /** How a built-in is called: `list.map(closure)`; several when arguments may be left out. */
  readonly signatures: readonly string[];
}

export function helpOf(page: string): PageHelp {
  const blocks = page.split(/\n\s*\n/);
  const prose = blocks.slice(1).find(block => !block.startsWith('<!--') && !block.startsWith('`'))!;
  const calls = page.split(FACTS_END)[1]?.trimStart().split(/\n\s*\n/)[0] ?? '';
  return {
    title: blocks[0]!.replace(/^# /, '').trim(),
    summary: plain(prose),
    signatures: calls.split('\n').flatMap(line => /^`([^`]+)`\s*$/.exec(line)?.[1] ?? []),
  };
}

function plain(markdown: string): string {
  return markdown.replace(/\s*\n\s*/g, ' ').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '').trim();
}

/** A page as it reads in a terminal: without the marks that the facts stand between. */
export function pageText(page: string): string {
  return page.replace(`${FACTS_BEGIN}\n`, '').replace(`${FACTS_END}\n`, '').replace('| | |\n|---|---|\n', '').trim();
}
