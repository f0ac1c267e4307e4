import { type AmfObject, EcmaArray } from "@rtmp/amf";
import {
  connectResult,
  createStreamResult,
  decodeCommand,
  encodeCommand,
  errorResult,
  onBwDone,
  readConnect,
  readConnectReply,
  result,
  StatusCode,
} from "@rtmp/message";
import { describe, expect, test } from "vitest";
import { captured, capturedNames } from "./captured.ts";
import { vectors } from "./vectors.ts";

function connect(commandObject: AmfObject | EcmaArray | null) {
  return readConnect({ name: "connect", transactionId: 1, commandObject, args: [] });
}

const nothing = { fourCcList: [], capsEx: 0, videoFunction: 0 };

describe("RTMP §7.2.1.1 connect", () => {
  test("the specified fields are read", () => {
    expect(readConnect(decodeCommand(vectors.connect))).toMatchObject({
      transactionId: 1,
      app: "live",
      tcUrl: "rtmp://localhost:1935/live",
      flashVer: "FMLE/3.0 (compatible; FMSc/1.0)",
      swfUrl: "",
      pageUrl: "",
      type: "nonprivate",
      objectEncoding: 0,
      capabilities: nothing,
      args: [],
    });
  });

  test("Enhanced RTMP capabilities are read", () => {
    expect(readConnect(decodeCommand(vectors.connectEnhanced)).capabilities).toEqual({
      fourCcList: ["hvc1", "Opus"],
      videoFourCcInfoMap: { "*": 4, vp09: 3 },
      audioFourCcInfoMap: {},
      capsEx: 15,
      videoFunction: 0,
    });
  });

  test("the raw properties stay at hand", () => {
    expect(readConnect(decodeCommand(captured("obs-29-connect"))).properties).toMatchObject({
      supportsGoAway: true,
    });
  });

  test("an ECMA array, numbers as text and texts as numbers will do", () => {
    const request = connect(new EcmaArray({ app: 1111, objectEncoding: "3", capsEx: "7" }));
    expect(request).toMatchObject({ app: "1111", objectEncoding: 3, capabilities: { capsEx: 7 } });
  });

  test("an encoding other than 3 is AMF0", () => {
    expect(connect({ objectEncoding: 1 }).objectEncoding).toBe(0);
    expect(connect({ objectEncoding: Number.NaN }).objectEncoding).toBe(0);
  });

  test("a connect without a command object asks for nothing", () => {
    expect(connect(null)).toMatchObject({ app: "", tcUrl: "", capabilities: nothing });
  });
});

describe("captured connects", () => {
  const tcUrl = "rtmp://127.0.0.1:23200/live";
  const publisher = { app: "live", tcUrl, type: "nonprivate", pageUrl: "", args: [] };
  const player = { app: "live", tcUrl, type: undefined, swfUrl: "", pageUrl: "", args: [] };
  const rows = {
    "ffmpeg-5-publish-connect": {
      ...publisher,
      flashVer: "FMLE/3.0 (compatible; Lavf59.27.100)",
      swfUrl: "",
    },
    "ffmpeg-5-publish-connect-options": {
      ...publisher,
      flashVer: "LNX 11,1,102,55",
      swfUrl: "http://example.com/player.swf",
      args: [true, "auth", 42, { code: 1.23, flag: "ok" }],
    },
    "ffmpeg-5-play-connect": {
      ...player,
      flashVer: "LNX 9,0,124,2",
      capabilities: { ...nothing, videoFunction: 1 },
    },
    "ffmpeg-8-publish-connect": {
      ...publisher,
      flashVer: "FMLE/3.0 (compatible; Lavf63.6.100)",
    },
    "ffmpeg-8-publish-connect-fourcc-list": {
      ...publisher,
      capabilities: {
        ...nothing,
        fourCcList: ["hvc1", "av01", "vp09", "avc1", "mp4a", "Opus"],
      },
    },
    "obs-29-connect": {
      ...publisher,
      flashVer: "FMLE/3.0 (compatible; FMSc/1.0)",
      swfUrl: tcUrl,
    },
    "rtmpdump-2.4-connect": { ...player, flashVer: "LNX 10,0,32,18" },
    "gstreamer-1.22-publish-connect": { ...publisher, flashVer: "LNX 10,0,32,18" },
    "gstreamer-1.22-play-connect": { ...player, flashVer: "LNX 10,0,32,18" },
    "nginx-1.22-push-connect": { ...player, flashVer: "LNX.11,1,102,55" },
    "nginx-1.22-pull-connect": { ...player, flashVer: "LNX.11,1,102,55" },
  };

  test.each(Object.entries(rows))("%s is read", (name, expected) => {
    const request = readConnect(decodeCommand(captured(name)));
    expect(request).toMatchObject({ transactionId: 1, objectEncoding: 0, ...expected });
  });

  test("there is a row for every captured connect", () => {
    const names = capturedNames(/connect(?!-result)/);
    expect(names.toSorted()).toEqual(Object.keys(rows).toSorted());
  });
});

describe("quirks of connect", () => {
  test("quirk 33: tcurl in lower case, its value in apostrophes", () => {
    expect(connect({ tcurl: "'rtmp://h/live'", flashver: "x" })).toMatchObject({
      tcUrl: "rtmp://h/live",
      flashVer: "x",
    });
  });

  test("quirk 39: PRISM Live sends neither app nor flashVer", () => {
    const request = connect({ tcUrl: "rtmp://h:1935//key" });
    expect(request).toMatchObject({ app: "", flashVer: "", tcUrl: "rtmp://h:1935//key" });
  });

  test("quirk 45: neko's tcUrl begins with an apostrophe and has live=1 behind", () => {
    expect(connect({ tcUrl: "'rtmp://h/live live=1'" }).tcUrl).toBe("rtmp://h/live");
    expect(connect({ tcUrl: "'rtmp://h/live live=1" }).tcUrl).toBe("rtmp://h/live");
  });
});

