import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { byteByByte, everySplit, randomSplit, seededRandom, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { Bench } from "./bench.ts";

const folder = new URL("../../testing/fixtures/captures/", import.meta.url);
const handshakeBytes = 3073;

// Captures up to this size are also read byte by byte, the others would take too long.
const smallBytes = 25_000;

const connected = "_result NetConnection.Connect.Success";
const onFcPublish = "onFCPublish NetStream.Publish.Start";
const published = "onStatus NetStream.Publish.Start";
const unpublished = "onStatus NetStream.Unpublish.Success";
const onFcUnpublish = "onFCUnpublish NetStream.Unpublish.Success";
const playing = ["onStatus NetStream.Play.Reset", "onStatus NetStream.Play.Start"];

interface Expected {
  readonly name: string;
  readonly events: readonly string[];
  readonly codes: readonly string[];
}

// What the client said, told by what it made happen: requests in order, and the answers to its commands in order.
const captures: Expected[] = [
  {
    // releaseStream, FCPublish, createStream, _checkbw, publish, FCUnpublish, deleteStream
    name: "ffmpeg5-publish-aac-only",
    events: ["connect live", "publish 1 radio", "end 1 closed"],
    codes: [
      connected,
      "_result",
      onFcPublish,
      "_result",
      "_result",
      "_result",
      published,
      onFcUnpublish,
      "_result",
      unpublished,
    ],
  },
  {
    name: "ffmpeg5-publish-connect-options",
    events: ["connect live", "publish 1 cam?token=abc&n=1", "end 1 closed"],
    codes: [
      connected,
      "_result",
      onFcPublish,
      "_result",
      "_result",
      published,
      onFcUnpublish,
      "_result",
      unpublished,
    ],
  },
  {
    name: "ffmpeg8-publish-av1-opus",
    events: ["connect live", "publish 1 av1", "end 1 closed"],
    codes: [
      connected,
      "_result",
      onFcPublish,
      "_result",
      "_result",
      published,
      onFcUnpublish,
      "_result",
      unpublished,
    ],
  },
  {
    name: "obs-publish-h264-aac",
    events: ["connect live", "publish 1 obs", "end 1 closed"],
    codes: [
      connected,
      "_result",
      onFcPublish,
      "_result",
      "_result",
      "_result",
      published,
      onFcUnpublish,
      "_result",
      unpublished,
    ],
  },
  {
    // Transaction 0 for all but connect and createStream; deleteStream with the stream's name.
    name: "gstreamer-publish-h264-aac",
    events: ["connect live", "publish 1 gst", "end 1 closed"],
    codes: [connected, onFcPublish, "_result", published, onFcUnpublish, unpublished],
  },
  {
    name: "gstreamer-publish-killed",
    events: ["connect live", "publish 1 gone"],
    codes: [connected, onFcPublish, "_result", published],
  },
  {
    name: "nginx-push-h264-aac",
    events: ["connect live", "publish 1 relayed"],
    codes: [connected, "_result", published],
  },
  {
    // createStream, _checkbw, getStreamLength, play, deleteStream
    name: "ffmpeg5-play-h264-aac",
    events: ["connect live", "play 1 src", "end 1 closed"],
    codes: [connected, "_result", "_result", "_result", ...playing],
  },
  {
    // Ends within the header of a deleteStream.
    name: "ffmpeg8-play-multitrack-before-publish",
    events: ["connect live", "play 1 early"],
    codes: [connected, "_result", "_result", ...playing],
  },
  {
    name: "gstreamer-play-h264-aac",
    events: ["connect live", "play 1 src"],
    codes: [connected, "_result", ...playing],
  },
  {
    // createStream, FCSubscribe, _checkbw, play, deleteStream
    name: "rtmpdump-play-h264-aac",
    events: ["connect live", "play 1 src", "end 1 closed"],
    codes: [
      connected,
      "_result",
      "onFCSubscribe NetStream.Play.Start",
      "_result",
      "_result",
      ...playing,
    ],
  },
  {
    name: "rtmpdump-play-vod-seek-nginx",
    events: ["connect vod", "play 1 clip.flv", "end 1 closed"],
    codes: [connected, "_result", ...playing],
  },
  {
    name: "nginx-pull-h264-aac",
    events: ["connect live", "play 1 relayed"],
    codes: [connected, "_result", ...playing],
  },
];

type MediaEntry = readonly [typeId: number, timestamp: number, length: number, sha1: string];

const load = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`${name}.c2s.bin`, folder)));

const mediaTypeIds = new Set<number>([8, 9, 15, 18]);

const listing = (name: string): MediaEntry[] => {
  const text = readFileSync(new URL(`${name}.messages.json`, folder), "utf8");
  const all: { dir: string; typeId: number; timestamp: number; length: number; sha1: string }[] =
    JSON.parse(text);
  return all
    .filter(({ dir, typeId }) => dir === "c2s" && mediaTypeIds.has(typeId))
    .map(({ typeId, timestamp, length, sha1 }) => [typeId, timestamp, length, sha1]);
};

/** Feeds the pieces, taking the output behind each, as a driver does. */
function replay(pieces: readonly Uint8Array[], reuseInput = false) {
  const bench = new Bench({ reuseInput });
  const output: Uint8Array[] = [];
  for (const piece of pieces) {
    const input = piece.slice();
    bench.session.receive(input, bench.now);
    if (reuseInput) input.fill(0xee);
    output.push(...bench.session.takeOutput());
  }
  const media = bench.media.map(({ typeId, timestamp, payload }): MediaEntry => {
    return [typeId, timestamp, payload.length, createHash("sha1").update(payload).digest("hex")];
  });
  const { events, problemCodes: problems } = bench;
  return { events, problems, media, output: toHex(Buffer.concat(output)) };
}

describe.each(captures)("$name", ({ name, events, codes }) => {
  const bytes = load(name);
  const whole = replay([bytes]);

  test("makes the same requests, brings the same media and causes no problem", () => {
    expect(whole.events).toEqual(events);
    expect(whole.problems).toEqual([]);
    expect(whole.media.length > 0).toBe(events[1]?.startsWith("publish"));
    expect(whole.media).toEqual(listing(name));
  });

  test("has every command answered in order", () => {
    const bench = new Bench();
    bench.receive(bytes.slice(0, handshakeBytes));
    expect(bench.output().length).toBe(handshakeBytes);
    bench.receive(bytes.slice(handshakeBytes));
    expect(bench.codes()).toEqual(codes);
  });

  test("is the same in pieces of random length", () => {
    const random = seededRandom(1111);
    for (const maxPieceBytes of [17, 250, 4_000, 20_000]) {
      expect(replay(randomSplit(bytes, random, maxPieceBytes))).toEqual(whole);
      expect(replay(randomSplit(bytes, random, maxPieceBytes), true)).toEqual(whole);
    }
  });
});

const small = captures.filter(({ name }) => load(name).length <= smallBytes);

test.each(small)("$name is the same byte by byte", ({ name }) => {
  const bytes = load(name);
  expect(replay(byteByByte(bytes))).toEqual(replay([bytes]));
});

const players = captures.filter(({ name }) => load(name).length <= handshakeBytes + 500);

test.each(players)("$name is the same for every split behind the handshake", ({ name }) => {
  const bytes = load(name);
  const whole = replay([bytes]);
  const handshake = bytes.slice(0, handshakeBytes);
  for (const pieces of everySplit(bytes.slice(handshakeBytes))) {
    expect(replay([handshake, ...pieces])).toEqual(whole);
  }
});
