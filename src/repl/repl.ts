/** The read-eval-print loop: lines in, text out. Knows neither terminal nor process, so that tests can drive it. */
import { readFile } from 'node:fs/promises';
import { parse } from '../../grammar/parser.ts';
import { ALL } from '../functions/all.gen.ts';
import { Registry } from '../functions/registry.ts';
import { complete } from '../help/complete.ts';
import { ThingscopeError } from '../library/error.ts';
import { help, topics } from './help.ts';
import { print, type Style } from './print.ts';
import type { Target } from './target.ts';

export interface ReplOptions {
  readonly scope: string;
  readonly style: Style;
  readonly interactive: boolean;
  readonly write: (text: string) => void;
  /** Milliseconds, for `.timing`. */
  readonly now: () => number;
}

const COMMANDS: Readonly<Record<string, string>> = {
  '.help [TOPIC]': 'this list, or the page about a function, method or type: .help map, .help list.map, .help list, .help statements',
  '.scope [SCOPE]': 'show or change the scope of queries: @thingsdb, @node, //stuff',
  '.load FILE': 'run the queries of a file',
  '.timing': 'show how long queries take, or stop showing it',
  '.exit': 'end (also Ctrl+D)',
};

/** Candidates, and the end of the line that they replace, as readline wants them. */
export type Completion = [string[], string];

const registry = new Registry(ALL);

export class Repl {
  ended = false;
  /** True once a query failed; a script that is piped in ends with an error then. */
  failed = false;
  private readonly target: Target;
  private readonly options: ReplOptions;
  private scope: string;
  private timing = false;
  /** Lines of a query that is not complete yet. */
  private pending = '';

  constructor(target: Target, options: ReplOptions) {
    this.target = target;
    this.options = options;
    this.scope = options.scope;
  }

  prompt(): string {
    if (this.pending !== '') return '... ';
    return `${this.target.name === '' ? '' : `${this.target.name} `}${this.scope}> `;
  }

  /** Drops an unfinished query; false when there is none. */
  discard(): boolean {
    const had = this.pending !== '';
    this.pending = '';
    return had;
  }

  /** Takes one line of input. */
  async line(line: string): Promise<void> {
    if (this.pending === '') {
      const trimmed = line.trim();
      if (trimmed === '') return;
      if (/^\.[a-z]+(\s|$)/.test(trimmed) && this.isCommand(trimmed)) return this.command(trimmed);
    }
    this.pending += this.pending === '' ? line : `\n${line}`;
    if (isUnfinished(this.pending) && !(this.options.interactive && line.trim() === '')) return;
    const query = this.pending;
    this.pending = '';
    await this.query(query);
  }

  /** The end of the input: what is pending is run, so that its error is seen. */
  async end(): Promise<void> {
    if (this.pending === '') return;
    const query = this.pending;
    this.pending = '';
    await this.query(query);
  }

  /** `.load` is a command; `.loading` and `.load = 1` are properties of the root. */
  private isCommand(line: string): boolean {
    const [word, next] = line.split(/\s+/, 2) as [string, string | undefined];
    return Object.keys(COMMANDS).some(command => command.split(' ')[0] === word) && !/^([-+*/%&|^]?=|[.[(?])/.test(next ?? '');
  }

  private async command(line: string): Promise<void> {
    const [word, ...rest] = line.split(/\s+/);
    const argument = rest.join(' ');
    const { write, style } = this.options;
    switch (word) {
      case '.help':
        if (argument === '') {
          const width = Math.max(...Object.keys(COMMANDS).map(name => name.length)) + 2;
          for (const [name, text] of Object.entries(COMMANDS)) write(`${name.padEnd(width)}${text}\n`);
          write('Anything else is a query; one that is not complete goes on in the next line.\n');
        } else {
          write(`${help(argument, registry)}\n`);
        }
        return;
      case '.scope':
        if (argument !== '') this.scope = argument;
        else write(`${this.scope}\n`);
        return;
      case '.timing':
        this.timing = !this.timing;
        write(`timing is ${this.timing ? 'on' : 'off'}\n`);
        return;
      case '.load':
        try {
          await this.query(await readFile(argument, 'utf8'));
        } catch (e) {
          this.failed = true;
          write(`${style.error((e as Error).message)}\n`);
        }
        return;
      default:
        this.ended = true;
    }
  }

  private async query(code: string): Promise<void> {
    const { write, style, now } = this.options;
    const started = now();
    try {
      const result = await this.target.database.query(this.scope, code);
      write(`${print(result, style)}\n`);
    } catch (e) {
      this.failed = true;
      write(`${style.error(e instanceof ThingscopeError ? e.explain() : (e as Error).message)}\n`);
    }
    if (this.timing) write(style.dim(`${(now() - started).toFixed(2)} ms\n`));
  }

  async complete(line: string): Promise<Completion> {
    if (this.pending === '') {
      const topic = /^\s*\.help\s+(\S*)$/.exec(line)?.[1];
      if (topic !== undefined) return [topics(registry).filter(name => name.startsWith(topic)), topic];
      const command = /^\s*(\.[a-z]+)$/.exec(line)?.[1];
      const names = command === undefined ? [] : Object.keys(COMMANDS).map(name => name.split(' ')[0]!).filter(name => name.startsWith(command));
      if (names.length > 0) return [names, command!];
    }
    const { typed, options } = await complete(line, registry, code => this.target.database.query(this.scope, code));
    return [options.map(({ name, kind }) => (kind === 'function' || kind === 'method' ? `${name}(` : name)), typed];
  }
}

/** Whether more lines may still make it a query: reading stopped at its very end. */
function isUnfinished(code: string): boolean {
  const parsed = parse(code);
  if ('query' in parsed) return false;
  const rest = code.slice(parsed.problem.pos);
  // Behind the last word there may be blanks and a comment; an open text or comment is reported where it starts.
  return rest.trim() === '' || /^(`[^`]*|'[^']*|"[^"]*|\/\*((?!\*\/)[^])*)$/.test(rest) || /^\{[^]*$/.test(rest) && opens(code);
}

function opens(code: string): boolean {
  let depth = 0;
  for (const c of code) {
    if ('([{'.includes(c)) depth++;
    else if (')]}'.includes(c)) depth--;
  }
  return depth > 0;
}
