import { setTimeout } from "node:timers/promises";

import { parseCommandLine } from "@rtmp/node-kit";
import { MemoryLog, videoMarks } from "@rtmp/node-kit/testing";
import { connect } from "@rtmp/session";
import { hex } from "@rtmp/testing";
import { dial } from "@rtmp/transport-node";
import { describe, expect, onTestFinished, test } from "vitest";

import { commandLine } from "../src/options.ts";
import { startServer } from "../src/server.ts";

const sequenceHeader = hex("17 00 00 00 00 11");
const keyframe = hex("17 01 00 00 00 22");
const interFrame = hex("27 01 00 00 00 33");

/** A server with these arguments, somebody who publishes there, and players. */
async function live(...args: string[]) {
  const result = parseCommandLine(commandLine, ["--rtmp-port=0", ...args]);
  if (result.kind !== "run") throw new Error(result.errors);
  const server = await startServer(result.values, new MemoryLog());
  onTestFinished(() => server.close());
  const url = `${server.listeners["rtmp"]}/live/cam`;

  const open = async () => {
    const client = await connect(url, { dial });
    onTestFinished(() => client.close());
    return client;
  };
  const publisher = await (await open()).publish();
  return {
    send: (timestamp: number, ...bodies: Uint8Array[]) => {
      for (const body of bodies) publisher.send({ kind: "video", timestamp, body });
    },
    publish: async () => (await open()).publish(),
    play: async () => videoMarks(await (await open()).play()),
  };
}

describe("--merge-window-ms", () => {
  test("is how long media waits for more, unless a keyframe comes", async () => {
    const { send, play } = await live("--merge-window-ms=10000");
    const marks = await play();
    send(0, sequenceHeader, keyframe);
    await expect.poll(() => marks).toEqual([0x11, 0x22]);
    send(40, interFrame);
    await setTimeout(200);
    expect(marks).toEqual([0x11, 0x22]);
    send(80, keyframe);
    await expect.poll(() => marks).toEqual([0x11, 0x22, 0x33, 0x22]);
  });

  test.each(["--merge-window-ms=0", "--merge-window-ms=auto"])(
    "media for one player does not wait with %s",
    async (arg) => {
      const { send, play } = await live(arg);
      const marks = await play();
      send(0, sequenceHeader, keyframe);
      await expect.poll(() => marks).toEqual([0x11, 0x22]);
      send(40, interFrame);
      await expect.poll(() => marks).toEqual([0x11, 0x22, 0x33]);
    },
  );
});

describe("--take-over", () => {
  test.each(["--take-over=resume", "--take-over=reject"])(
    "with %s a name stays with a publisher that sends",
    async (arg) => {
      const { send, publish, play } = await live(arg);
      const marks = await play();
      await expect(publish()).rejects.toThrow("live/cam is being published");
      send(0, sequenceHeader, keyframe);
      await expect.poll(() => marks).toEqual([0x11, 0x22]);
    },
  );

  test.concurrent.each([
    ["resume", "taken"],
    ["reject", "refused"],
  ])("with --take-over=%s a publisher that comes back is %s", async (policy, expected) => {
    const { publish } = await live(`--take-over=${policy}`);
    // Its owner may have it back after 2 s of silence.
    await setTimeout(2_100);
    const outcome = publish().then(
      () => "taken",
      () => "refused",
    );
    expect(await outcome).toBe(expected);
  });

  test("with --take-over=replace the newest publisher has it", async () => {
    const { publish, play } = await live("--take-over=replace");
    const marks = await play();
    const second = await publish();
    second.send({ kind: "video", timestamp: 0, body: keyframe });
    await expect.poll(() => marks).toEqual([0x22]);
  });
});

describe("--latency", () => {
  test.each([
    ["--latency=smooth", [0x11, 0x22, 0x33, 0x33]],
    ["--latency=low", [0x11, 0x22]],
  ])("a player that joins late begins with %s", async (arg, expected) => {
    const { send, play } = await live(arg);
    const early = await play();
    send(0, sequenceHeader, keyframe);
    send(40, interFrame);
    send(80, interFrame);
    await expect.poll(() => early).toEqual([0x11, 0x22, 0x33, 0x33]);
    const late = await play();
    await expect.poll(() => late).toEqual(expected);
    send(120, keyframe);
    await expect.poll(() => late).toEqual([...expected, 0x22]);
  });
});
