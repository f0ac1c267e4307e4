import { expect, test } from "vitest";
import { allCases } from "../src/cases.ts";
import { measureLatency } from "../src/latency.ts";
import { measure } from "../src/measure.ts";
import { checksumOf, videoMessages } from "../src/video-stream.ts";

const cases = allCases(20);

test.each(cases)("$name does what it measures", (benchCase) => {
  expect(() => benchCase.verify()).not.toThrow();
});

test("the checksum tells a changed, a lost and a doubled payload, and not their order", () => {
  const [first, second] = videoMessages(1);
  if (first === undefined || second === undefined) throw new TypeError("no messages");
  const payload = first.payload.slice();
  payload[1_111] = ~(payload[1_111] ?? 0);
  const whole = checksumOf([first, second]);
  expect(checksumOf([second, first])).toBe(whole);
  expect(checksumOf([{ ...first, payload }, second])).not.toBe(whole);
  expect(checksumOf([first])).not.toBe(whole);
  expect(checksumOf([first, second, second])).not.toBe(whole);
});

test("names are unique and say package and case", () => {
  const names = cases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9-]+\/[a-z0-9-]+$/);
});

test("a case that does not do what it is meant to is not measured", async () => {
  const wrong = {
    name: "x/y",
    bytesPerOp: 1,
    run() {},
    verify() {
      throw new Error("wrong sum");
    },
  };
  await expect(measure(wrong, 1)).rejects.toThrow("wrong sum");
});

const oneMillisecond = (): void => {
  for (const end = performance.now() + 1; performance.now() < end;);
};

test("figures fit together", async () => {
  const figures = await measure(
    { name: "x/y", bytesPerOp: 1_111, run: oneMillisecond, verify() {} },
    20,
  );
  expect(figures.p50Ns).toBeGreaterThanOrEqual(1e6);
  expect(figures.p99Ns).toBeGreaterThanOrEqual(figures.p50Ns);
  expect(figures.bytesPerSecond).toBeCloseTo(figures.opsPerSecond * 1_111, 3);
  expect(figures.samples).toBeGreaterThan(0);
});

test("the latency is that of messages which reach the player", () => {
  const figures = measureLatency(200);
  expect(figures.samples).toBe(200);
  expect(figures.p50Ns).toBeGreaterThan(0);
  expect(figures.p99Ns).toBeGreaterThanOrEqual(figures.p50Ns);
  expect(figures.maxNs).toBeGreaterThanOrEqual(figures.p99Ns);
});
