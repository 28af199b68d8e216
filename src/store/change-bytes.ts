/**
 * A change as it lies among others, in a frame of the log and in an entry of the cluster's:
 *
 *   0  u32  length of its events; the highest bit is set when what made the change follows them
 *   4  f64  scope: id of the collection, 0 for `@thingsdb`
 *  12       events
 *           with that bit: u32 length, and what made it, as `cause.ts` packs it
 *
 * All little endian. Its id comes of its place.
 */
import type { CommittedChange } from '../engine.ts';

export const CHANGE_HEAD = 12;
const HAS_AUDIT = 0x8000_0000;
const AUDIT_HEAD = 4;

/** How many bytes it takes. */
export function changeBytes({ events, audit }: CommittedChange): number {
  return CHANGE_HEAD + events.length + (audit === undefined ? 0 : AUDIT_HEAD + audit.length);
}

/** Gives the position behind it. */
export function writeChange(bytes: Uint8Array, view: DataView, at: number, { scope, events, audit }: CommittedChange): number {
  view.setUint32(at, audit === undefined ? events.length : events.length + HAS_AUDIT, true);
  view.setFloat64(at + 4, scope, true);
  bytes.set(events, at + CHANGE_HEAD);
  const end = at + CHANGE_HEAD + events.length;
  if (audit === undefined) return end;
  view.setUint32(end, audit.length, true);
  bytes.set(audit, end + AUDIT_HEAD);
  return end + AUDIT_HEAD + audit.length;
}

/** A change in bytes that are as they were written, and the position behind it. */
export function readChange(bytes: Uint8Array, view: DataView, at: number): { readonly change: Omit<CommittedChange, 'id'>; readonly end: number } {
  const length = view.getUint32(at, true);
  const scope = view.getFloat64(at + 4, true);
  const end = at + CHANGE_HEAD + (length % HAS_AUDIT);
  const events = bytes.subarray(at + CHANGE_HEAD, end);
  if (length < HAS_AUDIT) return { change: { scope, events }, end };
  const auditEnd = end + AUDIT_HEAD + view.getUint32(end, true);
  return { change: { scope, events, audit: bytes.subarray(end + AUDIT_HEAD, auditEnd) }, end: auditEnd };
}
