/**
 * A backtracking matcher for the trees of `regex-parser.ts`, with PCRE2's rules: captures keep their last value,
 * an unset group matches nothing, a loop without bound ends when an iteration took no characters.
 *
 * The tree becomes a flat program of small ints. Choices are kept on a stack of our own, so that no pattern and no
 * text exhausts JavaScript's, and every choice, loop and character counts as a step: the caller says how many
 * there may be. That bound is why JavaScript's own RegExp, which cannot be stopped, serves only the patterns of
 * which `regex.ts` can prove that they are quick.
 */
import { pattern as why } from '../errors/messages/regex.ts';
import { ASSERT, CharSet, PatternError, fixedLength, foldChar } from './regex-parser.ts';
import type { Node, Parsed } from './regex-parser.ts';

/** What the program is made of: an op and its operands. */
const OP = {
  match: 0,
  /** unit */
  char: 1,
  /** high, low */
  pair: 2,
  /** folded code point */
  fold: 3,
  /** set */
  set: 4,
  /** alternative */
  split: 5,
  /** target */
  jump: 6,
  /** register: where a group begins */
  open: 7,
  /** which */
  assert: 8,
  /** negative, end */
  look: 9,
  /** end */
  atomic: 10,
  /** fold, count, groups… */
  back: 11,
  /** set, min, max, unit that must follow or −1 */
  run: 12,
  runLazy: 13,
  runPossessive: 14,
  /** register */
  zero: 15,
  /** count register, position register, min, max, lazy, exit */
  loop: 16,
  /** count register, position register, loop */
  again: 17,
  /** count, groups…, else */
  ifGroup: 18,
  /** end, else */
  ifLook: 19,
  keep: 20,
  /** characters */
  goBack: 21,
  /** group, register */
  close: 22,
} as const;

const FOREVER = 0x7fffffff;
/** Ints of one program. */
const CODE_MAX = 1_000_000;

// Kinds of entries on the stack; each has four ints.
const CHOICE = 0;
const GREEDY = 1;
const LAZY = 2;
const SLOT = 3;
const REGISTER = 4;

/** Entries of the stack. */
const STACK_MAX = 4_000_000;
/** Ints of a stack that is kept for the next match. */
const STACK_KEPT = 512;

/** Thrown when a match takes more steps than it may. */
export class OutOfSteps {}

/** How many steps are left; shared by all matches of one operation. */
export interface Steps {
  left: number;
}

export class Machine {
  readonly groups: number;
  private readonly code: Int32Array;
  private readonly sets: readonly CharSet[];
  private readonly registers: number;
  /** Text that every match begins with; '' when there is none. */
  private readonly prefix: string;
  /** Which ASCII characters a match can begin with; null when it may be empty. */
  private readonly first: Uint8Array | null;
  private readonly anchored: boolean;
  /** Kept between matches, which never overlap. */
  private thread: Thread | null = null;

  constructor(parsed: Parsed) {
    const compiler = new Compiler();
    compiler.node(parsed.node);
    compiler.emit(OP.match);
    this.groups = parsed.groups;
    this.code = Int32Array.from(compiler.code);
    this.sets = compiler.sets;
    this.registers = compiler.registers;
    this.prefix = literalPrefix(parsed.node);
    this.first = firstTable(parsed.node);
    this.anchored = isAnchored(parsed.node);
  }

  /**
   * The first match at or after `from`. Positions of start and end and of each group, −1 where it is unset;
   * null when there is none. `text` positions are UTF-16 units and never split a pair.
   */
  exec(text: string, from: number, steps: Steps): number[] | null {
    if (this.anchored && from > 0) return null;
    const thread = (this.thread ??= new Thread(this.code, this.sets, this.groups, this.registers));
    thread.begin(text, from, steps);
    try {
      return this.search(thread, text, from, steps);
    } finally {
      thread.finish();
    }
  }

