/**
 * The arrows of the architecture: what a package may import, and that its manifest says the same.
 *
 * ARCHITECTURE.md tells why; this is the list that is checked.
 */

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, relative, sep } from "node:path";

import {
  type SourceFile,
  type SyntaxNode,
  type Violation,
  lineAt,
  nameOf,
  nodeIn,
  readSource,
  sourceFilesIn,
  walk,
} from "./syntax.ts";

/** The packages that each package may import. */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  amf: ["wire"],
  handshake: ["wire"],
  chunk: ["wire"],
  message: ["wire", "amf", "chunk"],
  flv: ["wire", "amf"],
  session: ["wire", "handshake", "chunk", "message"],
  hub: ["wire", "flv"],
  relay: ["wire", "amf", "session", "message", "chunk", "hub", "flv"],
  "transport-node": ["session", "wire"],
  "transport-web": ["session", "wire"],
  "node-kit": ["wire", "message", "session", "transport-node"],
  testing: ["amf", "chunk", "handshake", "message", "session", "wire"],
};

/** The packages that may use the modules of Node. */
export const nodePackages: readonly string[] = ["transport-node", "node-kit", "testing"];

const scope = "@rtmp/";

/** A package or an app, with what it imports. */
interface Member {
  readonly kind: "package" | "app";
  /** The name of its folder. */
  readonly name: string;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly imports: readonly Import[];
}

interface Manifest {
  readonly text: string;
  readonly dependencies: readonly string[];
  /** Specifiers that other packages may import. */
  readonly entries: readonly string[];
}

interface Import {
  readonly file: SourceFile;
  readonly line: number;
  readonly specifier: string;
}

/**
 * Checks the sources and the manifests of every package and app.
 *
 * @param root  the folder that has `packages` and `apps`
 * @returns what breaks a rule, by file and line; nothing when all is well
 */
export function checkBoundaries(root: string): Violation[] {
  const members = [...readMembers(root, "packages"), ...readMembers(root, "apps")];
  const entries = new Set(members.flatMap(({ manifest }) => manifest.entries));
  const violations = members.flatMap((member) => [
    ...checkTable(root, member),
    ...member.imports.flatMap((imported) => checkImport(root, member, imported, entries)),
    ...checkManifest(root, member),
  ]);
  return [...violations, ...checkCycles(root, members)];
}

function readMembers(root: string, kind: "packages" | "apps"): Member[] {
  const parent = join(root, kind);
  if (!existsSync(parent)) return [];

  return readdirSync(parent)
    .filter((name) => existsSync(join(parent, name, "package.json")))
    .toSorted()
    .map((name) => {
      const folder = join(parent, name);
      const imports = sourceFilesIn(join(folder, "src")).flatMap((path) => importsOf(path));
      const manifest = readManifest(join(folder, "package.json"));
      return { kind: kind === "apps" ? "app" : "package", name, folder, manifest, imports };
    });
}

function readManifest(path: string): Manifest {
  const text = readFileSync(path, "utf8");
  const manifest = JSON.parse(text);
  const { name, dependencies = {}, peerDependencies = {}, exports = {} } = manifest;
  return {
    text,
    dependencies: Object.keys({ ...dependencies, ...peerDependencies }),
    entries: Object.keys(exports).map((entry) => `${name}${entry.slice(1)}`),
  };
}

/** Everything that a file imports: statements, re-exports, calls of `import` and types by `import`. */
function importsOf(path: string): Import[] {
  const file = readSource(path);
  const imports: Import[] = [];
  walk(file.body, (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) {
      imports.push({ file, line: lineAt(file, node.start), specifier });
    }
  });
  return imports;
}

function specifierOf(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
    case "ImportExpression":
    case "TSImportType": {
      const source = nodeIn(node, "source");
      return source === undefined ? undefined : nameOf(source);
    }
    default:
      return undefined;
  }
}

function checkTable(root: string, { kind, name, folder }: Member): Violation[] {
  if (kind === "app" || arrows[name] !== undefined) return [];
  const file = relative(root, join(folder, "package.json"));
  return [{ file, line: 1, text: `package ${name} has no row in the table of arrows` }];
}

function checkImport(
  root: string,
  member: Member,
  { file, line, specifier }: Import,
  entries: ReadonlySet<string>,
): Violation[] {
  const text = importFault(member, file.path, specifier, entries);
  return text === undefined ? [] : [{ file: relative(root, file.path), line, text }];
}

function importFault(
  member: Member,
  path: string,
  specifier: string,
  entries: ReadonlySet<string>,
): string | undefined {
  const { kind, name, folder, manifest } = member;
  if (specifier.startsWith(".") || specifier.startsWith("/")) {
    const target = relative(join(folder, "src"), join(path, "..", specifier));
    if (!specifier.startsWith("/") && target.split(sep)[0] !== "..") return undefined;
    return `${specifier} is outside of ${name}; other packages are imported by name`;
  }
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith("node:")) return `${specifier} needs the prefix node:`;
    if (kind === "app" || nodePackages.includes(name)) return undefined;
    return `${name} may not use ${specifier}; it runs everywhere`;
  }

  const dependency = packageOf(specifier);
  if (dependency.startsWith(scope)) {
    const target = dependency.slice(scope.length);
    const allowed = kind === "app" ? Object.keys(arrows) : (arrows[name] ?? []);
    if (!allowed.includes(target)) return `${name} may not import ${dependency}`;
    if (!entries.has(specifier)) return `${specifier} is not an entry of ${dependency}`;
  }
  if (manifest.dependencies.includes(dependency)) return undefined;
  return `${dependency} is not in the dependencies of ${name}`;
}

function checkManifest(root: string, { name, folder, manifest, imports }: Member): Violation[] {
  const imported = new Set(imports.map(({ specifier }) => packageOf(specifier)));
  return manifest.dependencies
    .filter((dependency) => !imported.has(dependency))
    .map((dependency) => ({
      file: relative(root, join(folder, "package.json")),
      line: manifest.text.slice(0, manifest.text.indexOf(`"${dependency}":`)).split("\n").length,
      text: `${name} does not import its dependency ${dependency}`,
    }));
}

/** Finds packages that import each other in a circle, by their sources and by their manifests. */
function checkCycles(root: string, members: readonly Member[]): Violation[] {
  const graph = new Map(members.map((member) => [`${scope}${member.name}`, member]));
  const violations: Violation[] = [];
  const finished = new Set<string>();

  const visit = (name: string, path: readonly string[]): void => {
    const member = graph.get(name);
    if (member === undefined || finished.has(name)) return;
    if (path.includes(name)) {
      const circle = [...path.slice(path.indexOf(name)), name].join(" -> ");
      const file = relative(root, join(member.folder, "package.json"));
      violations.push({ file, line: 1, text: `packages in a circle: ${circle}` });
      return;
    }
    const imported = member.imports.map(({ specifier }) => packageOf(specifier));
    for (const next of new Set([...imported, ...member.manifest.dependencies])) {
      visit(next, [...path, name]);
    }
    finished.add(name);
  };
  for (const name of graph.keys()) visit(name, []);
  return violations;
}

/** The package of a specifier: `@rtmp/chunk/internal` is of `@rtmp/chunk`. */
function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}
