import { List } from '../../values/value.ts';
import type { Commit } from '../../collection/collection.ts';
import type { Writer } from '../../wire/msgpack.ts';
import { builtin } from '../builtin.ts';
import { info } from './_admin.ts';
import { findCommits } from './_history.ts';
import { utcText } from './_user_info.ts';

/** With `id` the one commit, or nil; else a list, oldest first. */
export default builtin({
  name: 'history', args: ['thing'], change: 'never', scope: 'thingsdb',
  run: (q, thing) => {
    const { commits, options } = findCommits(q, thing, true);
    const shown = commits.map(commit => info(w => packCommit(w, commit, options.detail ?? false)));
    return options.id === undefined ? new List(shown) : shown[0] ?? null;
  },
});

function packCommit(w: Writer, commit: Commit, detail: boolean): void {
  w.map(4 + (detail ? 1 : 0) + (commit.error === null ? 0 : 1));
  w.str('id');
  w.int(commit.id);
  w.str('created_on');
  w.str(utcText(commit.createdAt));
  w.str('by');
  w.str(commit.by);
  w.str('message');
  w.str(commit.message);
  if (detail) {
    w.str('code');
    w.str(commit.code);
  }
  if (commit.error !== null) {
    w.str('err_msg');
    w.str(commit.error);
  }
}