  private search(thread: Thread, text: string, from: number, steps: Steps): number[] | null {
    const last = this.anchored ? 0 : text.length;
    for (let at = from; at <= last; ) {
      if (this.prefix !== '') {
        at = text.indexOf(this.prefix, at);
        if (at === -1) return null;
        steps.left--;
      } else if (this.first !== null) {
        const start = at;
        while (at < text.length) {
          const unit = text.charCodeAt(at);
          if (unit >= 0x80 ? this.first[128] === 1 : this.first[unit] === 1) break;
          at++;
        }
        steps.left -= (at - start) >> 3;
        if (at >= text.length) return null;
        // Not in the middle of a pair.
        if (isLowOfPair(text, at)) {
          at++;
          continue;
        }
      }
      const end = thread.start(at);
      if (end >= 0) {
        const slots = thread.slots;
        slots[1] = end;
        return Array.from(slots);
      }
      at += charLength(text, at);
    }
    return null;
  }
}

function isLowOfPair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit < 0xdc00 || unit > 0xdfff || at === 0) return false;
  const before = text.charCodeAt(at - 1);
  return before >= 0xd800 && before <= 0xdbff;
}

function charLength(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 0xd800 || unit > 0xdbff || at + 1 >= text.length) return 1;
  const low = text.charCodeAt(at + 1);
  return low >= 0xdc00 && low <= 0xdfff ? 2 : 1;
}

// --- Running -------------------------------------------------------------------------------------------------

const NO_STEPS: Steps = { left: 0 };

class Thread {
  readonly slots: Int32Array;
  private readonly code: Int32Array;
  private readonly sets: readonly CharSet[];
  private readonly regs: Int32Array;
  private text = '';
  private from = 0;
  private steps: Steps = NO_STEPS;
  private stack: Int32Array;
  private top: number;

  constructor(code: Int32Array, sets: readonly CharSet[], groups: number, registers: number) {
    this.code = code;
    this.sets = sets;
    this.slots = new Int32Array(2 * groups + 2);
    this.regs = new Int32Array(registers);
    this.stack = new Int32Array(STACK_KEPT);
    this.top = 0;
  }

  begin(text: string, from: number, steps: Steps): void {
    this.text = text;
    this.from = from;
    this.steps = steps;
  }

  /** Lets go of what a match held. */
  finish(): void {
    this.text = '';
    this.steps = NO_STEPS;
    if (this.stack.length > STACK_KEPT) this.stack = new Int32Array(STACK_KEPT);
  }

  /** Tries a match that starts at `at`; its end, or −1. */
  start(at: number): number {
    this.slots.fill(-1);
    this.slots[0] = at;
    this.top = 0;
    return this.run(0, at);
  }

  private push(kind: number, a: number, b: number, c: number): void {
    let { stack } = this;
    if (this.top + 4 > stack.length) {
      if (stack.length >= 4 * STACK_MAX) throw new OutOfSteps();
      const larger = new Int32Array(stack.length * 2);
      larger.set(stack);
      stack = this.stack = larger;
    }
    stack[this.top] = kind;
    stack[this.top + 1] = a;
    stack[this.top + 2] = b;
    stack[this.top + 3] = c;
    this.top += 4;
  }

  private setSlot(slot: number, value: number): void {
    this.push(SLOT, slot, this.slots[slot]!, 0);
    this.slots[slot] = value;
  }

  private setRegister(register: number, value: number): void {
    this.push(REGISTER, register, this.regs[register]!, 0);
    this.regs[register] = value;
  }

  /** Takes back what was done since the stack was `base` high, without trying other choices. */
  private undo(base: number): void {
    const { stack } = this;
    while (this.top > base) {
      this.top -= 4;
      const kind = stack[this.top]!;
      if (kind === SLOT) this.slots[stack[this.top + 1]!] = stack[this.top + 2]!;
      else if (kind === REGISTER) this.regs[stack[this.top + 1]!] = stack[this.top + 2]!;
    }
  }

  /** Forgets the choices since `base`, but not how to take back what was done. */
  private cut(base: number): void {
    const { stack } = this;
    let to = base;
    for (let at = base; at < this.top; at += 4) {
      if (stack[at]! < SLOT) continue;
      stack.copyWithin(to, at, at + 4);
      to += 4;
    }
    this.top = to;
  }

