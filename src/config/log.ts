/**
 * Log lines as ThingsDB writes them, since tools wait for them: `[I 2026-11-22 00:32:12] text`. Each line is
 * written at once and whole.
 */
import { LOG_LEVEL, type LogLevel } from '../host.ts';
import { LOG_LEVELS, type LogLevelWord } from './command-line.ts';

export class Log {
  /** Lines below it are left out. May be changed while running (`set_log_level`). */
  level: LogLevel;
  private readonly colorized: boolean;
  private readonly write: (text: string) => void;
  private readonly now: () => Date;

  constructor(level: LogLevel, colorized: boolean, write: (text: string) => void, now: () => Date) {
    this.level = level;
    this.colorized = colorized;
    this.write = write;
    this.now = now;
  }

  /** A function, so that it can be handed on as it is. */
  readonly log = (level: LogLevel, text: string): void => {
    if (level < this.level) return;
    const head = `[${LETTERS[level]} ${stamp(this.now())}]`;
    this.write(this.colorized ? `\x1b[${COLOURS[level]}m${head}\x1b[0m ${text}\n` : `${head} ${text}\n`);
  };

  debug(text: string): void {
    this.log(LOG_LEVEL.debug, text);
  }
  info(text: string): void {
    this.log(LOG_LEVEL.info, text);
  }
  warning(text: string): void {
    this.log(LOG_LEVEL.warning, text);
  }
  error(text: string): void {
    this.log(LOG_LEVEL.error, text);
  }
  critical(text: string): void {
    this.log(LOG_LEVEL.critical, text);
  }
}

export function levelOf(word: LogLevelWord): LogLevel {
  return LOG_LEVELS.indexOf(word) as LogLevel;
}

const LETTERS = ['D', 'I', 'W', 'E', 'C'] as const;
/** Cyan, green, yellow, red, magenta. */
const COLOURS = [36, 32, 33, 31, 35] as const;

/** Local time, to the second. */
function stamp(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
