/** The TypeScript compiler over modules that exist only here; `thingscope` is this library's source. */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = `${root}test/codegen/`;

/** What the compiler says of each module, by its name. */
export function compile(modules: Readonly<Record<string, string>>): Record<string, string[]> {
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, lib: ['lib.es2023.d.ts'], types: ['node'], strict: true, noEmit: true,
    noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, noUnusedLocals: true, skipLibCheck: true, allowImportingTsExtensions: true,
    paths: { thingscope: [`${root}src/index.ts`] },
  };
  const texts = new Map(Object.entries(modules).map(([name, text]) => [`${folder}${name}.ts`, text]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = file => texts.has(file) || fileExists.call(host, file);
  host.readFile = file => texts.get(file) ?? readFile.call(host, file);
  host.getSourceFile = (file, target, ...rest) => {
    const text = texts.get(file);
    return text === undefined ? getSourceFile.call(host, file, target, ...rest) : ts.createSourceFile(file, text, target);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return Object.fromEntries(Object.keys(modules).map(name => {
    const file = program.getSourceFile(`${folder}${name}.ts`)!;
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return [name, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))];
  }));
}
