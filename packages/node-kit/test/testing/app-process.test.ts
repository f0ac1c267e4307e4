import { AppProcess } from "@rtmp/node-kit/testing";
import { expect, onTestFinished, test } from "vitest";

const trialApp = new URL("../fixtures/trial-app.mjs", import.meta.url);

test("an app that ends before it is ready says what it wrote instead", async () => {
  const env = { TRIAL_APP: "start fails" };
  const app = new AppProcess(trialApp, { env, onTestFinished });
  await expect(app.ready()).rejects.toThrow(/ended before it was ready: .*cannot start/s);
});

test("an app that still runs is killed when its test is over", async () => {
  const ends: (() => void)[] = [];
  const env = { TRIAL_APP: "goodbye never ends" };
  const app = new AppProcess(trialApp, { env, onTestFinished: (end) => ends.push(end) });
  onTestFinished(() => void app.child.kill("SIGKILL"));
  expect((await app.ready()).event).toBe("ready");
  for (const end of ends) end();
  expect(await app.exit()).toBe("SIGKILL");
});

test("the arguments reach the app", async () => {
  const app = new AppProcess(trialApp, {
    args: ["--version"],
    env: { TRIAL_APP: "goodbye fails" },
    onTestFinished,
  });
  expect(await app.exit()).toBe(0);
  expect(app.stdout).toBe("1.11.111\n");
});
