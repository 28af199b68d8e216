/** The ids that a client gives its requests, so that a server knows those that come again; see `collection/answered.ts`. */
import type { RequestId } from '../collection/answered.ts';
import { assert } from '../errors/assert.ts';
import type { Writer } from '../wire/msgpack.ts';
import { PACKET } from '../wire/packet.ts';
import { packRequestId } from '../wire/request-id.ts';

const NAME_SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** 66 bits by chance. */
const NAME_LENGTH = 11;

export class RequestIds {
  /** Nobody can guess it: who knows an id could ask for its answer. */
  private readonly client = randomName();
  /** Numbers that are waited for, and the lowest of them, or the next. */
  private readonly open = new Set<number>();
  private oldest = 1;
  private next = 1;

  /** The next number; 0 when it is `max` or more beyond the lowest that is waited for. */
  take(max: number): number {
    if (this.next >= this.oldest + max) return 0;
    this.open.add(this.next);
    return this.next++;
  }

  /** A number that is not waited for any more. */
  answered(number: number): void {
    this.open.delete(number);
    while (this.oldest < this.next && !this.open.has(this.oldest)) this.oldest++;
  }

  idOf(number: number, since: number | null): RequestId {
    return { client: this.client, number, oldest: this.oldest, since };
  }
}

/** The body of a request, QUERY or RUN, that has two items or three, with an id as its fourth. `out` is free for it. */
export function withId(out: Writer, type: number, body: Uint8Array, id: RequestId): Uint8Array {
  const items = body[0]! & 0x0f;
  assert(body[0]! >> 4 === 0x9 && (items === 2 || items === 3), 'a request has a scope, a text, and perhaps values');
  out.reset();
  out.array(4);
  out.raw(body.subarray(1));
  if (items === 2) {
    if (type === PACKET.run) out.nil();
    else out.map(0);
  }
  packRequestId(out, id);
  return out.copy();
}

function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(NAME_LENGTH)), byte => NAME_SIGNS[byte & 63]).join('');
}
