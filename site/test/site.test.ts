/** The built site in a browser: examples run in the page, errors have their place, search finds, nothing freezes. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { findChromium, launch } from '../browser.mjs';
import { serve } from '../serve.mjs';

let site: Awaited<ReturnType<typeof serve>>;
let browser: Browser;
let page: Page;
/** What the page complained about. */
const complaints: string[] = [];

beforeAll(async () => {
  [site, browser] = await Promise.all([serve(0), launch(findChromium()!)]);
});
afterAll(async () => {
  await browser.close();
  await site.close();
});
beforeEach(async () => {
  page = await browser.newPage();
  page.on('pageerror', error => complaints.push(error.message));
  page.on('console', message => void (message.type() === 'error' && complaints.push(message.text())));
});
afterEach(async () => {
  await page.close();
  expect(complaints.splice(0)).toEqual([]);
});

const open = (path: string): Promise<unknown> => page.goto(site.url + path, { waitUntil: 'load' });
const example = (n: number): Locator => page.locator('.example').nth(n);

/** Puts the text into the editor of an example. */
async function type(where: Locator, text: string): Promise<void> {
  if (await where.locator('.edit').isVisible()) await where.locator('.edit').click();
  await where.locator('.cm-content').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}

async function run(where: Locator, text: string): Promise<string> {
  await type(where, text);
  await where.locator('.run').click();
  await where.locator('.run:not(:disabled)').waitFor();
  return where.locator('.outcome').first().innerText();
}

test('an example runs as it is written, and changed', async () => {
  await open('data-types/list/map.html');
  await example(0).locator('.run').click();
  await expect.poll(() => example(0).locator('.outcome').innerText()).toMatch(/as the page says\s+\["1. ANNA", "2. BOB"\]/);
  expect(await run(example(0), "['x', 'y'].map(|name| name + '!');")).toContain('["x!", "y!"]');
  await example(0).locator('.restore').click();
  expect(await example(0).locator('.shown').innerText()).toContain('["1. ANNA", "2. BOB"]');
});

test('an error shows its code, its text and its place', async () => {
  await open('data-types/list/map.html');
  const outcome = await run(example(0), "a = [1];\na.mapp(|x| x);");
  expect(outcome).toContain('lookup_err (-54): type `list` has no function `mapp`');
  expect(outcome).toContain('2 | a.mapp(|x| x);\n  |  ^');
  expect(outcome).toContain('Did you mean map?');
  await example(0).locator('.cm-lintRange-error').waitFor();
});

test('an example that should fail says so, with the error of the page', async () => {
  await open('data-types/list/map.html');
  expect(await example(1).locator('.note').innerText()).toBe('fails, and should');
  await example(1).locator('.run').click();
  await expect.poll(() => example(1).locator('.outcome').innerText()).toContain('as the page says');
});

test('the examples of a page share a database until it is reset', async () => {
  await open('statements.html');
  await run(example(0), '.n = 5;');
  expect(await run(example(1), '.n + 1;')).toMatch(/\b6$/);
  await type(example(1), '.n;');
  await example(1).locator('.afresh').click();
  await expect.poll(() => example(1).locator('.outcome').innerText()).toContain('has no property `n`');
});

test('an example that goes on from others runs them first', async () => {
  await open('guides/tutorial.html');
  const last = page.locator('.example.json_response').last();
  await last.locator('.run').click();
  await expect.poll(() => last.locator('.outcome').innerText(), { timeout: 15_000 }).toContain('as the page says');
});

test('the grammar is drawn', async () => {
  await open('grammar.html');
  expect(await page.locator('figure.railroad svg').count()).toBeGreaterThan(30);
  await page.locator('figure#statement a', { hasText: 'operand' }).first().click();
  expect(page.url()).toContain('#operand');
});

test('a mistake is marked while one types', async () => {
  await open('playground.html');
  await type(page.locator('.playground'), 'a = (1;');
  await page.locator('.cm-lintRange-error').waitFor();
});

test('completion knows what is stored, methods and their help', async () => {
  await open('playground.html');
  const playground = page.locator('.playground');
  await run(playground, '.people = [];');
  await type(playground, '');
  await page.keyboard.type('.peo');
  await expect.poll(() => page.locator('.cm-tooltip-autocomplete li').allInnerTexts()).toEqual(['people']);
  await page.keyboard.type('ple.extend_');
  await expect.poll(() => page.locator('.cm-tooltip-autocomplete').innerText()).toContain('extend_unique');
  await expect.poll(() => page.locator('.help').innerText()).toMatch(/list\.extend_unique\(.*\)\s+Adds those items/);
});

test('a name shows its page in short when pointed at', async () => {
  await open('playground.html');
  await type(page.locator('.playground'), "'abc'.upper()");
  await page.locator('.tok-builtin', { hasText: 'upper' }).hover();
  await expect.poll(() => page.locator('.cm-tooltip-hover').innerText()).toContain('str.upper()');
});

test('the playground runs in a scope of choice and shows what was changed', async () => {
  await open('playground.html');
  const playground = page.locator('.playground');
  expect(await run(playground, '.greeting = "hello";')).toMatch(/change \d+ of @collection:stuff\s+set .*"key": "greeting", "value": "hello"/);
  await playground.locator('input').fill('@t');
  expect(await run(playground, "new_collection('more'); collections_info().len();")).toMatch(/\b2\b/);
  await playground.locator('input').fill('//more');
  expect(await run(playground, '.x = 1; .x;')).toContain('@collection:more');
});

test('an endless loop ends, and the page lives on', async () => {
  await open('playground.html');
  const playground = page.locator('.playground');
  await type(playground, 'l = range(100000); l.each(|| l.each(|| l.each(|| 1)));');
  await playground.locator('.run').click();
  // The page answers meanwhile.
  expect(await page.evaluate(() => document.title)).toContain('Playground');
  await expect.poll(() => playground.locator('.outcome').first().innerText(), { timeout: 15_000 }).toMatch(/operation_err|max_quota_err|seconds/);
  expect(await run(playground, '1 + 1;')).toMatch(/\b2\b/);
});

test('search finds a page by the name of a function', async () => {
  await open('');
  await page.locator('.VPNavBarSearch button').click();
  await page.locator('.search-input').fill('extend_unique');
  await page.locator('.result').first().waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.url()).toContain('data-types/list/extend_unique');
});

test('pages fit a telephone', async () => {
  await page.setViewportSize({ width: 375, height: 700 });
  for (const path of ['', 'data-types/list/map.html', 'playground.html', 'operators.html']) {
    await open(path);
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(tooWide, path).toBe(0);
  }
});
