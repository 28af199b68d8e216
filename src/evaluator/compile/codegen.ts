/**
 * Compiling what runs often to JavaScript, which V8 turns into machine code: bodies of closures and of queries, and
 * loops while they run. The interpreter in `run.ts` stays, and says what everything means: whatever the generator does
 * not know it leaves to the interpreter, node by node, and all that is not plain arithmetic it does by calling the
 * same functions.
 *
 * Text of a query never becomes text of the program: names, strs and all other constants are handed over in an array.
 */
import type { Code, CompiledBody, CompiledLoop, FrameScope, FunctionCode, Loop } from '../code.ts';
import { RUNTIME } from './runtime.ts';
import { writeBody, writeLoop, type Compiled, type Program } from './generator.ts';
import { Unsupported } from './program.ts';

/** `true` compiles what runs often, a number what has run so often: 0 compiles everything at its first run, for tests. */
export type CodegenMode = boolean | number;

/**
 * Runs of a body, or turns of a loop, before it is compiled. What runs no more often than that gains nothing: writing the
 * program, and V8's first runs of it, take as long as interpreting some ten thousand times.
 */
const AFTER = 10_000;

/** What cannot be compiled is never hot. */
const NEVER = Number.MIN_SAFE_INTEGER;

export class Codegen {
  /** Runs that are interpreted. */
  readonly after: number;

  private constructor(after: number) {
    this.after = after;
  }

  /** Null when it is switched off, or when this place allows no code from strings (a page's security policy). */
  static open(mode: CodegenMode): Codegen | null {
    if (mode === false || !allowed()) return null;
    return new Codegen(mode === true ? AFTER : mode);
  }

  /** Null when it cannot be compiled. */
  body(code: FunctionCode): CompiledBody | null {
    const made = make(() => writeBody(code, NAMES)) as Compiled | null;
    if (made === null) {
      code.heat = NEVER;
      return null;
    }
    code.sweeps = made.sweeps;
    return code.compiled = made.body;
  }

  /** The rest of a `for` loop that runs in a frame of that scope. */
  loop(c: Code, scope: FrameScope): CompiledLoop | null {
    const loop = c.extra as Loop;
    loop.compiled ??= make(() => writeLoop(c, scope, NAMES)) as CompiledLoop | null;
    if (loop.compiled === null) loop.heat = NEVER;
    return loop.compiled;
  }
}

/** What programs call. */
const NAMES = Object.keys(RUNTIME);

function make(write: () => Program): unknown {
  try {
    const { source, constants } = write();
    return (new Function('R', 'K', source) as (runtime: typeof RUNTIME, constants: readonly unknown[]) => unknown)(RUNTIME, constants);
  } catch (e) {
    if (e instanceof Unsupported) return null;
    throw e;
  }
}

function allowed(): boolean {
  try {
    return (new Function('return true') as () => boolean)();
  } catch {
    return false;
  }
}
