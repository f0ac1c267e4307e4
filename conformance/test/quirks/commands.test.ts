/**
 * Habits of publishers and players in their commands.
 *
 * Not here: an encoder on a bad link that reconnects before its old TCP connection dies. A name that is taken is
 * refused so far, whoever asks; taking it over is not part of the server.
 *
 * RTMP §7.2
 */

import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import {
  InProcessServer,
  mediaLine,
  mediaLines,
  type Peer,
  streamLines,
} from "../../src/in-process-server.ts";
import {
  boolean,
  command,
  ecmaArray,
  join,
  message,
  nothing,
  number,
  object,
  setDataFrame,
  text,
  u32,
} from "../../src/wire-bytes.ts";
import { connect, connectLive, createStream, play, publish } from "../../src/wire-commands.ts";

const video = 9;
const data = 18;
const keyframeBody = hex("17 01 00 00 00 22");
const keyframe = message("06 000000 length 09 01000000", keyframeBody);
const keyframeLine = mediaLine(video, 0, keyframeBody);

/** A command of the connection. */
const ask = (body: Uint8Array): Uint8Array => message("03 000000 length 14 00000000", body);
/** A command of stream 1. */
const askStream = (body: Uint8Array): Uint8Array => message("03 000000 length 14 01000000", body);

const fcPublish = (transactionId: number): Uint8Array =>
  ask(command("FCPublish", transactionId, nothing, text("cam")));
const fcUnpublish = ask(command("FCUnpublish", 5, nothing, text("cam")));

/** A message on any chunk stream. */
const sendOn = (csid: string, typeId: string, msid: string, body: Uint8Array): Uint8Array =>
  message(`${csid} 000000 length ${typeId} ${msid}`, body);

/** Payloads of the commands of a name that arrived, in hex. */
function answers(peer: Peer, name: string): string[] {
  return peer.client.commands(name).map(({ payload }) => toHex(payload));
}

describe("FMLE-style hardware, Livestream Studio: hang without proper onFCPublish:", () => {
  test("it has transaction 0 and a null object, and FCPublish gets its _result too", () => {
    const peer = new InProcessServer().connected();
    peer.say(fcPublish(3));
    const head = toHex(join(text("onFCPublish"), number(0), nothing, hex("03")));
    expect(answers(peer, "onFCPublish").map((body) => body.slice(0, head.length))).toEqual([head]);

    const info = peer.client.commands("onFCPublish")[0]?.command?.args[0];
    expect(info).toMatchObject({ code: "NetStream.Publish.Start" });
    expect(answers(peer, "_result")).toContain(toHex(join(text("_result"), number(3), nothing)));
  });
});

describe("libav/old mobile stacks: @setDataFrame with msid 0:", () => {
  test("accepted for the stream that is published", () => {
    const server = new InProcessServer();
    const publisher = server.publisher();
    const { sent, played } = setDataFrame(object({ width: number(1_280) }));
    publisher.say(message("05 000000 length 12 00000000", sent), keyframe);
    expect(streamLines(server.player())).toEqual([mediaLine(data, 0, played), keyframeLine]);
    expect(publisher.problems).toEqual([]);
  });
});

describe("encoders: seek/pause names `pauseRaw`/`pauseraw`:", () => {
  test("command names count in any letter case", () => {
    const server = new InProcessServer();
    const publisher = server.open();
    publisher.say(
      ask(command("CONNECT", 1, object({ app: text("live") }))),
      ask(command("createstream", 2, nothing)),
      askStream(command("Publish", 3, nothing, text("cam"), text("live"))),
    );
    expect(publisher.events).toEqual(["publish live/cam"]);
    publisher.say(ask(command("fcunpublish", 4, nothing, text("cam"))));
    expect(publisher.events).toEqual(["publish live/cam", "publish live/cam closed"]);
  });

  test("pauseraw is answered as pauseRaw is", () => {
    const [usual, folded] = ["pauseRaw", "pauseraw"].map((name) => {
      const player = new InProcessServer().player();
      const before = player.client.received.length;
      player.say(askStream(command(name, 4, nothing, boolean(true), number(0))));
      return player.client.received.slice(before).map(({ payload }) => toHex(payload));
    });
    expect(usual?.length).toBeGreaterThan(0);
    expect(folded).toEqual(usual);
  });
});

