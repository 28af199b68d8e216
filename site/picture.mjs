/** `npm run docs:picture`: writes docs/images/site.png, the picture in README.md, from the built site. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium, launch } from './browser.mjs';
import { serve } from './serve.mjs';

const file = fileURLToPath(new URL('../docs/images/site.png', import.meta.url));
mkdirSync(dirname(file), { recursive: true });
const site = await serve(0);
const browser = await launch(findChromium());
const page = await browser.newPage({ viewport: { width: 1280, height: 820 } });
await page.goto(`${site.url}playground.html`);
await page.locator('.cm-content').waitFor();
await page.locator('.run').click();
await page.locator('.outcome').waitFor();
await page.locator('.cm-content').click();
await page.keyboard.press('Control+End');
await page.keyboard.type('\n.people.fi');
await page.locator('.cm-completionInfo').waitFor();
await page.screenshot({ path: file });
await browser.close();
await site.close();