  /** Runs from `pc` until a match op: the position there, or −1 with everything undone. */
  private run(pc: number, pos: number): number {
    const { code, text, sets, steps } = this;
    const length = text.length;
    const base = this.top;
    for (;;) {
      let ok = true;
      switch (code[pc]!) {
        case OP.match:
          return pos;
        case OP.char:
          if (pos < length && text.charCodeAt(pos) === code[pc + 1]!) {
            pos++;
            pc += 2;
          } else ok = false;
          break;
        case OP.pair:
          if (pos + 1 < length && text.charCodeAt(pos) === code[pc + 1]! && text.charCodeAt(pos + 1) === code[pc + 2]!) {
            pos += 2;
            pc += 3;
          } else ok = false;
          break;
        case OP.fold: {
          const char = pos < length ? text.codePointAt(pos)! : -1;
          if (char >= 0 && foldChar(char) === code[pc + 1]!) {
            pos += char > 0xffff ? 2 : 1;
            pc += 2;
          } else ok = false;
          break;
        }
        case OP.set: {
          const char = pos < length ? text.codePointAt(pos)! : -1;
          if (char >= 0 && sets[code[pc + 1]!]!.has(char)) {
            pos += char > 0xffff ? 2 : 1;
            pc += 2;
          } else ok = false;
          break;
        }
        case OP.split:
          if (--steps.left < 0) throw new OutOfSteps();
          this.push(CHOICE, code[pc + 1]!, pos, 0);
          pc += 2;
          break;
        case OP.jump:
          pc = code[pc + 1]!;
          break;
        case OP.open:
          this.setRegister(code[pc + 1]!, pos);
          pc += 2;
          break;
        case OP.close: {
          const slot = 2 * code[pc + 1]!;
          this.setSlot(slot, this.regs[code[pc + 2]!]!);
          this.setSlot(slot + 1, pos);
          pc += 3;
          break;
        }
        case OP.keep:
          this.setSlot(0, pos);
          pc += 1;
          break;
        case OP.assert:
          if (this.holds(code[pc + 1]!, pos)) pc += 2;
          else ok = false;
          break;
        case OP.look: {
          if (--steps.left < 0) throw new OutOfSteps();
          const height = this.top;
          const found = this.run(pc + 3, pos) >= 0;
          if (found) {
            // What a positive one captured stays; a negative one leaves no trace.
            if (code[pc + 1]! === 0) this.cut(height);
            else this.undo(height);
          }
          if (found === (code[pc + 1]! === 0)) pc = code[pc + 2]!;
          else ok = false;
          break;
        }
        case OP.goBack: {
          const to = this.back(pos, code[pc + 1]!);
          if (to >= 0) {
            pos = to;
            pc += 2;
          } else ok = false;
          break;
        }
        case OP.atomic: {
          if (--steps.left < 0) throw new OutOfSteps();
          const height = this.top;
          const end = this.run(pc + 2, pos);
          if (end >= 0) {
            this.cut(height);
            pos = end;
            pc = code[pc + 1]!;
          } else ok = false;
          break;
        }
        case OP.back: {
          const end = this.reference(pc, pos);
          if (end >= 0) {
            pos = end;
            pc += 3 + code[pc + 2]!;
          } else ok = false;
          break;
        }
        case OP.run:
        case OP.runPossessive: {
          const set = sets[code[pc + 1]!]!;
          const min = code[pc + 2]!;
          const max = code[pc + 3]!;
          let n = 0;
          let at = pos;
          let least = pos;
          while (n < max && at < length) {
            const unit = text.charCodeAt(at);
            if (unit < 0xd800 || unit > 0xdbff) {
              if (!set.has(unit)) break;
              at++;
            } else {
              const char = text.codePointAt(at)!;
              if (!set.has(char)) break;
              at += char > 0xffff ? 2 : 1;
            }
            if (++n === min) least = at;
          }
          steps.left -= (n >> 2) + 1;
          if (steps.left < 0) throw new OutOfSteps();
          if (n < min) {
            ok = false;
            break;
          }
          if (code[pc]! === OP.run && at > least) this.push(GREEDY, pc, at, least);
          pos = at;
          pc += 5;
          break;
        }
        case OP.runLazy: {
          const set = sets[code[pc + 1]!]!;
          const min = code[pc + 2]!;
          for (let n = 0; n < min; n++) {
            const char = pos < length ? text.codePointAt(pos)! : -1;
            if (char < 0 || !set.has(char)) {
              ok = false;
              break;
            }
            pos += char > 0xffff ? 2 : 1;
          }
          steps.left -= (min >> 2) + 1;
          if (steps.left < 0) throw new OutOfSteps();
          if (!ok) break;
          if (code[pc + 3]! > min) this.push(LAZY, pc, pos, code[pc + 3]! - min);
          pc += 5;
          break;
        }
        case OP.zero:
          this.setRegister(code[pc + 1]!, 0);
          pc += 2;
          break;
        case OP.loop: {
          if (--steps.left < 0) throw new OutOfSteps();
          const n = this.regs[code[pc + 1]!]!;
          const body = pc + 7;
          const exit = code[pc + 6]!;
          if (n >= code[pc + 4]!) pc = exit;
          else if (n < code[pc + 3]!) {
            this.setRegister(code[pc + 2]!, pos);
            pc = body;
          } else if (code[pc + 5]! === 1) {
            // Lazy: out first; a choice leads back to where the body is entered.
            this.push(CHOICE, -pc - 1, pos, 0);
            pc = exit;
          } else {
            this.push(CHOICE, exit, pos, 0);
            this.setRegister(code[pc + 2]!, pos);
            pc = body;
          }
          break;
        }
        case OP.again: {
          const loop = code[pc + 3]!;
          const n = this.regs[code[pc + 1]!]!;
          // An iteration without characters ends a loop without bound, once it has gone round often enough.
          if (this.regs[code[pc + 2]!]! === pos && n + 1 >= code[loop + 3]! && code[loop + 4]! === FOREVER) pc = code[loop + 6]!;
          else {
            this.setRegister(code[pc + 1]!, n + 1);
            pc = loop;
          }
          break;
        }
        case OP.ifGroup: {
          const count = code[pc + 1]!;
          let set = false;
          for (let i = 0; i < count; i++) set ||= this.slots[2 * code[pc + 2 + i]! + 1]! >= 0;
          pc = set ? pc + 3 + count : code[pc + 2 + count]!;
          break;
        }
        case OP.ifLook: {
          const height = this.top;
          const found = this.run(pc + 3, pos) >= 0;
          if (found) this.cut(height);
          pc = found ? code[pc + 1]! : code[pc + 2]!;
          break;
        }
        default:
          throw new Error('bad program');
      }
      if (ok) continue;

      // Back to the last choice.
      const { stack } = this;
      for (;;) {
        if (this.top === base) return -1;
        if (--steps.left < 0) throw new OutOfSteps();
        const entry = this.top - 4;
        const a = stack[entry + 1]!;
        const b = stack[entry + 2]!;
        const kind = stack[entry]!;
        if (kind === CHOICE) {
          this.top = entry;
          pos = b;
          if (a >= 0) pc = a;
          else {
            this.setRegister(code[-a + 1]!, pos); // into the body of a lazy loop, as its first visit would
            pc = -a - 1 + 7;
          }
          break;
        }
        if (kind === GREEDY) {
          const least = stack[entry + 3]!;
          const follow = code[a + 4]!;
          let at = b;
          let found = false;
          while (at > least && !found) {
            at--;
            if (isLowOfPair(text, at)) at--;
            found = follow < 0 || text.charCodeAt(at) === follow;
          }
          steps.left -= (b - at) >> 3;
          if (at > least) stack[entry + 2] = at;
          else this.top = entry;
          if (!found) continue;
          pos = at;
          pc = a + 5;
          break;
        }
        if (kind === LAZY) {
          const char = b < length ? text.codePointAt(b)! : -1;
          if (char < 0 || !sets[code[a + 1]!]!.has(char)) {
            this.top = entry;
            continue;
          }
          pos = b + (char > 0xffff ? 2 : 1);
          const left = stack[entry + 3]! - 1;
          if (left > 0) {
            stack[entry + 2] = pos;
            stack[entry + 3] = left;
          } else this.top = entry;
          pc = a + 5;
          break;
        }
        this.top = entry;
        if (kind === SLOT) this.slots[a] = b;
        else this.regs[a] = b;
      }
    }
  }

