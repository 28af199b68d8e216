/** The page of a folder is its README.md, which code hosts show by themselves; on the site it is index.html. */
import { dirname, join } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

export const sitePath = (file: string): string => file.replace(/(^|\/)README\.md$/, '$1index.md');

const sameFolder = (href: string): string => href.replace(/(^|\/)README\.md(?=#|$)/, '$1index.md');

export function links(md: MarkdownRenderer): void {
  md.core.ruler.push('links', ({ tokens, env }) => {
    for (const { children } of tokens) {
      let isOutside = false;
      for (const token of children ?? []) {
        if (token.type === 'link_open') {
          const href = token.attrGet('href')!;
          isOutside = leavesDocs(href, env.relativePath ?? '');
          if (!isOutside && !/^[a-z]+:/.test(href)) token.attrSet('href', sameFolder(href));
          // The rest of the repository is not on the site: such a link becomes its words.
          if (isOutside) token.attrs = [['title', `in the repository: ${href.replace(/^(\.\.\/)+/, '')}`]];
        }
        if (isOutside && token.type.startsWith('link_')) token.tag = 'span';
      }
    }
  });
}

function leavesDocs(href: string, page: string): boolean {
  return !/^([a-z]+:|#|\/)/.test(href) && join(dirname(page), href).startsWith('..');
}
