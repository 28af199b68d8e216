/** The module that `thingscope types` writes: an interface for each type, a union for each enum, and the `Schema` of all. */
import type { Database } from '../library/database.ts';
import { Definitions, HELPERS, SCHEMA, type View } from './definition.ts';
import { Names, comment, key, quoted } from './names.ts';
import { readSchema, type CollectionSchema, type Definition, type ProcedureInfo, type TypeInfo } from './schema.ts';

/** TypeScript for the types, enums and procedures of a collection. */
export async function typesOf(database: Database, scope: string): Promise<string> {
  return moduleText(await readSchema(database, scope));
}

export function moduleText(schema: CollectionSchema): string {
  const definitions = new Definitions(schema);
  const parts = schema.enums.map(info => `export type ${definitions.typeNames.get(info.name)!} = ${definitions.members(info)};\n`);
  for (const type of schema.types) parts.push(type.wrap_only ? wrapText(type, definitions) : instanceText(type, definitions));
  // Those may refer to further ones, which then come behind them.
  for (const [name] of definitions.wrapNames) parts.push(wrapText(schema.types.find(type => type.name === name)!, definitions));
  parts.push(schemaText(schema, definitions));
  const body = parts.join('\n');
  const code = withoutTexts(body);
  // Names before a colon are those of fields and arguments.
  const used = HELPERS.filter(name => new RegExp(`\\b${name}\\b(?!\\??:)`).test(code));
  const scope = schema.scope.replace(/\s+/g, ' ');
  return `// Written by \`thingscope types ${scope}\`: make it anew when the schema changes.\n`
    + `${used.length === 0 ? '' : `import type { ${used.join(', ')} } from 'thingscope';\n`}\n${body}`;
}

function instanceText(type: TypeInfo, definitions: Definitions): string {
  return interfaceText(definitions.typeNames.get(type.name)!, fieldLines(type, definitions, 'instance'));
}

/** Of a wrap nothing is sure: what does not fit the thing is left out. Methods are computed, and may give anything. */
function wrapText(type: TypeInfo, definitions: Definitions): string {
  const methods = Object.entries(type.methods).map(([name, { doc }]) => `${comment(doc, '  ')}  ${key(name)}?: Plain;\n`);
  const name = definitions.wrapName(type);
  return comment(`What a wrap by \`${type.name}\` shows.`, '') + interfaceText(name, [...fieldLines(type, definitions, 'wrap'), ...methods]);
}

function interfaceText(name: string, lines: readonly string[]): string {
  return lines.length === 0 ? `export interface ${name} {}\n` : `export interface ${name} {\n${lines.join('')}}\n`;
}

function fieldLines(type: TypeInfo, definitions: Definitions, view: View): string[] {
  const id = definitions.idOf(type);
  const fields = type.fields.filter(([, definition]) => definition !== '#').map(([name, definition]) => {
    const told = definitions.of(definition, view);
    return `${isToldBy(definition, told) ? '' : comment(String(definition), '  ')}  ${key(name)}${view === 'wrap' ? '?' : ''}: ${told};\n`;
  });
  return id === null ? fields : [`  ${key(id)}?: number;\n`, ...fields];
}

/** Whether the TypeScript type says all that the definition does. */
function isToldBy(definition: Definition, told: string): boolean {
  if (typeof definition !== 'string') return true;
  const bare = definition.replace(/^thing<(.*)>(\??)$/, '$1$2').replace(/[[\]{}?]/g, '');
  return /^(any|bool|bytes|float|int|number|raw|str|thing|)$/.test(bare) || new RegExp(`\\b${bare.replace(/\W/g, '\\$&')}(Wrap)?_*\\b`).test(told);
}

function schemaText({ types, enums, procedures }: CollectionSchema, definitions: Definitions): string {
  const named = [...enums, ...types].map(({ name }) => `    ${key(name)}: ${definitions.typeNames.get(name)!};\n`);
  return `export interface ${SCHEMA} {\n${block('types', named)}${block('procedures', procedures.map(procedureText))}}\n`;
}

const block = (name: string, lines: readonly string[]): string => (lines.length === 0 ? `  ${name}: {};\n` : `  ${name}: {\n${lines.join('')}  };\n`);

/** Of the arguments no more than their names is known, and of the result nothing. */
function procedureText(procedure: ProcedureInfo): string {
  const names = new Names();
  return `${comment(procedure.doc, '    ')}    ${key(procedure.name)}: (${procedure.arguments.map(name => `${names.take(name)}: unknown`).join(', ')}) => Plain;\n`;
}

/** Without comments and strings, which may hold any word. */
function withoutTexts(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|'(?:[^'\\\n]|\\.)*'/g, quoted(''));
}