  private holds(what: number, pos: number): boolean {
    const { text } = this;
    switch (what) {
      case ASSERT.start:
        return pos === 0;
      case ASSERT.lineStart:
        return pos === 0 || (pos < text.length && text.charCodeAt(pos - 1) === 10);
      case ASSERT.end:
        return pos === text.length;
      case ASSERT.lastLine:
        return pos === text.length || (pos === text.length - 1 && text.charCodeAt(pos) === 10);
      case ASSERT.lineEnd:
        return pos === text.length || text.charCodeAt(pos) === 10;
      case ASSERT.from:
        return pos === this.from;
      default:
        return (isWord(text, pos - 1) !== isWord(text, pos)) === (what === ASSERT.word);
    }
  }

  /** `n` characters back; −1 when there are not as many. */
  private back(pos: number, n: number): number {
    for (let i = 0; i < n; i++) {
      if (pos <= 0) return -1;
      pos--;
      if (isLowOfPair(this.text, pos)) pos--;
    }
    return pos;
  }

  /** The end of a repetition of a group's text at `pos`; −1 when there is none. */
  private reference(pc: number, pos: number): number {
    const { code, text, slots } = this;
    const count = code[pc + 2]!;
    for (let i = 0; i < count; i++) {
      const group = code[pc + 3 + i]!;
      const start = slots[2 * group]!;
      const end = slots[2 * group + 1]!;
      if (end < 0 || start < 0) continue;
      this.steps.left -= (end - start) >> 2;
      if (code[pc + 1]! === 0) return text.startsWith(text.slice(start, end), pos) ? pos + end - start : -1;
      let at = pos;
      for (let i = start; i < end; ) {
        if (at >= text.length) return -1;
        const a = text.codePointAt(i)!;
        const b = text.codePointAt(at)!;
        if (foldChar(a) !== foldChar(b)) return -1;
        i += a > 0xffff ? 2 : 1;
        at += b > 0xffff ? 2 : 1;
      }
      return at;
    }
    return -1;
  }
}

