import { execFileSync } from "node:child_process";

import { expect, test } from "vitest";

/** How large the young generation is after much was allocated that lived for a while, in MiB. */
function youngMebibytes(prelude: string): number {
  const program = `
    const { getHeapSpaceStatistics } = await import("node:v8");
    const young = () =>
      getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space").space_size / 2 ** 20;
    const kept = [];
    const allocate = (turn) => {
      for (let i = 0; i < 20_000; i++) kept[(turn * 20_000 + i) % 200_000] = { turn };
    };
    ${prelude}
    for (let turn = 0; turn < 200; turn++) {
      allocate(turn);
      await new Promise(setImmediate);
    }
    console.log(young());
  `;
  const args = ["--no-warnings", "--input-type=module", "--eval", program];
  const cwd = new URL("..", import.meta.url);
  return Number(execFileSync(process.execPath, args, { cwd, encoding: "utf8" }));
}

test("the young heap stays small, and without this it does not", { timeout: 30_000 }, () => {
  expect(youngMebibytes("")).toBeGreaterThan(8);
  const prelude = `(await import("./dist/small-young-heap.js")).keepYoungHeapSmall();`;
  expect(youngMebibytes(prelude)).toBeLessThanOrEqual(8);
});

test(
  "the young heap does not grow further where it is as large already",
  { timeout: 30_000 },
  () => {
    const prelude = `
    const { keepYoungHeapSmall } = await import("./dist/small-young-heap.js");
    for (let turn = 0; young() < 8; turn++) allocate(turn);
    keepYoungHeapSmall();
    for (let turn = 0; turn < 50; turn++) allocate(turn);
  `;
    expect(youngMebibytes(prelude)).toBeLessThanOrEqual(8);
  },
);
