/**
 * A disk that does what real ones do on their worst days, all from one seed. What was not synced may be there after a
 * crash or not, in any order, torn anywhere; names that were not synced come and go; a sync that fails loses what it
 * was for; writes fail, and the disk fills up.
 */
import type { File, FileSystem } from '../../../src/store/file-system.ts';

const SECTOR = 512;

interface Write {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** A file, whatever its name. */
class Node {
  /** What reading shows. */
  cache = new Uint8Array(0);
  /** What a crash leaves for sure. */
  disk = new Uint8Array(0);
  /** Not synced, in order; null stands for a change of size. */
  pending: (Write | { readonly size: number })[] = [];
}

type Names = Map<string, Node>;
type NameChange = (names: Names) => void;

export interface Faults {
  /** How likely it is, in percent, that a write or a sync fails. */
  readonly failing: number;
  /** Bytes that fit on it in all. */
  readonly room: number;
}

export const NO_FAULTS: Faults = { failing: 0, room: Infinity };

export class SimDisk implements FileSystem {
  faults: Faults = NO_FAULTS;
  /** Operations until the crash. */
  crashIn = Infinity;
  /** Kept when it has crashed. */
  crashed: Promise<void>;
  private tellCrash!: () => void;
  private dead = false;
  /** Operations of an earlier life are nobody's business any more. */
  private life = 0;
  private names: Names = new Map();
  private synced: Names = new Map();
  private changes: NameChange[] = [];
  private readonly below: (n: number) => number;

  constructor(below: (n: number) => number) {
    this.below = below;
    this.crashed = new Promise(resolve => (this.tellCrash = resolve));
  }

  /** Power is back: what a crash left is all there is. Without a crash all that was written is. */
  restart(): void {
    this.life++;
    if (this.dead) this.loseWhatIsNotSynced();
    this.dead = false;
    this.crashIn = Infinity;
    this.faults = NO_FAULTS;
    this.crashed = new Promise(resolve => (this.tellCrash = resolve));
  }

  /** A disk with what is synced. */
  copy(): SimDisk {
    const copy = new SimDisk(this.below);
    for (const [name, { disk }] of this.synced) {
      const node = new Node();
      node.disk = disk.slice();
      node.cache = disk.slice();
      copy.names.set(name, node);
    }
    copy.synced = new Map(copy.names);
    return copy;
  }

  /** The same, but one bit is flipped. */
  damagedCopy(): SimDisk {
    const copy = this.copy();
    const nodes = [...copy.names.values()].filter(({ disk }) => disk.length > 0);
    const { disk } = nodes[this.below(nodes.length)]!;
    disk[this.below(disk.length)]! ^= 1 << this.below(8);
    for (const node of nodes) node.cache = node.disk.slice();
    return copy;
  }

  /** Names of the files. */
  get files(): string[] {
    return [...this.names.keys()].sort();
  }

  sizeOf(name: string): number {
    return this.names.get(name)!.cache.length;
  }

  /** Whether anything is synced. */
  get holdsSomething(): boolean {
    return [...this.synced.values()].some(({ disk }) => disk.length > 0);
  }

  /** Changes what is in a file behind everyone's back. */
  change(name: string, change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): void {
    const node = this.names.get(name)!;
    node.disk = change(node.cache.slice());
    node.cache = node.disk.slice();
    node.pending = [];
  }

  async makeDirectory(): Promise<void> {}

  list(): Promise<string[]> {
    return this.operation(() => [...this.names.keys()]);
  }

