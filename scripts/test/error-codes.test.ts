import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { repository } from "./made-up-tree.ts";

/** Every `…ErrorFaults` that a package exports, by its name. */
async function readFaultTables(): Promise<Map<string, Readonly<Record<string, string>>>> {
  const tables = new Map<string, Readonly<Record<string, string>>>();
  for (const name of readdirSync(join(repository, "packages"))) {
    const path = join(repository, "packages", name, "src/index.ts");
    if (!existsSync(path)) continue;

    const exported: Record<string, Readonly<Record<string, string>>> = await import(path);
    for (const [key, value] of Object.entries(exported)) {
      if (key.endsWith("ErrorFaults")) tables.set(key, value);
    }
  }
  return tables;
}

/** The rows of the tables in docs/errors.md: code, fault, when, what happens. */
function readRows(): string[][] {
  return readFileSync(join(repository, "docs/errors.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `RTMP_ERR_"))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const tables = await readFaultTables();
const rows = readRows();

describe("docs/errors.md", () => {
  test("is compared with the codes of every layer", () => {
    expect([...tables.keys()].toSorted()).toEqual(
      expect.arrayContaining([
        "amfErrorFaults",
        "chunkErrorFaults",
        "flvErrorFaults",
        "handshakeErrorFaults",
        "hubErrorFaults",
        "messageErrorFaults",
        "sessionErrorFaults",
      ]),
    );
  });

  test("has a row for every code with its fault, and no other rows", () => {
    const documented = rows.map(([code, fault]) => `${code} ${fault}`);
    const existing = [...tables.values()]
      .flatMap((faults) => Object.entries(faults))
      .map(([code, fault]) => `\`${code}\` ${fault}`);
    expect(documented.toSorted()).toEqual(existing.toSorted());
  });

  test("says of every code when it comes and what happens", () => {
    const incomplete = rows.filter((row) => row.length !== 4 || row.includes(""));
    expect(incomplete).toEqual([]);
  });
});

test("no two layers share a code", () => {
  const codes = [...tables.values()].flatMap((faults) => Object.keys(faults));
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});
