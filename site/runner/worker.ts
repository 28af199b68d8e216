/** The worker behind a page: holds its database and answers one request at a time. */
import { PageDatabase, type Clock } from './database.ts';
import { check, describe, suggest } from './language.ts';

export type Request = { readonly id: number } & (
  | { readonly do: 'start'; readonly clock: Clock }
  | { readonly do: 'query'; readonly scope: string; readonly code: string }
  | { readonly do: 'check'; readonly code: string }
  | { readonly do: 'complete'; readonly scope: string; readonly before: string }
  | { readonly do: 'describe'; readonly name: string; readonly isMember: boolean }
);

let database: PageDatabase;

async function answer(request: Request): Promise<unknown> {
  switch (request.do) {
    case 'start':
      database = new PageDatabase(request.clock);
      return null;
    case 'query':
      return database.query(request.scope, request.code);
    case 'check':
      return check(request.code);
    case 'complete':
      return suggest(request.before, code => database.value(request.scope, code));
    case 'describe':
      return describe(request.name, request.isMember);
  }
}

self.onmessage = async ({ data }: MessageEvent<Request>) => {
  try {
    self.postMessage({ id: data.id, answer: await answer(data) });
  } catch (e) {
    self.postMessage({ id: data.id, failure: String(e) });
  }
};
setInterval(() => database?.tick(), 1_000);