  open(path: string, to: 'read' | 'write'): Promise<File> {
    const name = nameIn(path);
    return this.operation(() => {
      let node = this.names.get(name);
      if (node === undefined) {
        if (to === 'read') throw new Error(`no such file: ${name}`);
        const made = node = new Node();
        this.changeNames(names => names.set(name, made));
      }
      return new SimFile(this, node);
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.operation(() => {
      this.mayFail();
      const node = this.names.get(nameIn(from))!;
      this.changeNames(names => {
        names.delete(nameIn(from));
        names.set(nameIn(to), node);
      });
    });
  }

  remove(path: string): Promise<void> {
    return this.operation(() => {
      if (!this.names.has(nameIn(path))) throw new Error(`no such file: ${nameIn(path)}`);
      this.changeNames(names => names.delete(nameIn(path)));
    });
  }

  syncDirectory(): Promise<void> {
    return this.operation(() => {
      this.mayFail();
      this.synced = new Map(this.names);
      this.changes = [];
    });
  }

  /** One step of the disk, in a turn to come. At the crash, and for ever after, nothing is heard of it. */
  operation<T>(run: () => T): Promise<T> {
    const { life } = this;
    return new Promise((resolve, reject) => {
      const go = (): void => {
        if (life !== this.life || this.dead) return;
        // The one that it meets may have been done.
        const last = --this.crashIn < 0;
        if (last && this.below(2) === 0) return this.crash();
        try {
          const value = run();
          if (!last) resolve(value);
        } catch (e) {
          if (!last) reject(e as Error);
        }
        if (last) this.crash();
      };
      setImmediate(go);
    });
  }

  write(node: Node, at: number, bytes: Uint8Array): void {
    this.mayFail();
    const size = [...this.names.values()].reduce((sum, { cache }) => sum + cache.length, 0);
    const more = Math.max(0, at + bytes.length - node.cache.length);
    const room = this.faults.room - size;
    const part = more > room ? bytes.subarray(0, Math.max(0, bytes.length - (more - room))) : bytes;
    const write = { at, bytes: part.slice() };
    node.cache = applied(node.cache, write);
    node.pending.push(write);
    if (part.length < bytes.length) throw new Error('no space left on the disk');
  }

  writeThrough(node: Node, at: number, bytes: Uint8Array): void {
    const before = node.pending.length;
    this.write(node, at, bytes);
    if (this.fails()) throw new Error('input/output error');
    const [write] = node.pending.splice(before, 1);
    // What was written there before is under it, and the size that it takes is durable too.
    const under = (change: Node['pending'][number]): boolean => 'size' in change || (change.at < at + bytes.length && at < change.at + change.bytes.length);
    for (const change of node.pending.filter(under)) node.disk = applied(node.disk, change);
    node.pending = node.pending.filter(change => !under(change));
    node.disk = applied(node.disk, write!);
  }

  sync(node: Node): void {
    if (this.fails()) {
      // What was to be synced counts as clean from now on, wherever it is.
      this.applySome(node);
      throw new Error('input/output error');
    }
    for (const change of node.pending) node.disk = applied(node.disk, change);
    node.pending = [];
  }

  truncate(node: Node, size: number): void {
    this.mayFail();
    node.cache = applied(node.cache, { size });
    node.pending.push({ size });
  }

  private crash(): void {
    this.dead = true;
    this.tellCrash();
  }

  private fails(): boolean {
    return this.below(100) < this.faults.failing;
  }

  private mayFail(): void {
    if (this.fails()) throw new Error('input/output error');
  }

  private changeNames(change: NameChange): void {
    change(this.names);
    this.changes.push(change);
  }

  private loseWhatIsNotSynced(): void {
    for (const change of this.changes) if (this.below(2) === 0) change(this.synced);
    this.changes = [];
    this.names = new Map(this.synced);
    for (const node of new Set(this.names.values())) {
      this.applySome(node);
      node.cache = node.disk.slice();
    }
  }

  /** Some of what is pending reaches the disk, in any order, torn anywhere. */
  private applySome(node: Node): void {
    const { pending } = node;
    node.pending = [];
    while (pending.length > 0) {
      const [change] = pending.splice(this.below(4) === 0 ? this.below(pending.length) : 0, 1);
      for (const piece of this.torn(change!)) node.disk = applied(node.disk, piece);
    }
  }

  /** Nothing of it, all of it, or some of its sectors, one of which may be cut. */
  private torn(change: Node['pending'][number]): Node['pending'] {
    const how = this.below(4);
    if (how === 0) return [];
    if (how === 1 || 'size' in change) return [change];
    const { at, bytes } = change;
    const sectors: Write[] = [];
    for (let from = 0; from < bytes.length;) {
      const to = Math.min(bytes.length, from + SECTOR - ((at + from) % SECTOR));
      if (this.below(2) === 0) {
        const cut = this.below(8) === 0 ? from + this.below(to - from) : to;
        sectors.push({ at: at + from, bytes: bytes.subarray(from, cut) });
      }
      from = to;
    }
    return sectors;
  }
}

class SimFile implements File {
  private readonly on: SimDisk;
  private readonly node: Node;

  constructor(on: SimDisk, node: Node) {
    this.on = on;
    this.node = node;
  }

  size(): Promise<number> {
    return this.on.operation(() => this.node.cache.length);
  }

  read(at: number, length: number): Promise<Uint8Array> {
    return this.on.operation(() => this.node.cache.slice(at, at + length));
  }

  write(at: number, bytes: Uint8Array): Promise<void> {
    return this.on.operation(() => this.on.write(this.node, at, bytes));
  }

  writeThrough(at: number, bytes: Uint8Array): Promise<void> {
    return this.on.operation(() => this.on.writeThrough(this.node, at, bytes));
  }

  sync(): Promise<void> {
    return this.on.operation(() => this.on.sync(this.node));
  }

  truncate(size: number): Promise<void> {
    return this.on.operation(() => this.on.truncate(this.node, size));
  }

  async close(): Promise<void> {}
}

/** Where nothing was written there are zeros. */
function applied(bytes: Uint8Array<ArrayBuffer>, change: Node['pending'][number]): Uint8Array<ArrayBuffer> {
  const size = 'size' in change ? change.size : Math.max(bytes.length, change.at + change.bytes.length);
  let after = bytes;
  if (size !== bytes.length) {
    after = new Uint8Array(size);
    after.set(bytes.subarray(0, size));
  }
  if (!('size' in change)) after.set(change.bytes, change.at);
  return after;
}

const nameIn = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
