import { expect, test } from "vitest";

import { checkDocblocks } from "../check-docblocks.ts";
import { formatAll, madeUpTree, manifest, repository } from "./made-up-tree.ts";

/** A tree with one package whose index is `index`. */
function treeOf(index: string, files: Readonly<Record<string, string>> = {}): string {
  const sources = Object.entries(files).map(([name, text]) => [`packages/wire/src/${name}`, text]);
  return madeUpTree({
    "packages/wire/package.json": manifest("wire"),
    "packages/wire/src/index.ts": index,
    ...Object.fromEntries(sources),
  });
}

test("every public item of the repository has a docblock", () => {
  expect(formatAll(checkDocblocks(repository))).toEqual([]);
});

test("exports without a docblock are reported where they are declared", () => {
  const root = treeOf(
    'export { type A, b, c as renamed, D, e } from "./a.ts";\nexport { f } from "./more.ts";',
    {
      "a.ts": [
        "/** Documented. */",
        "export type A = number;",
        "// Not a docblock.",
        "export const b = 1;",
        "export function c() {}",
        "/* Nor is this. */",
        "export interface D {}",
        "/** Of the line below, not of e. */",
        "const hidden = 1;",
        "export const e = hidden;",
      ].join("\n"),
      "more.ts": 'export { g as f } from "./deep.ts";',
      "deep.ts": "\nexport class g {}",
    },
  );
  expect(formatAll(checkDocblocks(root))).toEqual([
    "packages/wire/src/a.ts:4: b has no docblock",
    "packages/wire/src/a.ts:5: renamed has no docblock",
    "packages/wire/src/a.ts:7: D has no docblock",
    "packages/wire/src/a.ts:10: e has no docblock",
    "packages/wire/src/deep.ts:2: f has no docblock",
  ]);
});

test("public members of exported classes and interfaces need one, others do not", () => {
  const root = treeOf(`
    /** An interface. */
    export interface I {
      /** Documented. */
      readonly a: number;
      b(): void;
      readonly kind: "literal";
      readonly event: typeof Events.A;
      [key: string]: unknown;
    }
    /** A class. */
    export class K {
      #hidden = 1;
      private own = 1;
      protected inner = 1;
      declare readonly code: string;
      field = 1;
      static shared = 1;
      constructor() {}
      /** Documented. */
      get x() { return this.#hidden; }
      set x(value) { this.#hidden = value; }
      method() {}
      override toString() { return ""; }
    }`);
  expect(formatAll(checkDocblocks(root))).toEqual([
    "packages/wire/src/index.ts:6: I.b has no docblock",
    "packages/wire/src/index.ts:17: K.field has no docblock",
    "packages/wire/src/index.ts:18: K.shared has no docblock",
    "packages/wire/src/index.ts:23: K.method has no docblock",
  ]);
});

test("what an implemented interface documents needs no second docblock", () => {
  const root = treeOf(`
    /** An interface. */
    export interface I {
      /** Documented. */
      a(): void;
    }
    /** A class. */
    export class K implements I {
      a() {}
      b() {}
    }`);
  expect(formatAll(checkDocblocks(root))).toEqual([
    "packages/wire/src/index.ts:10: K.b has no docblock",
  ]);
});

test("a value and a type of one name share their docblock", () => {
  const root = treeOf(`
    /** The kinds. */
    export const Kind = { A: 1 } as const;
    export type Kind = (typeof Kind)[keyof typeof Kind];`);
  expect(checkDocblocks(root)).toEqual([]);
});

test("names that are not listed one by one are reported", () => {
  const root = treeOf('export * from "./a.ts";\nexport default 1;', { "a.ts": "" });
  expect(formatAll(checkDocblocks(root))).toEqual([
    "packages/wire/src/index.ts:1: exports everything of a file; list the names",
    "packages/wire/src/index.ts:2: has a default export",
  ]);
});

test("private packages and names of other packages are left alone", () => {
  const root = madeUpTree({
    "packages/node-kit/package.json": manifest("node-kit", [], true),
    "packages/node-kit/src/index.ts": "export const a = 1;",
    "packages/wire/package.json": manifest("wire"),
    "packages/wire/src/index.ts": 'export { pino } from "pino";',
  });
  expect(checkDocblocks(root)).toEqual([]);
});
