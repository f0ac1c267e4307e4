import { hex, toHex } from "@rtmp/testing";
import type { ServerStream } from "@rtmp/session";
import { StatusCode, UserControlEvent } from "@rtmp/message";
import { expect, test } from "vitest";
import { isMediaType } from "../src/inbox.ts";
import { Bench } from "./bench.ts";

const playing = (): { bench: Bench; stream: ServerStream } => {
  const bench = Bench.withStreams(1, { chunkSize: 1111 });
  bench.play();
  bench.replies();
  const stream = bench.plays[0]?.stream;
  if (stream === undefined) throw new TypeError("nothing plays");
  return { bench, stream };
};

test("a stream knows its id, its name and the chunk size to use", () => {
  const { stream } = playing();
  expect(stream).toMatchObject({ id: 1, streamName: "cam", state: "playing", chunkSize: 1111 });
  expect(stream.active).toBe(true);
  expect(stream.pending).toBe(false);
});

test("Stream Begin, Stream EOF and a status without details are sent for it", () => {
  const { bench, stream } = playing();
  stream.sendEvent(UserControlEvent.StreamBegin);
  stream.sendEvent(UserControlEvent.StreamEof);
  stream.sendStatus(StatusCode.PlayInsufficientBW, { description: "slow" });
  expect(bench.replyLines()).toEqual([
    `2/0/4: ${toHex(hex("0000 00000001"))}`,
    `2/0/4: ${toHex(hex("0001 00000001"))}`,
    `5/1/20: ${toHex(
      hex(`
      02 0008 "onStatus" 00 0000000000000000 05
      03 0005 "level" 02 0007 "warning" 0004 "code" 02 001d "NetStream.Play.InsufficientBW"
         000b "description" 02 0004 "slow" 0000 09`),
    )}`,
  ]);
});

test("shared chunks leave as they are, between what was said before and behind", () => {
  const { bench, stream } = playing();
  const shared = hex("04 00 00 00 00 00 01 08 01 00 00 00 af");
  stream.sendEvent(UserControlEvent.StreamBegin);
  stream.sendShared(shared);
  stream.sendEvent(UserControlEvent.StreamEof);
  const pieces = bench.session.takeOutput();
  expect(pieces.length).toBe(3);
  expect(pieces[1]).toBe(shared);
  expect(pieces.map((piece) => toHex(piece).slice(-17))).toEqual(
    ["00 00 00 00 00 01", "01 08 01 00 00 00 af", "00 01 00 00 00 01"].map((text) =>
      text.slice(-17),
    ),
  );
});

test("an idle stream has no name", () => {
  const { bench, stream } = playing();
  bench.command(1, "closeStream", 0);
  expect(stream).toMatchObject({ state: "idle", streamName: "", active: false });
});

test("audio, video and data of both kinds are media", () => {
  const types = Array.from({ length: 256 }, (_, typeId) => typeId);
  expect(types.filter((typeId) => isMediaType(typeId))).toEqual([8, 9, 15, 18]);
});

test("a status repeats no more than 1024 characters of a name, however often the client asks for one", () => {
  const bench = Bench.withStreams(1);
  const name = `cam?token=${"x".repeat(60_000)}`;
  bench.play(1, name);
  expect(bench.plays[0]?.streamName).toBe(name);
  const [, reset] = bench.replies();
  expect(reset?.command?.args).toEqual([
    {
      level: "status",
      code: "NetStream.Play.Reset",
      description: `Playing and resetting ${name}`.slice(0, 1_024),
      details: name.slice(0, 1_024),
    },
  ]);

  for (let count = 0; count < 100; count++) {
    bench.command(1, "receiveVideo", 0, null, count % 2 === 1);
  }
  expect(bench.output().length).toBeLessThan(100 * 3_000);
});