describe("the answer to connect", () => {
  const hello = { transactionId: 1 };

  test("has the properties in the order that clients know", () => {
    const { name, transactionId, commandObject, args } = connectResult(hello);
    expect([name, transactionId]).toEqual(["_result", 1]);
    expect(Object.entries(commandObject ?? {})).toEqual([
      ["fmsVer", "FMS/3,5,7,7009"],
      ["capabilities", 31],
      ["mode", 1],
    ]);
    expect(Object.entries(args[0] ?? {})).toEqual([
      ["level", "status"],
      ["code", "NetConnection.Connect.Success"],
      ["description", "Connection succeeded."],
      ["objectEncoding", 0],
    ]);
  });

  test("is, but for version and mode, what nginx sends", () => {
    const bytes = captured("nginx-1.22-connect-result");
    expect(bytes).toEqual(vectors.connectResult);
    const command = connectResult(hello, { fmsVer: "FMS/3,0,1,123" });
    const [info] = command.args;
    expect(
      encodeCommand({
        ...command,
        commandObject: { fmsVer: "FMS/3,0,1,123", capabilities: 31 },
        args: [info],
      }),
    ).toEqual(bytes);
  });

  test("tells the encoding that was chosen", () => {
    expect(connectResult(hello, { objectEncoding: 3 }).args[0]).toMatchObject({
      objectEncoding: 3,
    });
    expect(readConnectReply(connectResult(hello, { objectEncoding: 3 })).objectEncoding).toBe(3);
  });

  test("repeats the transaction id of the request", () => {
    expect(connectResult({ transactionId: 1111 }).transactionId).toBe(1111);
  });

  test("announces capabilities in both objects", () => {
    const { commandObject, args } = connectResult(hello, {
      fourCcList: ["*"],
      videoFourCcInfoMap: { "*": 4 },
      capsEx: 7,
    });
    const announced = { fourCcList: ["*"], videoFourCcInfoMap: { "*": 4 }, capsEx: 7 };
    expect(commandObject).toMatchObject(announced);
    expect(args[0]).toMatchObject(announced);
    expect(Object.keys(args[0] ?? {}).slice(0, 3)).toEqual(["level", "code", "description"]);
    expect(args[0]).not.toHaveProperty("audioFourCcInfoMap");
  });

  test("a refusal is the _error that asks for credentials, byte by byte", () => {
    const description = "code=403 need auth; authmod=adobe";
    expect(encodeCommand(errorResult(1, StatusCode.ConnectRejected, description))).toEqual(
      vectors.needAuth,
    );
  });

  test("a refusal is an error whatever its code", () => {
    const { transactionId, args } = errorResult(2222, "Own.Code", "no");
    expect(transactionId).toBe(2222);
    expect(args).toEqual([{ level: "error", code: "Own.Code", description: "no" }]);
  });
});

describe("reading the answer to connect", () => {
  test("capabilities may be in the first object", () => {
    const reply = readConnectReply(decodeCommand(vectors.connectResultEnhanced));
    expect(reply).toMatchObject({
      code: StatusCode.ConnectSuccess,
      objectEncoding: 0,
      capabilities: { fourCcList: ["*"], capsEx: 3 },
      properties: { fmsVer: "FMS/3,0,1,123" },
    });
  });

  test("capabilities may be in the second object, which counts", () => {
    const command = decodeCommand(vectors.connectResultEnhanced);
    const args = [{ code: StatusCode.ConnectSuccess, capsEx: 2, objectEncoding: 3 }];
    const reply = readConnectReply({ ...command, args });
    expect(reply).toMatchObject({
      objectEncoding: 3,
      capabilities: { fourCcList: ["*"], capsEx: 2 },
    });
  });

  test("both objects may be missing", () => {
    const reply = readConnectReply(result(1, null));
    expect(reply).toMatchObject({ code: "", level: "status", capabilities: nothing });
    expect(Object.keys(reply.properties)).toEqual([]);
  });

  test("the answer of SRS is read", () => {
    const reply = readConnectReply(decodeCommand(captured("srs-7-connect-result")));
    expect(reply).toMatchObject({
      code: StatusCode.ConnectSuccess,
      level: "status",
      description: "Connection succeeded",
      properties: { fmsVer: "FMS/3,5,3,888", capabilities: 127, mode: 1 },
    });
    expect(reply.info["data"]).toBeInstanceOf(EcmaArray);
  });
});

describe("answers to calls", () => {
  test("createStream is answered with string, number, null, number, as ffmpeg demands", () => {
    expect(encodeCommand(createStreamResult(4, 1))).toEqual(vectors.createStreamResult);
    expect(encodeCommand(createStreamResult(4, 1))).toEqual(captured("srs-7-create-stream-result"));
  });

  test("releaseStream is answered with undefined, as SRS does", () => {
    expect(encodeCommand(result(2, undefined))).toEqual(captured("srs-7-release-stream-result"));
  });

  test("a call that fails gets its transaction id back", () => {
    expect(errorResult(2222, StatusCode.CallFailed, "unknown")).toEqual({
      name: "_error",
      transactionId: 2222,
      commandObject: null,
      args: [{ level: "error", code: "NetConnection.Call.Failed", description: "unknown" }],
    });
  });

  test("onBWDone is what SRS sends", () => {
    expect(encodeCommand(onBwDone())).toEqual(captured("srs-7-on-bw-done"));
  });
});
