/**
 * The change log of a node in a cluster: a change is durable when the cluster has it. The node's own disk gets it
 * then, so that nothing is ever there that the cluster may still lose.
 */
import type { CommittedChange } from '../engine.ts';
import type { ChangeLog, LogContents, LoggedChange } from '../store/change-log.ts';
import type { Member } from './member.ts';

export class ClusterLog implements ChangeLog {
  /** Null before the node takes part: what it does until then concerns its disk only. */
  member: Member | null = null;
  readonly local: ChangeLog;

  constructor(local: ChangeLog) {
    this.local = local;
  }

  open(): Promise<LogContents> {
    return this.local.open();
  }

  read(from: number): AsyncIterable<readonly LoggedChange[]> {
    return this.local.read(from);
  }

  append(change: CommittedChange): Promise<void> {
    const { member } = this;
    return member === null || member.repeating ? this.local.append(change) : member.propose(change);
  }

  get pending(): Promise<void> | null {
    return this.member === null ? this.local.pending : this.member.pending;
  }

  close(): Promise<void> {
    return this.local.close();
  }
}
