import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { defaultProxyLimits } from "../../apps/player-proxy/src/limits.ts";
import { repository } from "./made-up-tree.ts";
import { packageExports } from "./package-exports.ts";

test("SECURITY.md has a row with the default of every limit, and no other rows", async () => {
  const rows = readFileSync(join(repository, "SECURITY.md"), "utf8").matchAll(
    /^\| `(\w+)` +\| (\d+) +\|/gm,
  );
  const documented = Array.from(rows, ([, name, value]) => `${name} ${value}`);
  const tables = await packageExports(/^default\w+Limits$/);
  expect(tables.size).toBe(13);
  const existing = [...tables.values(), defaultProxyLimits]
    .flatMap((limits) => Object.entries(limits))
    .filter(([, value]) => typeof value === "number")
    .map(([name, value]) => `${name} ${String(value)}`);
  expect(documented.toSorted()).toEqual(existing.toSorted());
});
