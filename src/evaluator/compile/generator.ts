/**
 * Writes executable code as JavaScript: bodies of closures and queries, and the rest of loops that run.
 *
 * A writer is built in layers, each of which knows those below it: {@link FrameWriter} follows variables, then come
 * operators, calls, expressions and statements; here stand the functions around them.
 */
import type { Code, CompiledBody, FrameScope, FunctionCode, Sweeps } from '../code.ts';
import { mayCallItself, variablesOf } from './facts.ts';
import { Constants, Unsupported, program } from './program.ts';
import { StatementWriter } from './statement-writer.ts';
import { writeSweeps } from './sweep-writer.ts';

/** The source of a program, and what it is given as `K`. */
export interface Program {
  readonly source: string;
  readonly constants: readonly unknown[];
}

/** What is made of a body. */
export interface Compiled {
  readonly body: CompiledBody;
  readonly sweeps: Sweeps | null;
}

/** A program that gives a {@link Compiled}; `runtime` are the names of what it is given as `R`. */
export function writeBody(code: FunctionCode, runtime: readonly string[]): Program {
  if (code.throws || new Set(code.params).size < code.params.length) throw new Unsupported();
  const constants = new Constants();
  const recursion = writeRecursion(code, constants);
  const body = new FunctionWriter(constants).body(code, recursion !== null);
  const functions = recursion === null ? [] : [recursion];
  const sweeps = code.isClosure && code.params.length <= 3 ? writeSweeps('body', code.params.length) : 'null';
  return { source: program(runtime, constants, [...functions, `const body = ${body};`], `{ body, sweeps: ${sweeps} }`), constants: constants.values };
}

/** A program that gives a {@link CompiledLoop}. */
export function writeLoop(c: Code, scope: FrameScope, runtime: readonly string[]): Program {
  const constants = new Constants();
  const loop = new FunctionWriter(constants).loop(c, scope);
  return { source: program(runtime, constants, [], loop), constants: constants.values };
}

/** What a closure runs when it calls itself; null where that needs frames. */
function writeRecursion(code: FunctionCode, constants: Constants): string | null {
  if (!mayCallItself(code)) return null;
  try {
    return new FunctionWriter(constants).recursion(code);
  } catch (e) {
    if (e instanceof Unsupported) return null;
    throw e;
  }
}

class FunctionWriter extends StatementWriter {
  body(code: FunctionCode, hasRecursion: boolean): string {
    const { scope, body, isClosure, params } = code;
    this.variables = variablesOf(body, params, isClosure ? null : scope);
    if (isClosure) {
      this.scope = scope;
      this.state.framed = false;
    }
    if (hasRecursion) this.recursive = code;
    for (const slot of params) this.state.assigned.add(slot);
    for (const slot of this.variables) this.state.dirty.add(slot);
    const text = this.statement(body, 'return');
    const others = this.variables.filter(slot => !params.slice(0, 3).includes(slot));
    const locals = others.map(slot => (isClosure && !params.includes(slot) ? `v${slot}` : `v${slot} = s[${slot}]`));
    return this.function(`q, f, ${parameters(params)}`, locals, text);
  }

  /**
   * The body of a closure that calls nothing but itself, as a function that calls itself. Its frames would be seen by
   * nobody, and what its name stands for cannot change before the first call returns. `n` calls of it run.
   */
  recursion(code: FunctionCode): string {
    const { scope, body, params } = code;
    this.variables = variablesOf(body, params, null);
    this.scope = scope;
    this.state.framed = false;
    this.frameless = true;
    this.recursive = code;
    for (const slot of params) this.state.assigned.add(slot);
    const text = this.statement(body, 'return');
    const locals = this.variables.filter(slot => !params.includes(slot)).map(slot => `v${slot}`);
    const declared = [...locals, ...this.temporaries()];
    return `function again(q, n, ${parameters(params)}) {
  ${declared.length === 0 ? '' : `let ${declared.join(', ')};`}
  ${text}
}`;
  }

  loop(c: Code, scope: FrameScope): string {
    if (c.n === 1) throw new Unsupported();
    this.variables = variablesOf(c, [], scope);
    this.inLoop = true;
    for (const slot of this.variables) this.state.dirty.add(slot);
    // The frame lives on. When a call fails it has what the call has seen, and perhaps changed.
    const text = `try { ${this.turns(c, 'c')} } finally { if (!away) { ${this.stores(this.variables)} } }`;
    return this.function('f, c', ['q = f.q', ...this.variables.map(slot => `v${slot} = s[${slot}]`), 'away = false'], text);
  }

  private function(params: string, locals: readonly string[], text: string): string {
    const frame = this.scope === null ? ['s = f.slots'] : ['s = f === null ? null : f.slots'];
    const parent = this.scope === null ? 'f.parent' : 'f === null ? q.frame : f.parent';
    return `function (${params}) {
  const p = ${parent};
  let ${[...frame, ...locals, ...this.temporaries()].join(', ')};
  ${text}
}`;
  }
}

/** The first three parameters, which are handed over. */
function parameters(params: readonly number[]): string {
  return [0, 1, 2].map(i => (i < params.length ? `v${params[i]!}` : `_${i}`)).join(', ');
}
