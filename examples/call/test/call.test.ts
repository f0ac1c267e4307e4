import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("a client calls procedures of the server", () => {
  const file = fileURLToPath(new URL("../call.js", import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, [file], {
    encoding: "utf8",
    timeout: 10_000,
  });
  expect(stderr).toBe("");
  expect(stdout).toBe("40 + 2 = 42\n0 viewers\n");
  expect(status).toBe(0);
});
