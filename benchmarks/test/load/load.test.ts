import { expect, test } from "vitest";

import { bareC, bareNode, type Contestant, server, serverBy } from "../../src/load/contestants.ts";
import { measureFanOut } from "../../src/load/fan-out.ts";
import { Measurement } from "../../src/load/measurement.ts";

const seconds = 1;
const testTimeout = 60_000;

/** A bare server that forgets each eighth write, but not the first, which says where it listens. */
const lossy: Contestant = {
  name: "lossy",
  start: (options) => bareNode.start({ ...options, nodeOptions: ["--import", forgets] }),
};
const forgets = `data:text/javascript,${encodeURIComponent(`
  import { Socket } from "node:net";
  const { write } = Socket.prototype;
  let count = 0;
  Socket.prototype.write = function (...args) {
    return ++count % 8 === 0 ? true : write.apply(this, args);
  };
`)}`;

test.concurrent.each([server, bareNode, bareC].filter(({ absence }) => absence === undefined))(
  "$name serves ten players without a fault",
  async (contestant) => {
    const figures = await measureFanOut(contestant, { players: 10, seconds });
    expect(figures).toMatchObject({ missing: 0, "out of order": 0, lost: 0 });
    expect(figures["p50 ms"]).toBeGreaterThan(0);
    expect(figures["CPU s/GB"]).toBeGreaterThan(0);
  },
  testTimeout,
);

test.concurrent.each(["rtmps", "rtmpe", "ws", "rtmpt", "rtmpts", "rtmpte"] as const)(
  "ten players get every message by %s",
  async (scheme) => {
    const figures = await Measurement.run(serverBy(scheme), {}, async (measurement) => {
      await measurement.publish();
      await measurement.play(10);
      return measurement.watch(seconds);
    });
    expect(figures).toMatchObject({ missing: 0, misordered: 0, lost: 0 });
    expect(figures.messages).toBeGreaterThan(500);
  },
  testTimeout,
);

test.concurrent(
  "a server that drops messages is found out",
  async () => {
    const figures = await Measurement.run(lossy, {}, async (measurement) => {
      await measurement.publish();
      await measurement.play(4);
      return measurement.watch(seconds);
    });
    expect(figures.missing).toBeGreaterThan(10);
  },
  testTimeout,
);

test.concurrent("a server that does not start is an error that says why", async () => {
  const broken: Contestant = {
    name: "broken",
    start: (options) => server.start({ ...options, mergeWindowMs: -1 }),
  };
  await expect(measureFanOut(broken, { players: 1, seconds })).rejects.toThrow(/ended with 2/);
});
