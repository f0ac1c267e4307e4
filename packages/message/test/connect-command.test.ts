import { connectCommand, encodeCommand, playerConnectOptions, readConnect } from "@rtmp/message";
import { describe, expect, test } from "vitest";
import { captured } from "./captured.ts";
import { vectors } from "./vectors.ts";

const tcUrl = "rtmp://127.0.0.1:23200/live";
const here = { app: "live", tcUrl };

describe("RTMP §7.2.1.1 connect of a publisher", () => {
  test("has the bytes of OBS", () => {
    const command = connectCommand({
      app: "live",
      tcUrl: "rtmp://127.0.0.1/live",
      swfUrl: "rtmp://127.0.0.1/live",
      flashVer: "FMLE/3.0 (compatible; FMSc/1.0)",
    });
    expect(encodeCommand(command)).toEqual(vectors.obsConnect);
  });

  test.each([
    ["ffmpeg-5-publish-connect", "FMLE/3.0 (compatible; Lavf59.27.100)"],
    ["gstreamer-1.22-publish-connect", "LNX 10,0,32,18"],
  ])("has the bytes of %s", (name, flashVer) => {
    expect(encodeCommand(connectCommand({ ...here, flashVer }))).toEqual(captured(name));
  });

  test("announces codecs where ffmpeg does", () => {
    const command = connectCommand({
      ...here,
      flashVer: "FMLE/3.0 (compatible; Lavf63.6.100)",
      fourCcList: ["hvc1", "av01", "vp09", "avc1", "mp4a", "Opus"],
    });
    expect(encodeCommand(command)).toEqual(captured("ffmpeg-8-publish-connect-fourcc-list"));
  });

  test("values for the application come behind the command object, as ffmpeg's rtmp_conn", () => {
    const command = connectCommand({
      ...here,
      flashVer: "LNX 11,1,102,55",
      swfUrl: "http://example.com/player.swf",
      args: [true, "auth", 42, { code: 1.23, flag: "ok" }],
    });
    expect(encodeCommand(command)).toEqual(captured("ffmpeg-5-publish-connect-options"));
  });

  test("says nothing that is not given, except type and flashVer", () => {
    expect(connectCommand({ app: "", tcUrl: "rtmp://h/" })).toEqual({
      name: "connect",
      transactionId: 1,
      commandObject: {
        app: "",
        type: "nonprivate",
        flashVer: "FMLE/3.0 (compatible; rtmp)",
        tcUrl: "rtmp://h/",
      },
      args: [],
    });
  });
});

describe("RTMP §7.2.1.1 connect of a player", () => {
  test.each([
    ["ffmpeg-5-play-connect", "LNX 9,0,124,2", {}],
    ["gstreamer-1.22-play-connect", "LNX 10,0,32,18", {}],
    ["rtmpdump-2.4-connect", "LNX 10,0,32,18", { audioCodecs: 3191 }],
  ])("has the bytes of %s", (name, flashVer, more) => {
    const command = connectCommand({ ...here, ...playerConnectOptions, flashVer, ...more });
    expect(encodeCommand(command)).toEqual(captured(name));
  });

  test("nobody can change the options of players", () => {
    expect(Object.isFrozen(playerConnectOptions)).toBe(true);
  });
});

describe('E-RTMP "Enhancing NetConnection connect Command"', () => {
  test("everything comes in the order of librtmp, capabilities behind it", () => {
    const { commandObject } = connectCommand({
      ...playerConnectOptions,
      ...here,
      type: "x",
      capsEx: 1111,
      audioFourCcInfoMap: { Opus: 1 },
      videoFourCcInfoMap: { "*": 4 },
      fourCcList: ["*"],
      videoFunction: 3,
      objectEncoding: 3,
      pageUrl: "http://h/",
      swfUrl: "s",
      properties: { supportsGoAway: true },
    });
    expect(Object.entries(commandObject ?? {})).toEqual([
      ["app", "live"],
      ["fourCcList", ["*"]],
      ["type", "x"],
      ["flashVer", "FMLE/3.0 (compatible; rtmp)"],
      ["swfUrl", "s"],
      ["tcUrl", tcUrl],
      ["fpad", false],
      ["capabilities", 15],
      ["audioCodecs", 4071],
      ["videoCodecs", 252],
      ["videoFunction", 3],
      ["pageUrl", "http://h/"],
      ["objectEncoding", 3],
      ["videoFourCcInfoMap", { "*": 4 }],
      ["audioFourCcInfoMap", { Opus: 1 }],
      ["capsEx", 1111],
      ["supportsGoAway", true],
    ]);
  });

  test("properties replace what has the same name, and take it out by undefined", () => {
    const { commandObject } = connectCommand({
      ...here,
      properties: { app: "other", type: undefined },
    });
    expect(commandObject).toEqual({
      app: "other",
      flashVer: "FMLE/3.0 (compatible; rtmp)",
      tcUrl,
    });
    expect(Object.keys(commandObject ?? {})).not.toContain("type");
  });

  test("a server reads what a client said", () => {
    const request = readConnect(connectCommand({ ...here, capsEx: 5, objectEncoding: 3 }));
    expect(request).toMatchObject({
      transactionId: 1,
      app: "live",
      tcUrl,
      objectEncoding: 3,
      capabilities: { capsEx: 5, fourCcList: [] },
    });
  });
});
