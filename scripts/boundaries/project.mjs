// The repository as the rules see it: every tracked text, and the facts of every source file, read once.
import { posix } from "node:path";
import ts from "typescript";

/**
 * @param {Map<string, string>} texts repository path to content
 */
export function readProject(texts) {
  const manifests = new Map();
  for (const [path, text] of texts) if (posix.basename(path) === "package.json") manifests.set(posix.dirname(path), JSON.parse(text));
  const sources = [...texts].filter(([path]) => /\.(ts|mts|mjs)$/.test(path)).map(([path, text]) => readSource(path, text, manifests));
  return { texts, manifests, sources };
}

function readSource(path, text, manifests) {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const lineOf = (node) => tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
  const facts = { imports: [], calls: [], thrown: [], globals: [], moduleVariables: [], flags: [] };

  for (const statement of tree.statements) {
    if (ts.isVariableStatement(statement) && !(statement.declarationList.flags & ts.NodeFlags.Const)) facts.moduleVariables.push({ line: lineOf(statement) });
  }

  const visit = (node) => {
    const specifier = importedFrom(node);
    if (specifier !== undefined) facts.imports.push({ specifier, typeOnly: isTypeOnly(node), line: lineOf(node) });
    if (ts.isCallExpression(node))
      facts.calls.push({ callee: node.expression.getText(tree), arguments: node.arguments.map((each) => each.getText(tree)), line: lineOf(node) });
    const flag = optionDeclared(node);
    if (flag !== undefined) facts.flags.push({ flag, line: lineOf(node) });
    if (ts.isThrowStatement(node) && ts.isNewExpression(node.expression))
      facts.thrown.push({ name: node.expression.expression.getText(tree), line: lineOf(node) });
    if (ts.isIdentifier(node) && isReference(node)) facts.globals.push({ name: node.text, line: lineOf(node) });
    ts.forEachChild(node, visit);
  };
  visit(tree);

  const folder = [...manifests.keys()].filter((each) => each !== "." && path.startsWith(`${each}/`)).sort((a, b) => b.length - a.length)[0];
  return {
    path,
    lines: text.split("\n"),
    /** A test, or what only tests use (`fixtures/`): not shipped. */
    isTest: /\.test\.(ts|mjs)$|\/fixtures\//.test(path),
    isGenerated: path.includes("/generated/") || path.endsWith("_pb.ts"),
    /** The workspace the file belongs to, as a repository path. */
    folder,
    /** True for what a package ships: below `src` of a workspace in `packages`. */
    isPackageSource: folder?.startsWith("packages/") === true && path.startsWith(`${folder}/src/`),
    room: folder === "packages/core" ? roomOf(path) : undefined,
    ...facts,
  };
}

function importedFrom(node) {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined)
    return /** @type {ts.StringLiteral} */ (node.moduleSpecifier).text;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return /** @type {ts.StringLiteral} */ (node.argument.literal).text;
  const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isDynamic && node.arguments[0] !== undefined && ts.isStringLiteralLike(node.arguments[0]) ? node.arguments[0].text : undefined;
}

/** `--name` of `.option("-n, --name <value>")`, `.requiredOption(...)` and `new Option(...)`. */
function optionDeclared(node) {
  const callee = ts.isCallExpression(node) || ts.isNewExpression(node) ? node.expression : undefined;
  const name = callee && (ts.isPropertyAccessExpression(callee) ? callee.name : callee).getText();
  const first = callee && node.arguments?.[0];
  if (!["option", "requiredOption", "Option"].includes(name) || first === undefined || !ts.isStringLiteralLike(first)) return undefined;
  return /--[a-z-]+/.exec(first.text)?.[0];
}

function isTypeOnly(node) {
  if (ts.isImportTypeNode(node)) return true;
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return ts.isImportDeclaration(node) && node.importClause?.isTypeOnly === true;
}

/** An identifier that names a variable, not a member, a key or a declaration. */
function isReference(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return parent.expression.getText() === "globalThis";
  return !("name" in parent && parent.name === node) && !ts.isQualifiedName(parent) && !ts.isImportSpecifier(parent) && !ts.isExportSpecifier(parent);
}

/** The room of a path below packages/core/src: its folder; files directly there are the pipeline, but for the index. */
export function roomOf(path) {
  const [folder, file] = path.split("/").slice(3);
  if (file !== undefined) return folder;
  return folder === "index.ts" ? "index" : "pipeline";
}

/** Repository path a relative import leads to. */
export const resolveRelative = (source, specifier) => posix.join(posix.dirname(source.path), specifier);

/** `@scope/name/sub` and `name/sub` without the subpath. */
export const packageOf = (specifier) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
