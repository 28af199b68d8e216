/** `.help NAME`: what the page of a function or method says, from the documentation that comes with the program. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { nearest } from '../../grammar/nearest.ts';
import { ALL } from '../functions/all.gen.ts';
import { Registry, type Builtin } from '../functions/registry.ts';

const registry = new Registry(ALL);

export function help(asked: string): string {
  const name = asked.replace(/\(.*$/, '').replace(/^.*\./, '');
  const found = registry.all.filter(fn => fn.name === name);
  if (found.length === 0) {
    const hint = nearest(name, registry.all.map(fn => fn.name));
    return `there is no function or method \`${name}\`${hint === null ? '' : `; did you mean \`${hint}\`?`}`;
  }
  return found.map(describe).join('\n\n');
}

function describe(fn: Builtin): string {
  const page = pageOf(fn);
  const on = fn.spec.on === undefined ? '' : `${fn.spec.on}.`;
  return page ?? `${on}${fn.name}(${fn.spec.args.join(', ')})`;
}

/** Pages lie in docs/ beside the program; null when it was installed without. */
function pageOf(fn: Builtin): string | null {
  for (const base of ['../docs/', '../../docs/']) {
    const file = fileURLToPath(new URL(`${base}${fn.docs}.md`, import.meta.url));
    if (existsSync(file)) return readFileSync(file, 'utf8').replace(/^<!--.*-->\n/gm, '').trim();
  }
  return null;
}
