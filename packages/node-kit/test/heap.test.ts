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
  return Number(run(program));
}

/** Runs a program in a process of its own, and returns what it prints. */
function run(program: string, options: readonly string[] = []): string {
  const args = [...options, "--no-warnings", "--input-type=module", "--eval", program];
  const cwd = new URL("..", import.meta.url);
  return execFileSync(process.execPath, args, { cwd, encoding: "utf8" });
}

test("the young heap stays small, and without this it does not", { timeout: 30_000 }, () => {
  expect(youngMebibytes("")).toBeGreaterThan(8);
  const prelude = `(await import("./dist/heap.js")).fitHeap();`;
  expect(youngMebibytes(prelude)).toBeLessThanOrEqual(8);
});

test(
  "the young heap does not grow further where it is as large already",
  { timeout: 30_000 },
  () => {
    const prelude = `
    const { fitHeap } = await import("./dist/heap.js");
    for (let turn = 0; young() < 8; turn++) allocate(turn);
    fitHeap();
    for (let turn = 0; turn < 50; turn++) allocate(turn);
  `;
    expect(youngMebibytes(prelude)).toBeLessThanOrEqual(8);
  },
);

/** By how much the old generation may grow from one collection to the next, as V8 tells of each of them. */
function oldGrowth(prelude: string): number[] {
  const program = `
    ${prelude}
    const live = Array.from({ length: 400_000 }, (_, i) => ({ i }));
    const ring = [];
    for (let i = 0; i < 20_000; i++) {
      ring[i % 500] = new Uint8Array(40_000);
      if (i % 20 === 0) await new Promise(setImmediate);
    }
    if (live.length === 0) throw new Error();
  `;
  const told = run(program, ["--trace-gc-verbose"]);
  return Array.from(told.matchAll(/HeapController\] Limit: .*\(([\d.]+)\)/gu), ([, factor]) =>
    Number(factor),
  );
}

test("the old heap may double, and without this another factor holds", { timeout: 30_000 }, () => {
  const growth = oldGrowth(`(await import("./dist/heap.js")).fitHeap();`);
  expect(new Set(growth)).toEqual(new Set([2]));
  const usual = oldGrowth("");
  expect(usual.length).toBeGreaterThan(0);
  expect(new Set(usual)).not.toEqual(new Set([2]));
});
