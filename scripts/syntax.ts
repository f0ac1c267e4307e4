import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { parseAst } from "vitest/node";

/** A node of the syntax tree (ESTree with TypeScript nodes); its other fields depend on `type`. */
export interface SyntaxNode {
  /** The kind of the node. */
  readonly type: string;
  /** Offset of its first character. */
  readonly start: number;
  /** Offset behind its last character. */
  readonly end: number;
  /** The fields of its kind. */
  readonly [field: string]: unknown;
}

/** A TypeScript source file and its syntax tree. */
export interface SourceFile {
  /** Where the file is. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
  /** Its statements. */
  readonly body: readonly SyntaxNode[];
}

/** Something that breaks a rule. */
export interface Violation {
  /** Where, from the root of the repository. */
  readonly file: string;
  /** The line, from 1. */
  readonly line: number;
  /** What is wrong. */
  readonly text: string;
}

/** Whether a value is a node of the syntax tree. */
export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

/** The node in a field; undefined when there is none. */
export function nodeIn(node: SyntaxNode | undefined, field: string): SyntaxNode | undefined {
  const value = node?.[field];
  return isNode(value) ? value : undefined;
}

/** The nodes of a list field. */
export function nodesIn(node: SyntaxNode | undefined, field: string): SyntaxNode[] {
  const value = node?.[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The text of an identifier or of a string. */
export function nameOf(node: SyntaxNode | undefined): string {
  const name = node?.["name"] ?? node?.["value"];
  return typeof name === "string" ? name : "";
}

/** Calls `visit` for every node of the tree, the outer ones first. */
export function walk(nodes: readonly SyntaxNode[], visit: (node: SyntaxNode) => void): void {
  for (const node of nodes) {
    visit(node);
    for (const value of Object.values(node)) {
      if (isNode(value)) walk([value], visit);
      else if (Array.isArray(value)) walk(value.filter(isNode), visit);
    }
  }
}

/** Reads and parses a TypeScript file. */
export function readSource(path: string): SourceFile {
  const text = readFileSync(path, "utf8");
  const program: unknown = parseAst(text, { lang: "ts" }, path);
  if (!isNode(program)) throw new TypeError(`${path} has no syntax tree`);
  return { path, text, body: nodesIn(program, "body") };
}

/** The line of an offset, from 1. */
export function lineAt({ text }: SourceFile, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** The TypeScript files under a folder, in order of their names; none when there is no such folder. */
export function sourceFilesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
