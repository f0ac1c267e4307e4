import { MessageTypeId, type OutgoingMessage } from "@rtmp/chunk";
import { hex, toHex } from "@rtmp/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ChildExit } from "../src/child.ts";
import { encodeTestVideo, listedFrames, listFrames } from "../src/ffmpeg.ts";
import { type Frames, frameKinds, placeOf } from "../src/frames.ts";
import { Stage } from "../src/stage.ts";
import { answer, connectClient, createStream } from "../src/tcp-client.ts";

const badName = "NetStream.Publish.BadName";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

describe("a second publisher of a live name", () => {
  let source: Frames;
  let got: Frames;
  let first: ChildExit;
  let second: { readonly exit: ChildExit; readonly stderr: string };
  let codes: string[];

  beforeAll(async () => {
    const file = await encodeTestVideo(stage.folder, { seconds: 4 });
    source = await listedFrames(listFrames(file));
    const player = await stage.list("taken");
    const publisher = stage.publish(file, "taken");
    await stage.server.waitForLog({ msg: "publish started", stream: "live/taken" });

    const intruder = stage.publish(file, "taken");
    second = { exit: await intruder.exited, stderr: intruder.stderr };
    const client = stage.keepClient(await connectClient(stage.server.url));
    client.command(await createStream(client), "publish", null, "taken", "live");
    await client.waitForCode(badName);
    codes = client.codes;

    first = await publisher.exited;
    got = await listedFrames(player);
  }, 30_000);

  test("is told BadName", () => {
    expect(codes).toEqual(["NetConnection.Connect.Success", badName]);
  });

  test("as ffmpeg ends with an error that says why", () => {
    expect(second.exit).toEqual({ code: 1, signal: null });
    expect(second.stderr).toContain("live/taken is being published");
  });

  test("is one line in the log", () => {
    const line = { level: "warn", code: "RTMP_ERR_NAME_IN_USE", fault: "rejected" };
    const reason = "live/taken is being published";
    expect(stage.server.log).toContainEqual(expect.objectContaining({ ...line, reason }));
  });

  test("leaves the first and its player alone", () => {
    expect(first).toEqual({ code: 0, signal: null });
    for (const kind of frameKinds) {
      expect(placeOf(got[kind], source[kind])).toBe(0);
      expect(got[kind]).toHaveLength(source[kind].length);
    }
  });
});

/** An AVC sequence header and two frames, whose last bytes tell the streams apart. */
function media(messageStreamId: number, mark: string): OutgoingMessage[] {
  return [`17 00 00 00 00 ${mark}`, `17 01 00 00 00 ${mark}`, `27 01 00 00 00 ${mark}`].map(
    (payload, index) => ({
      chunkStreamId: 6,
      timestamp: 40 * index,
      typeId: MessageTypeId.Video,
      messageStreamId,
      payload: hex(payload),
    }),
  );
}

describe("RTMP §7.2.1.3 several streams of one connection", () => {
  test("two publish and two play at the same time", async () => {
    const client = stage.keepClient(await connectClient(stage.server.url));
    const ids: number[] = [];
    for (let stream = 0; stream < 4; stream++) ids.push(await createStream(client));
    const [publishOne = 0, publishTwo = 0, playOne = 0, playTwo = 0] = ids;
    expect(new Set(ids).size).toBe(4);

    client.command(publishOne, "publish", null, "one", "live");
    client.command(publishTwo, "publish", null, "two", "live");
    client.command(playOne, "play", null, "one");
    client.command(playTwo, "play", null, "two");
    client.send(...media(publishOne, "11"), ...media(publishTwo, "22"));
    await answer(client, client.command(0, "createStream", null));

    for (const [id, mark] of [
      [playOne, "11"],
      [playTwo, "22"],
    ] as const) {
      const got = client.media().filter(({ messageStreamId }) => messageStreamId === id);
      expect(got.map(({ payload }) => toHex(payload))).toEqual([
        `17 00 00 00 00 ${mark}`,
        `17 01 00 00 00 ${mark}`,
        `27 01 00 00 00 ${mark}`,
      ]);
    }
    const starts = client
      .commands("onStatus")
      .map(({ messageStreamId, code }) => [messageStreamId, code]);
    expect(starts).toEqual([
      [publishOne, "NetStream.Publish.Start"],
      [publishTwo, "NetStream.Publish.Start"],
      [playOne, "NetStream.Play.Reset"],
      [playOne, "NetStream.Play.Start"],
      [playTwo, "NetStream.Play.Reset"],
      [playTwo, "NetStream.Play.Start"],
    ]);
  });
});
