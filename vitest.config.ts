import { availableParallelism } from "node:os";

import { defineConfig } from "vitest/config";

// CI sums up the totals of all suites from this file; see .ci/run.
const jsonReport = process.env["RTMP_TEST_REPORT"];

export default defineConfig({
  // Tests import the packages' sources, not dist: no stale build can pass.
  ssr: { resolve: { conditions: ["rtmp-source", "node", "import", "default"] } },
  test: {
    include: [
      "{packages,apps,examples}/*/test/**/*.test.ts",
      "{benchmarks,conformance,scripts}/test/**/*.test.ts",
    ],
    pool: "forks",
    // Tests with real clients mostly wait; by default two cores would run one file at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 10_000,
    reporters:
      jsonReport === undefined ? ["default"] : ["default", ["json", { outputFile: jsonReport }]],
  },
});
