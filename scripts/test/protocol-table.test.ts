import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { repository } from "./made-up-tree.ts";
import { packageExports } from "./package-exports.ts";

const document = readFileSync(join(repository, "docs/protocol.md"), "utf8");

/** The rows of the tables: element, code, read in, written in. */
const rows = document
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (?:element|---)/.test(line))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

function spans(cell: string | undefined): string[] {
  return [...(cell ?? "").matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
}

describe("docs/protocol.md", () => {
  test("every row says what, where, and how it is tested", () => {
    const incomplete = rows.filter((row) => row.length !== 4 || row.includes(""));
    expect(incomplete).toEqual([]);
    expect(rows.length).toBeGreaterThan(40);
  });

  test("the tests exist, and what has none says why", () => {
    const cells = rows.flatMap((row) => row.slice(2));
    expect(cells.filter((cell) => spans(cell).length === 0 && !/^— \w/.test(cell))).toEqual([]);

    const missing = cells.flatMap(spans).filter((path) => {
      return !path.endsWith(".test.ts") || !existsSync(join(repository, "packages", path));
    });
    expect(missing).toEqual([]);
  });

  test("the names are exported", () => {
    const entries = ["amf", "chunk", "flv", "message", "session"].map((name) =>
      readFileSync(join(repository, "packages", name, "src/index.ts"), "utf8"),
    );
    const exported = new Set(entries.join("\n").match(/\w+/g));
    expect(rows.flatMap((row) => spans(row[1])).filter((name) => !exported.has(name))).toEqual([]);
  });

  test("no message type, event, limit type or status of shared objects is left out", async () => {
    const types = await packageExports(
      /^(?:MessageTypeId|LimitType|UserControlEvent|SharedObjectStatusCode)$/,
    );
    expect(types.size).toBe(4);

    const elements = new Set(rows.flatMap((row) => spans(row[0])));
    const names = [...types.values()].flatMap((type) => Object.keys(type));
    expect(names.filter((name) => !elements.has(name))).toEqual([]);
  });

  test("no command whose spelling is known is left out", () => {
    const source = readFileSync(join(repository, "packages/message/src/command-name.ts"), "utf8");
    const list = /const names = \[([^\]]*)\]/.exec(source)?.[1] ?? "";
    const names = [...list.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(names.length).toBeGreaterThan(25);

    const elements = new Set(rows.flatMap((row) => spans(row[0])));
    expect(names.filter((name) => !elements.has(name))).toEqual([]);
  });

  test("no type of the media headers is left out", () => {
    const source = readFileSync(join(repository, "packages/flv/test/every-value.test.ts"), "utf8");
    const types = [...source.matchAll(/satisfies Rows<typeof (\w+)>/g)].map((match) => match[1]);
    expect(types.length).toBeGreaterThan(10);

    const named = new Set(rows.flatMap((row) => spans(row[1])));
    expect(types.filter((type) => type === undefined || !named.has(type))).toEqual([]);
  });
});
