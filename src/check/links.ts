/** Links between pages of the documentation. */

/** The anchor of a heading, as code hosts make it; the site makes the same. */
export function anchorOf(heading: string): string {
  return heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-');
}

const withoutCode = (page: string): string => page.replace(/^```[^]*?^```$/gm, '');

export function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading] of withoutCode(page).matchAll(/^#{1,6} (.+)$/gm)) {
    const anchor = anchorOf(heading!);
    let name = anchor;
    for (let n = 1; anchors.has(name); n++) name = `${anchor}-${n}`;
    anchors.add(name);
  }
  return anchors;
}

export interface Link {
  /** '' for the page itself. */
  readonly file: string;
  /** '' when the link names none. */
  readonly anchor: string;
}

/** Links and images of a page that lead to other files of the repository or to places of the page. */
export function linksOf(page: string): Link[] {
  return [...withoutCode(page).replace(/`[^`\n]*`/g, '').matchAll(/\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(([, file, anchor]) => ({ file: file!, anchor: anchor ?? '' }));
}
