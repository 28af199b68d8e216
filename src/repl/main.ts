/** `thingscope repl [URL]`: sets up where queries go and where lines come from. */
import { createInterface } from 'node:readline';
import { ThingscopeError } from '../library/error.ts';
import { Repl } from './repl.ts';
import { COLOURS, PLAIN } from './print.ts';
import { historyFile, keepHistory, readHistory } from './history.ts';
import { openTarget, readTargetArgs } from './target.ts';

export async function repl(args: readonly string[]): Promise<void> {
  let target;
  let scope;
  try {
    const given = readTargetArgs(args);
    if (given.rest.length > 0) throw new Error(`usage: thingscope repl [URL] [--scope SCOPE] [--user NAME --password TEXT | --token KEY]`);
    scope = given.scope ?? '//stuff';
    target = await openTarget(given, false);
  } catch (e) {
    process.stderr.write(`${e instanceof ThingscopeError ? e.explain() : (e as Error).message}\n`);
    process.exitCode = 1;
    return;
  }
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const colours = interactive && process.env['NO_COLOR'] === undefined;
  const shell = new Repl(target, {
    scope,
    style: colours ? COLOURS : PLAIN,
    interactive,
    write: text => void process.stdout.write(text),
    now: () => performance.now(),
  });
  const lines = createInterface({
    input: process.stdin,
    output: interactive ? process.stdout : undefined,
    terminal: interactive,
    history: interactive ? readHistory(historyFile()) : [],
    historySize: 1_000,
    completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
      shell.complete(line).then(result => done(null, result), () => done(null, [[], line]));
    },
  });
  if (interactive) process.stdout.write(`Thingscope REPL. Queries end with Enter; .help shows what else there is, Ctrl+D ends.\n`);
  const prompt = (): void => {
    if (!interactive) return;
    lines.setPrompt(shell.prompt());
    lines.prompt();
  };
  lines.on('SIGINT', () => {
    if (!shell.discard() && lines.line === '') lines.close();
    else {
      process.stdout.write('\n');
      prompt();
    }
  });
  prompt();
  for await (const line of lines) {
    await shell.line(line);
    if (shell.ended) break;
    prompt();
  }
  await shell.end();
  if (interactive) {
    keepHistory(historyFile(), (lines as unknown as { history: string[] }).history);
    process.stdout.write('\n');
  } else if (shell.failed) {
    process.exitCode = 1;
  }
  lines.close();
  await target.database.close();
}
