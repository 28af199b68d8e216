/** The OpenAPI document: written from the routes and the schemas that validate. */
import * as z from 'zod';
import { ROUTES, type Route } from './routes.ts';
import * as schemas from './schemas.ts';

const NAMES = new Map<unknown, string>(Object.entries(schemas).filter(([, schema]) => schema instanceof z.ZodType).map(([name, schema]) => [schema, name]));

const FAILURES: Readonly<Record<number, string>> = {
  400: 'The body, or what it asks for, is not valid',
  401: 'No login, or a wrong one',
  403: 'The user, or the token, lacks a right',
  404: 'There is no such user or token',
  409: 'The name is taken',
  413: 'The body is too large',
  422: 'It cannot be done: a bound is reached, or it would take away your own rights',
  429: 'Too many failed log-ins',
  503: 'The node is not ready',
};

export function openApi(version: string): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: '3.1.0',
    info: { title: 'Thingscope', version, description: 'Users, their privileges and their tokens. Needs QUERY on @thingsdb; GRANT there for other users than your own.' },
    security: [{ bearer: [] }, { basic: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, basic: { type: 'http', scheme: 'basic' } },
      schemas: Object.fromEntries([...NAMES].map(([schema, name]) => [name, jsonSchema(schema as z.ZodType)])),
    },
  };
}

function operation({ method, path, summary, body, answer, status }: Route): unknown {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name, in: 'path', required: true, schema: { type: 'string' }, description: name === 'user' ? 'Name or id of a user' : 'Id of a token',
  }));
  const failures = Object.entries(FAILURES).map(([code, description]) => [code, { description, ...content(schemas.Failure) }]);
  return {
    summary,
    operationId: `${method.toLowerCase()}${path.replace(/\/api|[{}]/g, '').replace(/\/(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body === undefined ? {} : { requestBody: { required: true, ...content(body) } }),
    responses: { [status]: { description: summary, ...content(answer) }, ...Object.fromEntries(failures) },
  };
}

function content(schema: z.ZodType): { content: unknown } {
  return { content: { 'application/json': { schema: refer(schema) } } };
}

function refer(schema: z.ZodType): unknown {
  const name = NAMES.get(schema);
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
  return schema instanceof z.ZodArray ? { type: 'array', items: refer(schema.element as z.ZodType) } : jsonSchema(schema);
}

function jsonSchema(schema: z.ZodType): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}
