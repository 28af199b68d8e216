/** Chromium without a window, for tests and pictures. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
/** Milliseconds that an installation may take. */
const INSTALL = 180_000;

/** Path of the browser, which `CHROMIUM` may name; null when there is none. */
export function findChromium() {
  const given = process.env.CHROMIUM;
  const places = given === undefined ? process.env.PATH.split(delimiter).flatMap(dir => NAMES.map(name => join(dir, name))) : [given];
  return places.find(path => existsSync(path)) ?? null;
}

/** On Debian as root, as in CI, the package is installed; elsewhere that is left to people. */
export function installChromium() {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return;
  const options = { timeout: INSTALL, stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  console.log('installing the package chromium …');
  spawnSync('apt-get', ['update'], options);
  spawnSync('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], options);
}

export function launch(executablePath) {
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}
