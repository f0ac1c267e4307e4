import { setTimeout } from "node:timers/promises";

import { StreamHub } from "@rtmp/hub";
import { parseCommandLine } from "@rtmp/node-kit";
import { MemoryLog, videoMarks } from "@rtmp/node-kit/testing";
import { serve } from "@rtmp/relay";
import { connect } from "@rtmp/session";
import { hex } from "@rtmp/testing";
import { dial, listenTcp } from "@rtmp/transport-node";
import { expect, onTestFinished, test } from "vitest";

import { commandLine } from "../src/options.ts";
import { startProxy } from "../src/proxy.ts";

const sequenceHeader = hex("17 00 00 00 00 11");
const keyframe = hex("17 01 00 00 00 22");
const interFrame = hex("27 01 00 00 00 33");

async function open(url = "") {
  const client = await connect(`${url}/live/cam`, { dial });
  onTestFinished(() => client.close());
  return client;
}

/** A proxy with these arguments, somebody who publishes at its origin, and players of the proxy. */
async function live(...args: string[]) {
  const hub = new StreamHub();
  const origin = await listenTcp({ port: 0 }, (transport) => void serve(transport, { hub }));
  onTestFinished(() => origin.close());
  const result = parseCommandLine(commandLine, [
    "--rtmp-port=0",
    `--origin=${origin.url}`,
    ...args,
  ]);
  if (result.kind !== "run") throw new Error(result.errors);
  const proxy = await startProxy(result.values, new MemoryLog());
  onTestFinished(() => proxy.close());

  const publisher = await (await open(origin.url)).publish();
  return {
    send: (timestamp: number, ...bodies: Uint8Array[]) => {
      for (const body of bodies) publisher.send({ kind: "video", timestamp, body });
    },
    play: async () => videoMarks(await (await open(proxy.listeners["rtmp"])).play()),
  };
}

test("--merge-window-ms is how long media waits for more, unless a keyframe comes", async () => {
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

test.each([
  ["--latency=smooth", [0x11, 0x22, 0x33]],
  ["--latency=low", [0x11, 0x22]],
])("a player that joins late begins with %s", async (arg, expected) => {
  const { send, play } = await live(arg);
  const early = await play();
  send(0, sequenceHeader, keyframe);
  send(40, interFrame);
  await expect.poll(() => early).toEqual([0x11, 0x22, 0x33]);
  const late = await play();
  await expect.poll(() => late).toEqual(expected);
  send(80, keyframe);
  await expect.poll(() => late).toEqual([...expected, 0x22]);
});
