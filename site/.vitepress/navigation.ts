/**
 * Navigation from the folders of docs/ alone: a page's name is its title, the order of folders and pages is that of the links on
 * the folder's own page (README.md), what it does not name follows by name.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DefaultTheme } from 'vitepress';

export interface Section {
  /** Path below docs/: `data-types/list`, '' for the top. */
  readonly path: string;
  readonly title: string;
  readonly pages: readonly Page[];
  readonly sections: readonly Section[];
}

export interface Page {
  /** `data-types/list/map.md` */
  readonly file: string;
  readonly title: string;
}

export function readSections(docs: string, path = ''): Section {
  const readme = readFileSync(join(docs, path, 'README.md'), 'utf8');
  const linked = [...readme.matchAll(/\]\(([^)#\s]+)/g)].map(([, target]) => join(path, target!));
  const place = (file: string): number => {
    const at = linked.findIndex(target => target === file || (!file.endsWith('.md') && target.startsWith(`${file}/`)));
    return at < 0 ? Infinity : at;
  };
  const inOrder = (names: string[]): string[] =>
    names.map(name => join(path, name)).sort((a, b) => place(a) - place(b) || a.localeCompare(b));
  const entries = readdirSync(join(docs, path), { withFileTypes: true });
  const files = entries.filter(entry => entry.isFile() && /\.md$/.test(entry.name) && entry.name !== 'README.md');
  const folders = entries.filter(entry => entry.isDirectory() && readdirSync(join(docs, path, entry.name)).includes('README.md'));
  return {
    path,
    title: titleOf(readme),
    pages: inOrder(files.map(({ name }) => name)).map(file => ({ file, title: titleOf(readFileSync(join(docs, file), 'utf8')) })),
    sections: inOrder(folders.map(({ name }) => name)).map(folder => readSections(docs, folder)),
  };
}

function titleOf(page: string): string {
  return /^# (.+)$/m.exec(page)![1]!.replaceAll('`', '');
}

/** For each folder a sidebar that shows all parts of the documentation, and of these its own part in full. */
export function sidebars(top: Section): DefaultTheme.SidebarMulti {
  const bars: DefaultTheme.SidebarMulti = { '/': bar(top, '') };
  for (const section of allSections(top)) bars[`/${section.path}/`] = bar(top, section.path);
  return bars;
}

function allSections(section: Section): Section[] {
  return section.sections.flatMap(inner => [...allSections(inner), inner]);
}

function bar(top: Section, open: string): DefaultTheme.SidebarItem[] {
  const isOpen = (path: string): boolean => open === path || open.startsWith(`${path}/`);
  const item = (section: Section): DefaultTheme.SidebarItem => {
    const head = { text: section.title, link: `/${section.path}/` };
    if (!isOpen(section.path)) return head;
    return { ...head, collapsed: false, items: [...section.sections.map(item), ...section.pages.map(pageItem)] };
  };
  return [{ text: 'Documentation', link: '/', items: [...top.pages.map(pageItem), ...top.sections.map(item)] }];
}

function pageItem({ file, title }: Page): DefaultTheme.SidebarItem {
  return { text: title, link: `/${file.replace(/\.md$/, '')}` };
}

/** Titles of the folders around a page, with their links: what stands above its title. */
export function crumbs(top: Section, file: string): { readonly text: string; readonly link: string }[] {
  const found: { text: string; link: string }[] = [];
  let section: Section | undefined = top;
  while ((section = section.sections.find(({ path }) => file.startsWith(`${path}/`))) !== undefined) {
    if (file !== `${section.path}/README.md`) found.push({ text: section.title, link: `/${section.path}/` });
  }
  return found;
}

export const folderOf = (file: string): string => (dirname(file) === '.' ? '' : dirname(file));
