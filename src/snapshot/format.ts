/**
 * A snapshot is the state of an engine after one change, as entries in blocks. First comes what is small (`head`,
 * `system`, a `collection` each), then the rest in no fixed order: things as they are come to, or before they change.
 *
 * An entry begins with its code. A code from {@link ENTRY_END} on is a thing: the code less ENTRY_END is the number of
 * its shape, by order of definition (`shape`, `typed`).
 */
export const SNAPSHOT_FORMAT = 1;

export const ENTRY = {
  /** Format, id of the change, number of things. */
  head: 1,
  system: 2,
  collection: 3,
  /** Id of the collection that the following entries belong to; 0 for `@thingsdb`. */
  in: 4,
  /** Whether it is a dictionary's, and keys. */
  shape: 5,
  /** Id of the type. */
  typed: 6,
  /** A thing with keys of its own: as a thing of a shape, but with dictionary or not, and keys, after the id. */
  own: 7,
  /** Id of a thing, and what its values are restricted to. */
  restrict: 8,
  /** A long value: id of the thing, position of the property, value. */
  value: 9,
  /** The start of a long list, set (id of the thing, position of the property) or of a dictionary (id). */
  list: 10,
  set: 11,
  dict: 12,
  /** Within a long list: the start of a long tuple. */
  tuple: 13,
  /** More of what was started last: values, ids, or keys and values. */
  items: 14,
  /** The end of what was started last. */
  close: 15,
  /** Named rooms: id and name in turn. */
  rooms: 16,
  task: 17,
  /** Entries of the history. */
  commits: 18,
  /** Instances of a type, by id, where they do not go by ascending id. */
  instances: 19,
  /** Number of things that were written. */
  end: 20,
  /** Of the requests that clients may repeat: the count of answers, and that at the youngest of what is forgotten. */
  answered: 21,
  /** A client of them: user, name, count before its first answer, count and second of its last one, floor. */
  client: 22,
  /** Of the client that came last, in turn: number of a request, and what became of it. */
  outcomes: 23,
} as const;

export const ENTRY_END = 32;
