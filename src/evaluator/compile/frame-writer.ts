/**
 * Variables. They are locals of the JavaScript function. The language is dynamically scoped: whatever is called may read
 * the variables of its callers and, by `x += 1`, assign them; the collection looks through frames for values in use. So
 * before each call those that have changed are written to the frame's slots (`flush`), and after it all are read again
 * (`reload`). What lies between two calls touches no memory but what it is about.
 *
 * What is known at each place of the program is followed along its ways, see {@link State}.
 */
import type { FrameScope, FunctionCode } from '../code.ts';
import { Unsupported, type Constants } from './program.ts';

/** What is known at one place of the program. */
interface State {
  /** Slots of variables that surely have a value. */
  readonly assigned: Set<number>;
  /** Slots of variables that may differ from the frame's. */
  readonly dirty: Set<number>;
  /** True when the frame has surely been made. */
  framed: boolean;
  /** True behind a return, break or continue. */
  dead: boolean;
}

/** How deep expressions and statements may stand in each other: V8's parser uses up the stack with them. */
const NESTING_MAX = 100;

export abstract class FrameWriter {
  private readonly constants: Constants;
  protected variables: readonly number[] = [];
  private temps = 0;
  private nesting = 0;
  protected state: State = { assigned: new Set(), dirty: new Set(), framed: true, dead: false };
  /** Of the body; null where the frame is always there. */
  protected scope: FrameScope | null = null;
  /** True in the rest of a loop: the function around it is interpreted, so a return is told by the frame. */
  protected inLoop = false;
  /** True where frames are not made: what needs one is not supported. */
  protected frameless = false;
  /** The closure whose body this is, when `again` is what it runs when it calls itself; see `generator.ts`. */
  protected recursive: FunctionCode | null = null;

  constructor(constants: Constants) {
    this.constants = constants;
  }

  /** The names of all temporaries. */
  protected temporaries(): string[] {
    return Array.from({ length: this.temps }, (_, i) => `t${i}`);
  }

  protected temp(): string {
    return `t${this.temps++}`;
  }

  protected constant(value: unknown): string {
    return this.constants.name(value);
  }

  /** Writes something one level deeper. */
  protected nested<T>(write: () => T): T {
    if (++this.nesting > NESTING_MAX) throw new Unsupported();
    const written = write();
    this.nesting--;
    return written;
  }

  protected stores(slots: Iterable<number>): string {
    return [...slots].map(slot => `s[${slot}] = v${slot}; `).join('');
  }

  /** Writes what has changed to the frame: the start of an expression. */
  protected flush(): string {
    const text = this.flushed();
    this.state.dirty.clear();
    this.state.framed = true;
    return text;
  }

  /** The same on a way that is rarely taken: behind it nothing is known to be written. */
  protected flushed(): string {
    if (this.frameless) throw new Unsupported();
    const make = this.state.framed ? '' : `f === null && (f = q.open(${this.constant(this.scope)}), s = f.slots), `;
    return make + [...this.state.dirty].map(slot => `s[${slot}] = v${slot}, `).join('');
  }

  protected reload(): string {
    return this.variables.map(slot => `v${slot} = s[${slot}], `).join('');
  }

  /** A call of something that may see the frame. */
  protected call(js: string): string {
    const t = this.temp();
    const [leave, back] = this.inLoop ? ['away = true, ', 'away = false, '] : ['', ''];
    return `(${this.flush()}${leave}${t} = ${js}, ${this.reload()}${back}${t})`;
  }

  protected fork(): State {
    const { assigned, dirty, framed, dead } = this.state;
    return { assigned: new Set(assigned), dirty: new Set(dirty), framed, dead };
  }

  /** Where two ways meet. */
  protected join(other: State): void {
    const { state } = this;
    if (other.dead) return;
    if (state.dead) {
      this.state = other;
      return;
    }
    for (const slot of state.assigned) if (!other.assigned.has(slot)) state.assigned.delete(slot);
    for (const slot of other.dirty) state.dirty.add(slot);
    state.framed &&= other.framed;
  }

  /** Two ways of which one is taken. */
  protected either<A, B>(first: () => A, second: () => B): [A, B] {
    const before = this.fork();
    const a = first();
    const after = this.state;
    this.state = before;
    const b = second();
    this.join(after);
    return [a, b];
  }

  /** A way that may be skipped. */
  protected maybe<T>(way: () => T): T {
    const before = this.fork();
    const result = way();
    this.join(before);
    return result;
  }

  protected assign(slot: number): void {
    this.state.assigned.add(slot);
    this.state.dirty.add(slot);
  }
}