function isWord(text: string, at: number): boolean {
  if (at < 0 || at >= text.length) return false;
  const unit = text.charCodeAt(at);
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x30 && unit <= 0x39) || unit === 0x5f;
}

// --- Compiling -----------------------------------------------------------------------------------------------

class Compiler {
  readonly code: number[] = [];
  readonly sets: CharSet[] = [];
  registers = 0;

  emit(...ints: number[]): number {
    if (this.code.length + ints.length > CODE_MAX) throw new PatternError(why.tooLarge);
    const at = this.code.length;
    for (const int of ints) this.code.push(int);
    return at;
  }

  private get here(): number {
    return this.code.length;
  }

  node(node: Node): void {
    switch (node.kind) {
      case 'char':
        if (node.fold) this.emit(OP.fold, node.char);
        else if (node.char <= 0xffff) this.emit(OP.char, node.char);
        else this.emit(OP.pair, ...unitsOf(node.char));
        break;
      case 'set':
        this.emit(OP.set, this.set(node.set));
        break;
      case 'seq':
        node.items.forEach((item, i) => this.item(item, node.items[i + 1]));
        break;
      case 'alt': {
        const ends: number[] = [];
        node.options.forEach((option, i) => {
          if (i === node.options.length - 1) {
            this.node(option);
            return;
          }
          const split = this.emit(OP.split, 0);
          this.node(option);
          ends.push(this.emit(OP.jump, 0));
          this.code[split + 1] = this.here;
        });
        for (const end of ends) this.code[end + 1] = this.here;
        break;
      }
      case 'capture': {
        // The start counts once the end is known: a reference inside sees the last whole value.
        const register = this.registers++;
        this.emit(OP.open, register);
        this.node(node.body);
        this.emit(OP.close, node.index, register);
        break;
      }
      case 'repeat':
        this.repeat(node, -1);
        break;
      case 'assert':
        this.emit(OP.assert, node.what);
        break;
      case 'look':
        this.look(node);
        break;
      case 'atomic': {
        const at = this.emit(OP.atomic, 0);
        this.node(node.body);
        this.emit(OP.match);
        this.code[at + 1] = this.here;
        break;
      }
      case 'back':
        this.emit(OP.back, node.fold ? 1 : 0, node.groups.length, ...node.groups);
        break;
      case 'if': {
        let otherwise: number;
        if (typeof node.test === 'number' || node.test.kind === 'back') {
          const groups = typeof node.test === 'number' ? [node.test] : (node.test as { groups: readonly number[] }).groups;
          otherwise = this.emit(OP.ifGroup, groups.length, ...groups, 0) + 2 + groups.length;
        } else {
          const at = this.emit(OP.ifLook, 0, 0);
          this.node(node.test);
          this.emit(OP.match);
          this.code[at + 1] = this.here;
          otherwise = at + 2;
        }
        this.node(node.yes);
        const end = this.emit(OP.jump, 0);
        this.code[otherwise] = this.here;
        this.node(node.no);
        this.code[end + 1] = this.here;
        break;
      }
      case 'keep':
        this.emit(OP.keep);
        break;
    }
  }

