/** The documentation in short, by page: made when the site is built. */
declare module 'virtual:manual' {
  const manual: Readonly<Record<string, import('../../src/help/page.ts').PageHelp>>;
  export default manual;
}
