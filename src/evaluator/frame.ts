/**
 * One run of a query or of a closure's body: its variables.
 *
 * The language is dynamically scoped: a name that a body does not hold is looked up in the frame of its
 * caller, and so on. Nothing captures a frame, so frames live and die like a stack.
 */
import type { Value } from '../values/value.ts';
import type { FrameScope } from './code.ts';
import type { Query } from './query.ts';

/** How a body is being left; see {@link Frame.exit}. */
export const EXIT = { none: 0, break: 1, continue: 2, return: 3 } as const;

export class Frame {
  readonly q: Query;
  readonly scope: FrameScope;
  readonly parent: Frame | null;
  /** The nearest caller that runs another text: frames in between cannot have a name that this text does not hold. */
  readonly outer: Frame | null;
  /** By slot; undefined while a name has not been assigned. */
  readonly slots: (Value | undefined)[];
  /** Variables given from outside (query variables, the values a future takes along) that the text does not name. */
  extra: Map<string, Value> | null;
  /** One of {@link EXIT}; set by a statement, cleared by what it leaves. */
  exit: number;

  constructor(q: Query, scope: FrameScope, parent: Frame | null) {
    this.q = q;
    this.scope = scope;
    this.parent = parent;
    this.outer = parent !== null && parent.scope === scope ? parent.outer : parent;
    this.slots = emptySlots(scope.names.length);
    this.extra = null;
    this.exit = EXIT.none;
  }
}

/** So many undefined values. Literals give arrays without holes, which V8 reads fastest, and without room for more. */
export function emptySlots(n: number): (Value | undefined)[] {
  switch (n) {
    case 0: return [];
    case 1: return [undefined];
    case 2: return [undefined, undefined];
    case 3: return [undefined, undefined, undefined];
    case 4: return [undefined, undefined, undefined, undefined];
    case 5: return [undefined, undefined, undefined, undefined, undefined];
    case 6: return [undefined, undefined, undefined, undefined, undefined, undefined];
    default: return new Array<undefined>(n).fill(undefined);
  }
}

/** Thrown by return, break and continue within an expression; never seen by the language's `try`. */
export class Leave {
  readonly exit: number;
  constructor(exit: number) {
    this.exit = exit;
  }
}

export const LEAVE_BREAK = new Leave(EXIT.break);
export const LEAVE_CONTINUE = new Leave(EXIT.continue);

/** A `return` within an expression carries its value. */
export class LeaveReturn extends Leave {
  readonly value: Value;
  readonly frame: Frame;
  constructor(value: Value, frame: Frame) {
    super(EXIT.return);
    this.value = value;
    this.frame = frame;
  }
}