  /** A node of a sequence; `next` tells a loop over characters at which ones it pays to go on. */
  private item(node: Node, next: Node | undefined): void {
    if (node.kind === 'repeat') this.repeat(node, next?.kind === 'char' && !next.fold && next.char <= 0xffff ? next.char : -1);
    else this.node(node);
  }

  private set(set: CharSet): number {
    this.sets.push(set);
    return this.sets.length - 1;
  }

  private look(node: Node & { kind: 'look' }): void {
    const at = this.emit(OP.look, node.negative ? 1 : 0, 0);
    if (node.behind) {
      // Each alternative has a length of its own, and so ends where the look-behind stands.
      const options = node.body.kind === 'alt' ? node.body.options : [node.body];
      const ends: number[] = [];
      options.forEach((option, i) => {
        const split = i === options.length - 1 ? -1 : this.emit(OP.split, 0);
        this.emit(OP.goBack, fixedLength(option));
        this.node(option);
        ends.push(this.emit(OP.jump, 0));
        if (split >= 0) this.code[split + 1] = this.here;
      });
      for (const end of ends) this.code[end + 1] = this.here;
    } else this.node(node.body);
    this.emit(OP.match);
    this.code[at + 2] = this.here;
  }

  private repeat(node: Node & { kind: 'repeat' }, follow: number): void {
    const { body, min, mode } = node;
    const max = node.max === Infinity ? FOREVER : node.max;
    const single = singleSet(body);
    if (single !== null) {
      const op = mode === 'greedy' ? OP.run : mode === 'lazy' ? OP.runLazy : OP.runPossessive;
      this.emit(op, this.set(single), min, max, follow);
      return;
    }
    if (mode === 'possessive') {
      const at = this.emit(OP.atomic, 0);
      this.repeat({ ...node, mode: 'greedy' }, -1);
      this.emit(OP.match);
      this.code[at + 1] = this.here;
      return;
    }
    if (min === 1 && max === 1) {
      this.node(body);
      return;
    }
    if (min === 0 && max === 1) {
      if (mode === 'greedy') {
        const split = this.emit(OP.split, 0);
        this.node(body);
        this.code[split + 1] = this.here;
      } else {
        const split = this.emit(OP.split, 0);
        const skip = this.emit(OP.jump, 0);
        this.code[split + 1] = this.here;
        this.node(body);
        this.code[skip + 1] = this.here;
      }
      return;
    }
    if (max === FOREVER && min <= 1 && firstTable(body) !== null) {
      this.simpleLoop(body, min, mode === 'lazy');
      return;
    }
    const counter = this.registers++;
    const position = this.registers++;
    this.emit(OP.zero, counter);
    const loop = this.emit(OP.loop, counter, position, min, max, mode === 'lazy' ? 1 : 0, 0);
    this.node(body);
    this.emit(OP.again, counter, position, loop);
    this.code[loop + 6] = this.here;
  }

