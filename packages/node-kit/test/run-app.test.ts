import { AppProcess } from "@rtmp/node-kit/testing";
import { expect, onTestFinished, test } from "vitest";

const trialApp = new URL("fixtures/trial-app.mjs", import.meta.url);

/** Runs the app of the fixtures with the built package. */
const runTrial = (behaviour: string) =>
  new AppProcess(trialApp, { env: { TRIAL_APP: behaviour }, onTestFinished });

test("a second signal exits at once with 128 plus its number", async () => {
  const trial = runTrial("goodbye never ends");
  const { pid } = await trial.ready();
  trial.child.kill("SIGTERM");
  trial.child.kill("SIGINT");
  expect(await trial.exit()).toBeOneOf([130, 143]);
  expect(pid).toBe(trial.child.pid);
  expect(trial.stdout).toBe(`{"event":"ready","pid":${pid},"rtmp":"rtmp://trial"}\n`);
});

test("a goodbye that fails is logged and exits with 1", async () => {
  const trial = runTrial("goodbye fails");
  await trial.ready();
  trial.child.kill("SIGINT");
  expect(await trial.exit()).toBe(1);
  expect(trial.stderr).toMatch(/ERROR.*: shutdown failed/);
  expect(trial.stderr).toContain("cannot close");
});

test("a start that fails exits with 1 and without a ready line, whatever is still open", async () => {
  const trial = runTrial("start fails");
  expect(await trial.exit()).toBe(1);
  expect(trial.stdout).toBe("");
  expect(trial.stderr).toContain("error: Error: cannot start");
});
