import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { onTestFinished } from "vitest";

import type { Violation } from "../syntax.ts";

/** The root of this repository. */
export const repository = fileURLToPath(new URL("../..", import.meta.url));

/** Writes files under a temporary folder that goes when the test ends; objects are written as JSON. */
export function madeUpTree(files: Readonly<Record<string, string | object>>): string {
  const root = mkdtempSync(join(tmpdir(), "made-up-tree-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    const text = typeof content === "string" ? content : JSON.stringify(content, undefined, 2);
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** The manifest of a package with the entries and dependencies that are named. */
export function manifest(name: string, dependencies: readonly string[] = [], isPrivate = false) {
  return {
    name: `@rtmp/${name}`,
    private: isPrivate,
    exports: { ".": { "rtmp-source": "./src/index.ts" }, "./package.json": "./package.json" },
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, "workspace:^"])),
  };
}

/** One line a violation: `file:line: text`. */
export function formatAll(violations: readonly Violation[]): string[] {
  return violations.map(({ file, line, text }) => `${file}:${line}: ${text}`);
}