  /** `*` or `+` of what always takes a character: nothing needs to be counted. */
  private simpleLoop(body: Node, min: number, lazy: boolean): void {
    // Enter at the test, or for `+` at the body.
    const enter = min === 0 ? this.emit(OP.jump, 0) : -1;
    const start = this.here;
    this.node(body);
    if (enter >= 0) this.code[enter + 1] = this.here;
    if (lazy) {
      const split = this.emit(OP.split, 0);
      const exit = this.emit(OP.jump, 0);
      this.code[split + 1] = this.emit(OP.jump, start);
      this.code[exit + 1] = this.here;
    } else {
      const split = this.emit(OP.split, 0);
      this.emit(OP.jump, start);
      this.code[split + 1] = this.here;
    }
  }
}

function unitsOf(char: number): [number, number] {
  const text = String.fromCodePoint(char);
  return [text.charCodeAt(0), text.charCodeAt(1)];
}

/** The characters of which a node takes exactly one; null when it is more than that. */
export function singleSet(node: Node): CharSet | null {
  if (node.kind === 'set') return node.set;
  if (node.kind !== 'char') return null;
  return new CharSet(node.fold ? [] : [node.char, node.char], node.fold ? [node.char, node.char] : null);
}

function literalPrefix(node: Node): string {
  const items = node.kind === 'seq' ? node.items : [node];
  let text = '';
  for (const item of items) {
    if (item.kind !== 'char' || item.fold) break;
    text += String.fromCodePoint(item.char);
  }
  // A byte of its own could be found inside of a pair.
  return /^[\udc00-\udfff]/.test(text) ? '' : text;
}

function isAnchored(node: Node): boolean {
  switch (node.kind) {
    case 'assert':
      return node.what === ASSERT.start;
    case 'seq':
      return node.items.length > 0 && isAnchored(node.items[0]!);
    case 'alt':
      return node.options.every(isAnchored);
    case 'capture':
    case 'atomic':
      return isAnchored(node.body);
    default:
      return false;
  }
}

/** What a match can begin with: a flag for each ASCII character, and one for all others; null when it may take none. */
export function firstTable(node: Node): Uint8Array | null {
  const table = new Uint8Array(129);
  return addFirst(node, table) ? null : table;
}

/** Adds what a node can begin with; true when it may take no characters. */
export function addFirst(node: Node, table: Uint8Array): boolean {
  switch (node.kind) {
    case 'char':
      if (node.fold) {
        // Some letters of ASCII have other cases elsewhere.
        table[128] = 1;
        if (node.char < 128) table[node.char] = table[String.fromCharCode(node.char).toUpperCase().charCodeAt(0)] = 1;
        else for (let char = 0; char < 128; char++) if (foldChar(char) === node.char) table[char] = 1;
      } else table[Math.min(node.char, 128)] = 1;
      return false;
    case 'set':
      for (let char = 0; char < 128; char++) if (node.set.has(char)) table[char] = 1;
      if (node.set.beyondAscii) table[128] = 1;
      return false;
    case 'seq':
      return node.items.every((item) => addFirst(item, table));
    case 'alt':
      return node.options.map((option) => addFirst(option, table)).includes(true);
    case 'capture':
    case 'atomic':
      return addFirst(node.body, table);
    case 'repeat':
      return addFirst(node.body, table) || node.min === 0;
    case 'if':
      return [addFirst(node.yes, table), addFirst(node.no, table)].includes(true);
    case 'back':
      table.fill(1);
      return true;
    default:
      return true;
  }
}
