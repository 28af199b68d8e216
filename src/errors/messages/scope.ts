/** Texts about scopes. ThingsDB's, to the letter. */
const forms = (sep: string): string =>
  sep === '/' ? '`/thingsdb`, `/node/...` or `/collection/...`' : '`@thingsdb`, `@node:...` or `@collection:...`';

export const scope = {
  empty: (): string => 'invalid scope; scopes must not be empty',
  ascii: (): string => 'invalid scope; scopes must only contain valid ASCII characters',
  start: (text: string): string => `invalid scope; scopes must start with a \`@\` or \`/\` but got \`${text}\` instead`,
  unknown: (sep: string, text: string): string => `invalid scope; expecting a scope name like ${forms(sep)} but got \`${text}\` instead`,
  unknownShort: (sep: string): string => `invalid scope; expecting a scope name like ${forms(sep)}`,
  nodeId: (): string => 'invalid scope; a node id must be an integer value between 0 and 64',
  needsCollection: (): string => 'invalid scope; the collection scope requires to specify a collection',
  badCollection: (): string => 'invalid scope; the specified collection name is invalid',
  collectionNotFound: (name: string): string => `collection \`${name}\` not found`,
  nodeNotFound: (id: number): string => `\`node:${id}\` does not exist`,
};
