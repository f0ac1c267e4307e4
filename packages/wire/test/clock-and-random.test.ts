import { systemClock, systemRandomBytes } from "@rtmp/wire";
import { expect, test } from "vitest";

test("the system clock never goes back and runs what is scheduled", async () => {
  const start = systemClock.now();
  await new Promise<void>((resolve) => systemClock.schedule(5, resolve));
  expect(systemClock.now()).toBeGreaterThan(start);
});

test("a cancelled callback does not run", async () => {
  let ran = false;
  const cancel = systemClock.schedule(1, () => {
    ran = true;
  });
  cancel();
  await new Promise<void>((resolve) => systemClock.schedule(20, resolve));
  expect(ran).toBe(false);
});

test("random bytes come in any length, also past one request of the platform", () => {
  const bytes = systemRandomBytes(200_000);
  expect(bytes.length).toBe(200_000);
  expect(bytes.subarray(199_900).some((byte) => byte !== 0)).toBe(true);
});
