/**
 * What made a change: who, when, and by which query. Where an audit is kept it goes into the log as a part of the change,
 * so that neither is ever there without the other. Whoever repeats the change does not look at it.
 */
import type { Value } from './values/value.ts';
import { isoText } from './values/datetime.ts';
import { JsonSink } from './wire/json.ts';
import { KIND, Reader, Writer } from './wire/msgpack.ts';
import { pack, type PackContext } from './wire/result.ts';

/** Their numbers in the log are their places here. */
const BY = ['server', 'query', 'procedure', 'future', 'task'] as const;

export interface Cause {
  /**
   * `query` or `procedure`: a client, or the program that has the database in it; `future`: one that such a request left
   * behind; `task`; `server`: what a node does of itself, as removing what nothing refers to.
   */
  readonly by: (typeof BY)[number];
  /** Name of the user; of a task its owner; null for the server. */
  readonly user: string | null;
  /** Id of the token that the user logged in with; null for a password. */
  readonly token: string | null;
  /** The query, the procedure with its arguments, the task with its closure, or what the server did. Bounded, and without passwords. */
  readonly text: string;
  /** Id of the node that the client asked; null for the one that makes the change. */
  readonly asked: number | null;
}

export interface Audit extends Omit<Cause, 'asked'> {
  /** When the change was made, UNIX seconds. */
  readonly time: number;
  /** Id of the node that the client asked. Where no client asked, and in logs that do not say it yet, the same as `leader`. */
  readonly node: number;
  /** Id of the node that made the change: in a cluster the one that led. */
  readonly leader: number;
}

/** Characters of the text that are kept, by default. */
export const AUDIT_TEXT_SIZE = 1_000;

/** In the place of what a password is in. */
export const WITHHELD = '(withheld: it sets a password)';

/** The text of a query for people who read it in a log: of so many characters at most, without passwords and tokens for GitHub. */
export function loggedText(text: string, max: number): string {
  // What sets a password has it in its text.
  if (text.includes('set_password')) return WITHHELD;
  return cut(text.includes('github.com/') ? text.replace(/(github\.com\/[\w.-]+\/[\w.-]+:)[\w.-]+/g, '$1...') : text, max);
}

function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const splitsPair = max > 0 && (text.charCodeAt(max - 1) & 0xfc00) === 0xd800;
  return `${text.slice(0, splitsPair ? max - 1 : max)}...`;
}

/** A call of a procedure as text of so many characters at most: `add_book("Iris",3)`. */
export function callText(name: string, args: readonly Value[], max: number): string {
  const sink = new Bounded(max);
  let end = ')';
  try {
    sink.array();
    for (const arg of args) pack(arg, sink, SHOWN);
    sink.end();
  } catch {
    // It is full, or there is no text for what it holds.
    end = '...';
  }
  return cut(`${name}(${sink.text.slice(1, end === ')' ? -1 : undefined)}${end}`, max);
}

/** Takes no more when its text is longer than it may be. */
class Bounded extends JsonSink {
  private readonly max: number;

  constructor(max: number) {
    super({ anyBytes: true, grow: length => {
      if (length > max) throw new RangeError('the text is long enough');
    } });
    this.max = max;
  }

  override str(text: string): void {
    super.str(text.slice(0, this.max + 1));
  }

  override bin(data: Uint8Array): void {
    super.str(`<${data.length} bytes>`);
  }
}

/** Levels of things that are shown of an argument. */
const DEEP = 5;
const SHOWN: PackContext = { deep: DEEP, flags: 0, resultLimit: Infinity, isoText, taskText: task => `task:${task.id}`, wrapped: () => {} };

/**
 * As it goes into the log. `time` in UNIX seconds, `leader` the node that makes the change, `max` in characters of the
 * text. The node that was asked is at the end, and only where it is another one: a reader that does not know it leaves it.
 */
export function packAudit(w: Writer, { by, user, token, text, asked }: Cause, time: number, leader: number, max: number): Uint8Array {
  w.reset();
  w.float(time);
  w.int(BY.indexOf(by));
  if (user === null) w.nil();
  else w.str(user);
  if (token === null) w.nil();
  else w.str(token);
  w.int(leader);
  w.str(loggedText(text, max));
  if (asked !== null && asked !== leader) w.int(asked);
  return w.copy();
}

export function unpackAudit(bytes: Uint8Array): Audit {
  const r = new Reader(bytes);
  const name = (): string | null => (r.kind() === KIND.nil ? r.nil() : r.str());
  const [time, by, user, token, leader, text] = [r.float(), BY[r.safeInt()]!, name(), name(), r.safeInt(), r.str()];
  return { time, by, user, token, node: r.atEnd ? leader : r.safeInt(), leader, text };
}
