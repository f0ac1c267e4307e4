import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { repository } from "./made-up-tree.ts";
import { packageExports } from "./package-exports.ts";

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

const tables = await packageExports(/ErrorFaults$/);
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
        "relayErrorFaults",
        "sessionErrorFaults",
        "transportErrorFaults",
      ]),
    );
  });

  test("has a row for every code with its fault, and no other rows", () => {
    const documented = rows.map(([code, fault]) => `${code} ${fault}`);
    const existing = [...tables.values()]
      .flatMap((faults) => Object.entries(faults))
      .map(([code, fault]) => `\`${code}\` ${String(fault)}`);
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
