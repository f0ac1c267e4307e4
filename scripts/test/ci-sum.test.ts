import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";

import { madeUpTree } from "./made-up-tree.ts";

const script = fileURLToPath(new URL("../../.ci/sum.mjs", import.meta.url));

type Status = "passed" | "failed" | "pending" | "skipped" | "todo";

/** One suite of a report of vitest with tests of these outcomes. */
function suite(name: string, ...statuses: Status[]) {
  return {
    name,
    status: statuses.includes("failed") ? "failed" : "passed",
    message: "",
    assertionResults: statuses.map((status, n) => ({ status, fullName: `${status} ${n}` })),
  };
}

/** Runs the script on a report and gives its lines and its exit code. */
function sum(suites: readonly object[] | undefined, steps: readonly string[], isStrict = false) {
  const root = madeUpTree(
    suites === undefined ? { other: "" } : { "report.json": { testResults: suites } },
  );
  const { stdout, status } = spawnSync(
    process.execPath,
    [script, join(root, "report.json"), ...steps],
    { encoding: "utf8", env: { ...process.env, RTMP_REQUIRE_CLIENTS: isStrict ? "1" : "" } },
  );
  return { lines: stdout.trimEnd().split("\n"), status };
}

describe("the sum of a CI run", () => {
  test("counts passed tests and checks", () => {
    const { lines, status } = sum([suite("a", "passed", "passed")], ["test=0", "lint=0"]);
    expect(lines).toEqual(["3 passed, 0 failed"]);
    expect(status).toBe(0);
  });

  test("counts and names failed tests and checks", () => {
    const { lines, status } = sum(
      [suite("a", "passed", "failed"), suite("b", "failed")],
      ["test=1", "lint=1", "knip=0"],
    );
    expect(lines).toEqual([
      "FAILED TESTS:",
      "  a: failed 1",
      "  b: failed 0",
      "FAILED STEPS:",
      "  lint",
      "2 passed, 3 failed",
    ]);
    expect(status).toBe(1);
  });

  test("counts a suite that did not load", () => {
    const broken = {
      name: "b",
      status: "failed",
      message: "no such file\n at",
      assertionResults: [],
    };
    const { lines, status } = sum([suite("a", "passed"), broken], ["test=1"]);
    expect(lines).toEqual([
      "SUITES THAT FAILED AS A WHOLE:",
      "  b: no such file",
      "1 passed, 1 failed",
    ]);
    expect(status).toBe(1);
  });

  test("counts a run that failed although every test passed", () => {
    const { lines, status } = sum([suite("a", "passed")], ["test=1"]);
    expect(lines.at(-1)).toBe("1 passed, 1 failed");
    expect(status).toBe(1);
  });

  test("names skipped tests, and counts them where every client is required", () => {
    const suites = [suite("a", "passed", "skipped", "todo", "pending")];
    expect(sum(suites, ["test=0"])).toEqual({
      lines: [
        "SKIPPED TESTS:",
        "  a: skipped 1",
        "  a: todo 2",
        "  a: pending 3",
        "1 passed, 0 failed",
      ],
      status: 0,
    });
    const strict = sum(suites, ["test=0"], true);
    expect(strict.lines.at(-1)).toBe("1 passed, 3 failed");
    expect(strict.status).toBe(1);
  });

  test("fails when nothing ran", () => {
    expect(sum([], ["test=0", "lint=0"])).toMatchObject({ status: 1 });
    const { lines, status } = sum(undefined, ["test=1", "lint=0"]);
    expect(lines[0]).toContain("NO TEST REPORT");
    expect(lines.at(-1)).toBe("1 passed, 1 failed");
    expect(status).toBe(1);
  });
});
