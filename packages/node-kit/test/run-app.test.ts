import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { expect, onTestFinished, test } from "vitest";

const trialApp = fileURLToPath(new URL("fixtures/trial-app.mjs", import.meta.url));

interface Trial {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly closed: Promise<unknown[]>;
}

/** Runs the built app of the fixtures; the test's own time limit bounds every wait. */
function runTrial(behaviour: string): Trial {
  const child = spawn(process.execPath, [trialApp], {
    env: { ...process.env, TRIAL_APP: behaviour },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (bytes) => (output.stdout += String(bytes)));
  child.stderr.on("data", (bytes) => (output.stderr += String(bytes)));
  return { child, output, closed: once(child, "close") };
}

async function ready({ child, output }: Trial): Promise<void> {
  while (!output.stdout.includes("\n") && child.stdout !== null) await once(child.stdout, "data");
}

test("a second signal exits at once with 128 plus its number", async () => {
  const trial = runTrial("goodbye never ends");
  await ready(trial);
  trial.child.kill("SIGTERM");
  trial.child.kill("SIGINT");
  expect(await trial.closed).toEqual([expect.toBeOneOf([130, 143]), null]);
  expect(trial.output.stdout).toBe(
    `{"event":"ready","pid":${trial.child.pid},"rtmp":"rtmp://trial"}\n`,
  );
});

test("a goodbye that fails is logged and exits with 1", async () => {
  const trial = runTrial("goodbye fails");
  await ready(trial);
  trial.child.kill("SIGINT");
  expect(await trial.closed).toEqual([1, null]);
  expect(trial.output.stderr).toMatch(/ERROR.*: shutdown failed/);
  expect(trial.output.stderr).toContain("cannot close");
});

test("a start that fails exits with 1 and without a ready line, whatever is still open", async () => {
  const trial = runTrial("start fails");
  expect(await trial.closed).toEqual([1, null]);
  expect(trial.output.stdout).toBe("");
  expect(trial.output.stderr).toContain("error: Error: cannot start");
});
