import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';

export const root = join(__dirname, '..', '..');

/** One import of one file. */
export interface Import {
  /** The importing file, from the project's root, with slashes. */
  readonly file: string;
  /** A file of the project, or the name of a package or of a module of Node. */
  readonly target: string;
  /** `types`: gone after compilation. `late`: by `import()`, when the code gets there. `start`: when the file is loaded. */
  readonly when: 'types' | 'late' | 'start';
}

/** The TypeScript files below a folder. What the sandbox deploys is another project. */
export function sourcesBelow(folder: string): readonly string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.split(sep).join('/')}`)
    .filter((name) => !name.startsWith('sandbox/project/'))
    .sort();
}

/** All imports of a file, as the compiler understands them. */
export function importsOf(file: string): readonly Import[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, when: Import['when']): void => {
    if (specifier && ts.isStringLiteralLike(specifier)) found.push({ file, target: resolve(file, specifier.text), when });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isOnlyTypes(node) ? 'types' : 'start');
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, areOnlyTypes(node) ? 'types' : 'start');
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, 'types');
    else if (ts.isCallExpression(node)) {
      if (node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], 'late');
      else if (ts.isIdentifier(node.expression) && node.expression.text === 'require') add(node.arguments[0], 'start');
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isOnlyTypes({ importClause }: ts.ImportDeclaration): boolean {
  if (!importClause) return false;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = importClause;
  return (
    !name && namedBindings !== undefined && ts.isNamedImports(namedBindings) && namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly)
  );
}
const areOnlyTypes = ({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean =>
  isTypeOnly ||
  (exportClause !== undefined && ts.isNamedExports(exportClause) && exportClause.elements.every((element) => element.isTypeOnly));

/** The file behind a relative path, or the package's name. */
function resolve(file: string, specifier: string): string {
  if (!specifier.startsWith('.')) return packageOf(specifier);
  const path = join(root, dirname(file), specifier.replace(/\.js$/, ''));
  const candidates = [`${path}.ts`, join(path, 'index.ts'), path];
  const found = candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
  return relative(root, found ?? path)
    .split(sep)
    .join('/');
}
const packageOf = (specifier: string): string =>
  specifier.startsWith('node:')
    ? specifier
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');

/** Everything that is loaded when a file is loaded, itself included. */
export function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (!file.endsWith('.ts')) return seen;
  for (const { target, when } of importsOf(file)) if (when === 'start') loadedWith(target, seen);
  return seen;
}
