/** Names of scopes, as requests have them: `@thingsdb`, `@node:1`, `@collection:stuff`, `//stuff` and shorter. */
import { valueErr } from '../errors/query-error.ts';
import { scope as msg } from '../errors/messages/scope.ts';
import { isName } from '../values/shape.ts';

export type ScopeName = { readonly kind: 'thingsdb' } | { readonly kind: 'node'; readonly id: number | null } | { readonly kind: 'collection'; readonly name: string };

/** Node ids that a scope can name; 64 is the first that it cannot. */
const NODE_IDS = 64;

/** Reads the text of a scope. Every prefix of the words is enough: `@t`, `@n`, `@c:stuff`, `@:stuff`. */
export function parseScope(text: string): ScopeName {
  if (text.length === 0) throw valueErr(msg.empty(), 'overview/scopes');
  const sep = text[0] === '/' ? '/' : ':';
  const body = text.slice(1);
  const at = body.indexOf(sep);
  const word = at < 0 ? body : body.slice(0, at);
  const rest = at < 0 ? null : body.slice(at + 1);
  // What follows the separator of a collection is a name, which has a text of its own.
  if (!/^[\x01-\x7f]*$/.test(rest !== null && 'collection'.startsWith(word) ? text.slice(0, at + 2) : text)) throw valueErr(msg.ascii(), 'overview/scopes');
  if (text[0] !== '@' && text[0] !== '/') throw valueErr(msg.start(text), 'overview/scopes');
  const unknown = (): never => {
    throw valueErr(body.length === 0 ? msg.unknownShort(text[0]!) : msg.unknown(text[0]!, text), 'overview/scopes');
  };
  if (word.length > 0 && rest === null && 'thingsdb'.startsWith(word)) return { kind: 'thingsdb' };
  if (word.length > 0 && 'node'.startsWith(word)) {
    if (rest === null || rest.length === 0) return { kind: 'node', id: null };
    if (!/^[0-9]+$/.test(rest) || Number(rest) >= NODE_IDS) throw valueErr(msg.nodeId(), 'overview/scopes');
    return { kind: 'node', id: Number(rest) };
  }
  if ('collection'.startsWith(word)) {
    if (rest === null) {
      if (word.length === 0) return unknown();
      throw valueErr(msg.needsCollection(), 'overview/scopes');
    }
    if (rest.length === 0) {
      if (word.length === 0) return unknown();
      throw valueErr(msg.needsCollection(), 'overview/scopes');
    }
    if (!isName(rest)) throw valueErr(msg.badCollection(), 'overview/scopes');
    return { kind: 'collection', name: rest };
  }
  return unknown();
}

/** The long form, which events and errors show. */
export function scopeText(scope: ScopeName): string {
  switch (scope.kind) {
    case 'thingsdb': return '@thingsdb';
    case 'node': return scope.id === null ? '@node' : `@node:${scope.id}`;
    case 'collection': return `@collection:${scope.name}`;
  }
}