describe("Flash: type 17 with leading 0:", () => {
  const leads: [string, Uint8Array][] = [
    ["with the leading 0", hex("00")],
    ["without it", new Uint8Array(0)],
  ];
  test.each(leads)("%s", (_, lead) => {
    const peer = new InProcessServer().connected();
    const create = join(lead, command("createStream", 2, nothing));
    const start = join(lead, command("publish", 3, nothing, text("cam"), text("live")));
    peer.say(message("03 000000 length 11 00000000", create));
    peer.say(message("08 000000 length 11 01000000", start));
    expect(peer.events).toEqual(["publish live/cam"]);
    expect(peer.client.codes.at(-1)).toBe("NetStream.Publish.Start");
  });
});

describe("ffmpeg and many muxers: ECMA count is an estimate patched later, or 0:", () => {
  test.each([0, 1, 13, 0xffffffff])("a count of %d is not what ends the array", (count) => {
    const server = new InProcessServer();
    const publisher = server.open();
    const values = { app: text("live"), tcUrl: text("rtmp://127.0.0.1/live") };
    publisher.say(ask(command("connect", 1, ecmaArray(count, values))));
    publisher.say(createStream, publish("cam"));
    expect(publisher.events).toEqual(["publish live/cam"]);

    const { sent, played } = setDataFrame(
      ecmaArray(count, { width: number(1_280), height: number(720) }),
    );
    publisher.say(message("05 000000 length 12 01000000", sent), keyframe);
    expect(streamLines(server.player())[0]).toBe(mediaLine(data, 0, played));
    expect(publisher.problems).toEqual([]);
  });
});

describe("mobile: tcurl in lower case, value in apostrophes:", () => {
  test.each([
    ["in lower case", { tcurl: text("rtmp://127.0.0.1/live") }],
    ["in apostrophes", { tcUrl: text("'rtmp://127.0.0.1/live'") }],
    ["both", { tcurl: text("'rtmp://127.0.0.1/live'") }],
  ])("%s: the app is found in it", (_, properties) => {
    const peer = new InProcessServer().open();
    peer.say(connect(properties), createStream, publish("cam"));
    expect(peer.events).toEqual(["publish live/cam"]);
  });
});

describe("encoders: publish again on the same connection after FCUnpublish:", () => {
  test("allowed on the same stream", () => {
    const server = new InProcessServer();
    const publisher = server.publisher();
    const player = server.player();
    publisher.say(keyframe, fcUnpublish);
    publisher.say(publish("cam"), keyframe);
    expect(publisher.events).toEqual([
      "publish live/cam",
      "publish live/cam closed",
      "publish live/cam",
    ]);
    expect(mediaLines(player)).toHaveLength(2);
  });

  test("allowed on a new stream, and the old one may be deleted meanwhile", () => {
    const publisher = new InProcessServer().publisher();
    publisher.say(fcUnpublish, createStream);
    const again = command("publish", 6, nothing, text("cam"), text("live"));
    publisher.say(message("03 000000 length 14 02000000", again));
    publisher.say(ask(command("deleteStream", 7, nothing, number(1))));
    expect(publisher.events.slice(2)).toEqual(["publish live/cam"]);
  });
});

describe("any: second publisher on a busy name:", () => {
  test("BadName, and the first goes on", () => {
    const server = new InProcessServer();
    const first = server.publisher();
    const second = server.publisher();
    const player = server.player();
    expect(second.client.codes.at(-1)).toBe("NetStream.Publish.BadName");
    expect(second.client.closed).toBeUndefined();
    second.say(keyframe);
    expect(mediaLines(player)).toEqual([]);
    first.say(keyframe);
    expect(mediaLines(player)).toEqual([keyframeLine]);
  });
});

