/** Random requests to the REST interface, written from its own document: no 500, and no secret in any answer. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import { LocalBackend } from '../../src/server/local.ts';
import { answerRest } from '../../src/server/rest/rest.ts';
import { openApi } from '../../src/server/rest/openapi.ts';
import { ROUTES } from '../../src/server/rest/routes.ts';
import { userNamed } from '../engine/setup.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | false;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } }; readonly responses: object }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const DOCUMENT = openApi('') as Document;

/** Texts that mean something, beside any text. */
const WORDS = ['//stuff', '@t', '@node', '//nope', 'anna', 'admin', '1', 'never', '30 days', '999999999 years', '2030-01-01', 'p', '#', '__proto__', '\u0000', '\ud800', '%', '*'];
const text = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...WORDS) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) }, { weight: 1, arbitrary: fc.string() });

/** Values that fit a schema, or nearly do. */
function fitting(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return fitting(DOCUMENT.components.schemas[schema.$ref.split('/').at(-1)!]!);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(fitting));
  switch (schema.type) {
    case 'integer':
      return fc.integer({ min: (schema.minimum ?? 0) - 1, max: (schema.maximum ?? 1000) + 1 });
    case 'string':
      return text;
    case 'boolean':
      return fc.boolean();
    case 'array':
      if (schema.prefixItems !== undefined) return fc.tuple(...schema.prefixItems.map(fitting));
      return fc.array(fitting(schema.items ?? {}), { maxLength: 4 });
    case 'object':
      if (schema.properties === undefined) return fc.dictionary(text, fitting(schema.additionalProperties || {}), { maxKeys: 3 });
      return object(schema.properties, schema.required ?? []);
    default:
      return fc.jsonValue();
  }
}

/** With few of the properties that may be left out: many of them exclude each other. */
function object(properties: Readonly<Record<string, Schema>>, required: readonly string[]): fc.Arbitrary<unknown> {
  const optional = Object.keys(properties).filter(name => !required.includes(name));
  return fc.subarray(optional, { maxLength: Math.min(3, optional.length) }).chain(names => fc.record(Object.fromEntries([...required, ...names].map(name => [name, nearly(properties[name]!)]))));
}

const nearly = (schema: Schema): fc.Arbitrary<unknown> => fc.oneof({ weight: 15, arbitrary: fitting(schema) }, { weight: 1, arbitrary: fc.jsonValue() });

const segment = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('anna', 'bert', '1', '3') }, { weight: 1, arbitrary: text.filter(text => !/\p{Surrogate}/u.test(text)).map(encodeURIComponent) }, { weight: 1, arbitrary: fc.constantFrom('', '%', '%ff', '%00', '..') });
const id = fc.oneof(fc.constant('ID'), fc.constantFrom('tok_AAAAAAAAAAAA', 'x', 'KEY'));

const request = fc.constantFrom(...Object.entries(DOCUMENT.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))))
  .chain(({ path, method, operation }) => {
    const schema = operation.requestBody?.content['application/json'].schema;
    const body = schema === undefined ? fc.constant('') : fc.oneof({ weight: 8, arbitrary: nearly(schema).map(value => JSON.stringify(value)) }, { weight: 1, arbitrary: fc.string() });
    return fc.record({ method: fc.constant(method.toUpperCase()), path: fc.constant(path), user: segment, id, body, statuses: fc.constant(Object.keys(operation.responses).map(Number)) });
  });

test('no request is answered with a 500, none with another status than the document says, and none tells a secret', async () => {
  const log: string[] = [];
  const succeeded = new Set<string>();
  await fc.assert(fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 12 }), async requests => {
    const engine = new Engine({ host: testHost() });
    engine.init();
    const backend = new LocalBackend(engine);
    const query = (code: string): unknown => engine.query({ user: userNamed(engine, 'admin'), scope: { kind: 'thingsdb' }, code }, (_q, value) => value);
    await query("new_user('anna'); new_user('bert'); grant('@t', 'anna', QUERY | CHANGE); set_password('anna', 'hidden word'); nil;");
    const key = query("new_token('admin');") as string;
    const user = backend.loginToken(key, '');
    const { id } = user.token!;
    const keys = new Set([key]);
    for (const { method, path, user: name, id: which, body, statuses } of requests) {
      const url = path.replace('{user}', name).replace('{id}', which === 'ID' ? id : which === 'KEY' ? key : which);
      const answer = await answerRest(backend, { docsUrl: '', version: '', log: (_, text) => log.push(text) },
        { method, url, user: async () => user, body: async () => Buffer.from(body) });
      expect([...statuses, 405], `${method} ${url} ${body}: ${answer.body}`).toContain(answer.status);
      if (answer.status < 300) succeeded.add(`${method} ${path}`);
      const { plain_token, ...rest } = JSON.parse(answer.body) as { plain_token?: string };
      const secrets = [...keys, 'hidden word', ...[...engine.system.tokens.values()].map(token => token.hash), ...engine.system.users.flatMap(user => user.passwordHash ?? [])];
      for (const secret of secrets) expect(JSON.stringify(rest)).not.toContain(secret);
      if (plain_token !== undefined) keys.add(plain_token);
    }
  }), { numRuns: 300, seed: 8 });
  expect(log).toEqual([]);
  // It is of no use if hardly anything gets through.
  expect([...succeeded].sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
});
