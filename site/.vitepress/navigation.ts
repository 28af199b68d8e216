/**
 * Navigation from the folders of docs/ alone: a page's name is its title, the order of folders and pages is that of the links on
 * the folder's own page (README.md), what it does not name follows by name.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DefaultTheme } from 'vitepress';

export interface Section {
  /** Path below docs/: `data-types/list`, '' for the top. */
  readonly path: string;
  readonly title: string;
  readonly items: readonly (Page | Section)[];
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
  const items: { place: number; file: string; item: Page | Section }[] = [];
  for (const entry of readdirSync(join(docs, path), { withFileTypes: true })) {
    const file = join(path, entry.name);
    if (entry.isDirectory() && existsSync(join(docs, file, 'README.md'))) items.push({ place: place(file), file, item: readSections(docs, file) });
    else if (entry.name.endsWith('.md') && entry.name !== 'README.md') {
      items.push({ place: place(file), file, item: { file, title: titleOf(readFileSync(join(docs, file), 'utf8')) } });
    }
  }
  items.sort((a, b) => a.place - b.place || a.file.localeCompare(b.file));
  return { path, title: titleOf(readme), items: items.map(({ item }) => item) };
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

const sectionsOf = (section: Section): Section[] => section.items.filter(item => 'items' in item);

function allSections(section: Section): Section[] {
  return sectionsOf(section).flatMap(inner => [...allSections(inner), inner]);
}

function bar(top: Section, open: string): DefaultTheme.SidebarItem[] {
  const sidebarItem = (item: Page | Section): DefaultTheme.SidebarItem => {
    if ('file' in item) return { text: item.title, link: `/${item.file.replace(/\.md$/, '')}` };
    const head = { text: item.title, link: `/${item.path}/` };
    const isOpen = open === item.path || open.startsWith(`${item.path}/`);
    return isOpen ? { ...head, collapsed: false, items: item.items.map(sidebarItem) } : head;
  };
  return [{ text: 'Documentation', link: '/', items: top.items.map(sidebarItem) }];
}

/** Titles of the folders around a page, with their links: what stands above its title. */
export function crumbs(top: Section, file: string): { readonly text: string; readonly link: string }[] {
  const found: { text: string; link: string }[] = [];
  const around = (section: Section): Section | undefined => sectionsOf(section).find(({ path }) => file.startsWith(`${path}/`));
  for (let section = around(top); section !== undefined; section = around(section)) {
    if (file !== `${section.path}/README.md`) found.push({ text: section.title, link: `/${section.path}/` });
  }
  return found;
}
