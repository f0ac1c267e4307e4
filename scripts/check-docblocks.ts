/**
 * No public item without a docblock: every name that a published package exports, and every member of the classes and
 * interfaces among them.
 *
 * Not asked for: constructors, index signatures, members that refine an inherited one (`override`, `declare`), members
 * of a class that are documented in an interface that it implements, and properties whose type is one literal: these
 * only tell the kinds of a union apart.
 */

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import {
  type SourceFile,
  type SyntaxNode,
  type Violation,
  lineAt,
  nameOf,
  nodeIn,
  nodesIn,
  readSource,
  sourceFilesIn,
} from "./syntax.ts";

/** One statement that declares an exported name. */
interface Declaration {
  readonly file: SourceFile;
  /** The statement, from its `export` on. */
  readonly statement: SyntaxNode;
  /** What is declared: a class, a function, … */
  readonly declared: SyntaxNode;
}

/**
 * Checks the entry points of every package that is not private.
 *
 * @param root  the folder that has `packages`
 * @returns what has no docblock, by file and line; nothing when all is well
 */
export function checkDocblocks(root: string): Violation[] {
  const parent = join(root, "packages");
  const packages = readdirSync(parent).filter((name) =>
    existsSync(join(parent, name, "package.json")),
  );
  const interfaces = documentedInterfaces(packages.map((name) => join(parent, name, "src")));
  return packages
    .flatMap((name) => entryPoints(join(parent, name)))
    .flatMap((entry) => new EntryCheck(root, interfaces).check(readSource(entry)));
}

/** The source files that a published package exposes; none for a private one. */
function entryPoints(folder: string): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (manifest.private === true) return [];
  return Object.values<Record<string, string>>(manifest.exports)
    .flatMap((conditions) => conditions["rtmp-source"] ?? [])
    .map((path) => join(folder, path));
}

/** The documented members of every interface, by the name of the interface. */
function documentedInterfaces(folders: readonly string[]): Map<string, Set<string>> {
  const interfaces = new Map<string, Set<string>>();
  for (const path of folders.flatMap((folder) => sourceFilesIn(folder))) {
    const file = readSource(path);
    for (const { declared } of declarationsIn(file)) {
      if (declared.type !== "TSInterfaceDeclaration") continue;
      const members = membersOf(declared).filter((member) => hasDocblock(file, member));
      interfaces.set(nameOf(nodeIn(declared, "id")), new Set(members.map(memberName)));
    }
  }
  return interfaces;
}

class EntryCheck {
  readonly #root: string;
  readonly #interfaces: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #violations: Violation[] = [];

  constructor(root: string, interfaces: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#root = root;
    this.#interfaces = interfaces;
  }

  check(entry: SourceFile): Violation[] {
    for (const statement of entry.body) {
      if (statement.type === "ExportAllDeclaration") {
        this.#report(entry, statement, "exports everything of a file; list the names");
      }
      if (statement.type === "ExportDefaultDeclaration") {
        this.#report(entry, statement, "has a default export");
      }
    }
    for (const name of exportedNames(entry)) this.#checkName(entry, name);
    return this.#violations;
  }

  #checkName(entry: SourceFile, name: string): void {
    const declarations = findDeclarations(entry, name);
    const [first] = declarations;
    // A name of another package is documented there.
    if (first === undefined) return;

    // A value and a type of one name share their docblock.
    if (!declarations.some(({ file, statement }) => hasDocblock(file, statement))) {
      this.#report(first.file, first.statement, `${name} has no docblock`);
    }
    for (const { file, declared } of declarations) this.#checkMembers(file, name, declared);
  }

  #checkMembers(file: SourceFile, owner: string, declared: SyntaxNode): void {
    const inherited = nodesIn(declared, "implements").flatMap((implemented) => [
      ...(this.#interfaces.get(nameOf(nodeIn(implemented, "expression"))) ?? []),
    ]);
    const members = membersOf(declared).filter(isPublic);
    // Overloads, and a getter with its setter, share their docblock.
    const documented = members.filter((member) => hasDocblock(file, member)).map(memberName);
    const known = new Set([...inherited, ...documented]);
    for (const member of members) {
      const name = memberName(member);
      if (!known.has(name)) this.#report(file, member, `${owner}.${name} has no docblock`);
      known.add(name);
    }
  }

  #report(file: SourceFile, node: SyntaxNode, text: string): void {
    const path = relative(this.#root, file.path);
    this.#violations.push({ file: path, line: lineAt(file, node.start), text });
  }
}