describe("PRISM Live: missing app, no flashVer:", () => {
  test("fields are optional, and the key that tcUrl repeats counts once", () => {
    const peer = new InProcessServer().open();
    peer.say(connect({ tcUrl: text("rtmp://192.0.2.1:1935//cam") }), createStream, publish("cam"));
    expect(peer.events).toEqual(["publish cam"]);
  });

  test("a connect without a single property is accepted", () => {
    const peer = new InProcessServer().open();
    peer.say(connect({}), createStream, publish("cam"));
    expect(peer.events).toEqual(["publish cam"]);
  });
});

describe('OBS users: whole URL in "server", empty key, or empty app:', () => {
  const url = "rtmp://127.0.0.1";
  test.each([
    ["everything in the server field, empty key", "live/cam", `${url}/live/cam`, "", "live/cam"],
    ["app without tcUrl, empty key", "live/cam", "", "", "live/cam"],
    ["empty app, everything in the key", "", url, "live/cam", "live/cam"],
    ["empty app, tcUrl with a slash behind", "", `${url}/`, "cam", "cam"],
    ["empty app, path in tcUrl", "", `${url}/live`, "cam", "live/cam"],
    ["a query behind app and key", "live?a=1", `${url}/live?a=1`, "cam?b=2", "live/cam"],
  ])("%s", (_, app, tcUrl, key, streamPath) => {
    const peer = new InProcessServer().open();
    peer.say(connect({ app: text(app), tcUrl: text(tcUrl) }), createStream, publish(key));
    expect(peer.events).toEqual([`publish ${streamPath}`]);
  });
});

// Doubtful: why these devices leave is not published. Shown is what is said to keep them.
describe("Blackmagic ATEM / Web Presenter: connects and leaves in a loop on some servers:", () => {
  test("FCPublish is answered fully, acknowledgements come, odd chunk streams are taken", () => {
    const server = new InProcessServer();
    const peer = server.connected();
    const player = server.player();
    peer.say(
      sendOn("0a", "05", "00000000", u32(1_000)),
      sendOn("0b", "14", "00000000", command("releaseStream", 2, nothing, text("cam"))),
      sendOn("0c", "14", "00000000", command("FCPublish", 3, nothing, text("cam"))),
      sendOn("0d", "14", "00000000", command("createStream", 4, nothing)),
      sendOn("0e", "14", "01000000", command("publish", 5, nothing, text("cam"), text("live"))),
      sendOn("00 20", "09", "01000000", keyframeBody),
    );
    const results = peer.client.commands("_result").map((got) => got.command?.transactionId);
    expect(results).toEqual([1, 2, 3, 4]);
    expect(peer.client.commands("onFCPublish")).toHaveLength(1);
    expect(peer.client.codes.at(-1)).toBe("NetStream.Publish.Start");
    expect(peer.client.received.some(({ typeId }) => typeId === 3)).toBe(true);
    expect(mediaLines(player)).toEqual([keyframeLine]);
    expect(peer.problems).toEqual([]);
  });
});

describe('neko/GStreamer rtmpsink: tcUrl begins with an apostrophe, has " live=1" behind:', () => {
  test.each([
    ["'rtmp://127.0.0.1:1935/live", "live"],
    ["'rtmp://127.0.0.1:1935/live live=1'", ""],
    ["rtmp://127.0.0.1/live live=1", ""],
  ])("%s", (tcUrl, app) => {
    const peer = new InProcessServer().open();
    peer.say(connect({ app: text(app), tcUrl: text(tcUrl) }), createStream, publish("cam"));
    expect(peer.events).toEqual(["publish live/cam"]);
  });
});

test("connect, play and publish work as every test here takes for granted", () => {
  const server = new InProcessServer();
  const player = server.open();
  player.say(connectLive, createStream, play("cam"));
  server.publisher().say(keyframe);
  expect(mediaLines(player)).toEqual([keyframeLine]);
});
