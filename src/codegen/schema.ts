/** What a collection says of its types, enums and procedures. Any ThingsDB server answers the same. */
import type { Database } from '../library/database.ts';
import type { Plain } from '../wire/plain.ts';

/** A definition: `'int<1:9>?'`, or the structure that a wrap-only type shows within a thing or list. */
export type Definition = string | Structure | readonly [Structure];
export interface Structure {
  readonly [name: string]: Definition;
}

interface Called {
  readonly doc: string;
  readonly arguments: readonly string[];
}

export interface TypeInfo {
  readonly name: string;
  readonly wrap_only: boolean;
  readonly hide_id: boolean;
  readonly fields: readonly (readonly [name: string, definition: Definition])[];
  readonly methods: Readonly<Record<string, Called>>;
}

export interface EnumInfo {
  readonly name: string;
  readonly members: readonly (readonly [name: string, value: Plain])[];
}

export interface ProcedureInfo extends Called {
  readonly name: string;
}

export interface CollectionSchema {
  readonly scope: string;
  readonly types: readonly TypeInfo[];
  readonly enums: readonly EnumInfo[];
  readonly procedures: readonly ProcedureInfo[];
}

/** Asks in one query, so that all of it is of the same moment. */
export async function readSchema(database: Database, scope: string): Promise<CollectionSchema> {
  const [types, enums, procedures] = await database.query<[TypeInfo[], EnumInfo[], ProcedureInfo[]]>(scope, '[types_info(), enums_info(), procedures_info()];');
  return { scope, types, enums, procedures };
}
