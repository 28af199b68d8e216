/** The page of a folder is its README.md, which code hosts show by themselves; on the site it is index.html. */
import type { MarkdownRenderer } from 'vitepress';

export const sitePath = (file: string): string => file.replace(/(^|\/)README\.md$/, '$1index.md');

export function links(md: MarkdownRenderer): void {
  const open = md.renderer.rules.link_open!;
  md.renderer.rules.link_open = (tokens, index, ...rest) => {
    const token = tokens[index]!;
    const href = token.attrGet('href')!;
    if (!/^[a-z]+:/.test(href)) token.attrSet('href', href.replace(/(^|\/)README\.md(?=#|$)/, '$1index.md'));
    return open(tokens, index, ...rest);
  };
}
