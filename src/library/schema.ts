/**
 * What TypeScript may know of a collection: `thingscope types SCOPE` writes it as an interface `Schema`, and
 * `open<Schema>()` and `connect<Schema>()` give a database whose {@link Database.run} is checked against it.
 */
import type { Vars } from './database.ts';

/** What a `Schema` has. */
export interface DatabaseSchema {
  /** Types and enums by name. */
  readonly types: object;
  /** Procedures as functions, by name. */
  readonly procedures: object;
  /** Rooms by name, each with its events: `{ chat: { message: [text: string, by: string] } }`. To be added by hand. */
  readonly rooms?: object;
}

/** Nothing is known: any procedure may be called. */
export interface Untyped extends DatabaseSchema {
  readonly untyped: true;
}

/**
 * A thing within a thing. It is shown whole when the answer goes deep enough (`return x, 2`), else by its id
 * alone, or as `{}` when it is not stored; `'name' in ref` tells which.
 */
export type Ref<T, Id extends string = '#'> = T | { [K in Id]?: number };

/** A `thing<…>`: values of one kind by name, and its id when it is stored. */
export type Dict<T> = { '#'?: number } & { [key: string]: T };

/** A name of any procedure, where nothing is known of them. */
export type AnyName<S extends DatabaseSchema> = S extends Untyped ? string : never;

/** An argument is demanded where there cannot be one, so that the compiler's message is about the procedure that was meant. */
export type AnyArgs<S extends DatabaseSchema> = S extends Untyped ? [args?: readonly unknown[] | Vars] : [args: never];

/** Arguments by position or by name; a procedure without any may be called without. */
export type ProcedureArgs<P> = P extends (...args: infer A) => unknown ? ([] extends A ? [args?: Readonly<A> | Vars] : [args: Readonly<A> | Vars]) : never;

/** Names of rooms whose events are known. */
export type RoomName<S extends DatabaseSchema> = keyof NonNullable<S['rooms']> & string;

export type EventsOf<S extends DatabaseSchema, N extends RoomName<S>> = NonNullable<S['rooms']>[N] & object;

export type ProcedureResult<P> = P extends (...args: never) => infer R ? R : never;