/** The names that a file exports. */
function exportedNames(file: SourceFile): string[] {
  const listed = file.body
    .flatMap((statement) => nodesIn(statement, "specifiers"))
    .filter(({ type }) => type === "ExportSpecifier")
    .map((specifier) => nameOf(nodeIn(specifier, "exported")));
  const declared = declarationsIn(file)
    .filter(({ statement }) => statement.type === "ExportNamedDeclaration")
    .flatMap((declaration) => declaredNames(declaration.declared));
  return [...new Set([...listed, ...declared])];
}

/** The statements that declare an exported name, also behind re-exports; none when it comes from another package. */
function findDeclarations(file: SourceFile, name: string): Declaration[] {
  for (const statement of file.body) {
    if (statement.type !== "ExportNamedDeclaration") continue;
    const specifier = nodesIn(statement, "specifiers").find(
      (candidate) => nameOf(nodeIn(candidate, "exported")) === name,
    );
    if (specifier === undefined) continue;

    const local = nameOf(nodeIn(specifier, "local"));
    const source = nodeIn(statement, "source");
    if (source === undefined) return declarationsOf(file, local);
    if (!nameOf(source).startsWith(".")) return [];
    return findDeclarations(readSource(join(dirname(file.path), nameOf(source))), local);
  }
  return declarationsOf(file, name);
}

function declarationsOf(file: SourceFile, name: string): Declaration[] {
  return declarationsIn(file).filter(({ declared }) => declaredNames(declared).includes(name));
}

/** Everything that a file declares at its top level. */
function declarationsIn(file: SourceFile): Declaration[] {
  return file.body.map((statement) => ({
    file,
    statement,
    declared: nodeIn(statement, "declaration") ?? statement,
  }));
}

function declaredNames(declared: SyntaxNode): string[] {
  const variables = nodesIn(declared, "declarations").map((variable) => nodeIn(variable, "id"));
  const own = declared.type.startsWith("Import") ? undefined : nodeIn(declared, "id");
  return [...variables, own].filter((id) => id !== undefined).map(nameOf);
}

/** The members of a class or an interface; none for anything else. */
function membersOf(declared: SyntaxNode): SyntaxNode[] {
  const hasMembers = ["ClassDeclaration", "TSInterfaceDeclaration"].includes(declared.type);
  return hasMembers ? nodesIn(nodeIn(declared, "body"), "body") : [];
}

function memberName(member: SyntaxNode): string {
  if (member.type === "TSCallSignatureDeclaration") return "(call)";
  const key = nodeIn(member, "key");
  const inner = key?.type === "MemberExpression" ? nodeIn(key, "property") : key;
  return nameOf(inner);
}

function isPublic(member: SyntaxNode): boolean {
  if (nodeIn(member, "key")?.type === "PrivateIdentifier") return false;
  if (["StaticBlock", "TSIndexSignature"].includes(member.type)) return false;
  if (member["kind"] === "constructor" || isDiscriminant(member)) return false;
  if (member["override"] === true || member["declare"] === true) return false;
  return member["accessibility"] !== "private" && member["accessibility"] !== "protected";
}

/** Whether the type of a member is one literal, `undefined`, or one value of an enumeration. */
function isDiscriminant(member: SyntaxNode): boolean {
  const type = nodeIn(nodeIn(member, "typeAnnotation"), "typeAnnotation")?.type ?? "";
  return ["TSLiteralType", "TSUndefinedKeyword", "TSTypeQuery"].includes(type);
}

/** Whether a docblock ends right before a node. */
function hasDocblock({ text }: SourceFile, { start }: SyntaxNode): boolean {
  const before = text.slice(0, start).trimEnd();
  if (!before.endsWith("*/")) return false;
  return before.startsWith("/**", before.lastIndexOf("/*"));
}
