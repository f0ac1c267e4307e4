import { EcmaArray } from "@rtmp/amf";
import { decodeData, encodeData, MessageError, splitSetDataFrame } from "@rtmp/message";
import { hex } from "@rtmp/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { captured, capturedNames } from "./captured.ts";
import { vectors } from "./vectors.ts";

const onMetaData = "02 000a 6f6e4d65746144617461";
const setDataFrame = "02 000d 4073657444617461 4672616d65";
const clearDataFrame = "02 000f 40636c65617244617461 4672616d65";

function ecma(value: unknown): Record<string, unknown> {
  if (value instanceof EcmaArray) return value.properties;
  throw new Error("no ECMA array");
}

/** What becomes of a payload: the name of the handler or the code of the error. */
function handlerOrCode(payload: Uint8Array): string {
  try {
    return decodeData(payload).handler;
  } catch (error) {
    if (error instanceof MessageError) return error.code;
    throw error;
  }
}

describe("RTMP §7.1.2 data message", () => {
  const rows = [
    {
      name: "@setDataFrame onMetaData",
      bytes: vectors.setDataFrame,
      message: {
        handler: "@setDataFrame",
        args: ["onMetaData", new EcmaArray({ width: 1280, height: 720 })],
      },
    },
    {
      name: "|RtmpSampleAccess",
      bytes: vectors.sampleAccess,
      message: { handler: "|RtmpSampleAccess", args: [true, true] },
    },
    {
      name: "onMetaData with an index of keyframes",
      bytes: vectors.keyframes,
      message: {
        handler: "onMetaData",
        args: [
          new EcmaArray({
            duration: 4,
            keyframes: { filepositions: [1000, 250_000], times: [0, 2] },
          }),
        ],
      },
    },
  ];

  test.each(rows)("$name is decoded", ({ bytes, message }) => {
    expect(decodeData(bytes)).toEqual(message);
  });

  test.each(rows)("$name is encoded to the same bytes", ({ bytes, message }) => {
    expect(encodeData(message)).toEqual(bytes);
  });

  test.each(rows)(
    "$name cut anywhere gives a MessageError or fewer values",
    ({ bytes, message }) => {
      const outcomes = Array.from(bytes, (_, length) => handlerOrCode(bytes.slice(0, length)));
      expect(new Set(outcomes)).toEqual(new Set(["RTMP_ERR_BAD_DATA", message.handler]));
    },
  );

  test("a payload without a name is malformed", () => {
    for (const bytes of ["", "05", "08 00000000 000009"]) {
      expect(() => decodeData(hex(bytes))).toThrow(
        expect.objectContaining({ code: "RTMP_ERR_BAD_DATA", fault: "malformed" }),
      );
    }
  });

  test("padding ends the values", () => {
    expect(decodeData(Uint8Array.of(...vectors.sampleAccess, 0xff)).args).toEqual([true, true]);
  });

  test("type 15 has a format byte in front, which may be missing", () => {
    const message = { handler: "|RtmpSampleAccess", args: [true, true] };
    expect(decodeData(Uint8Array.of(0, ...vectors.sampleAccess), { amf3: true })).toEqual(message);
    expect(decodeData(vectors.sampleAccess, { amf3: true })).toEqual(message);
  });

  test("quirk 27: the count of an ECMA array is not believed", () => {
    const bytes = vectors.setDataFrame.slice();
    bytes.set(hex("00000000"), 30);
    expect(decodeData(bytes)).toEqual(decodeData(vectors.setDataFrame));
  });

  test("maxDataBytes bounds the payload", () => {
    const { length } = vectors.sampleAccess;
    expect(
      decodeData(vectors.sampleAccess, { limits: { maxDataBytes: length } }).args,
    ).toHaveLength(2);
    expect(() =>
      decodeData(vectors.sampleAccess, { limits: { maxDataBytes: length - 1 } }),
    ).toThrow(expect.objectContaining({ code: "RTMP_ERR_BODY_LIMIT", fault: "limit" }));
  });

  test("maxDataBytes is 1 MiB by default", () => {
    const padded = new Uint8Array(1_048_576).fill(0xff);
    padded.set(vectors.sampleAccess);
    expect(decodeData(padded).args).toHaveLength(2);
    expect(() => decodeData(new Uint8Array(1_048_577))).toThrow("1048576");
  });

  test("the bounds on AMF values hold", () => {
    expect(() => decodeData(vectors.keyframes, { limits: { amf: { maxDepth: 2 } } })).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_BODY_LIMIT" }),
    );
    expect(decodeData(vectors.keyframes, { limits: { amf: { maxDepth: 3 } } }).args).toHaveLength(
      1,
    );
  });
});

describe("@setDataFrame and @clearDataFrame", () => {
  test("what follows @setDataFrame is the body, as a view", () => {
    const split = splitSetDataFrame(vectors.setDataFrame);
    expect(split).toMatchObject({ command: "set", handler: "onMetaData" });
    expect(split.body).toEqual(vectors.setDataFrame.subarray(16));
    expect(split.body.buffer).toBe(vectors.setDataFrame.buffer);
  });

  test("a bare onMetaData is the body itself", () => {
    expect(splitSetDataFrame(vectors.keyframes)).toEqual({
      command: undefined,
      handler: "onMetaData",
      body: vectors.keyframes,
    });
  });

  test("@clearDataFrame names what is forgotten", () => {
    expect(splitSetDataFrame(hex(clearDataFrame + onMetaData))).toEqual({
      command: "clear",
      handler: "onMetaData",
      body: hex(onMetaData),
    });
  });

  test("the format byte of type 15 goes", () => {
    const payload = Uint8Array.of(0, ...vectors.setDataFrame);
    expect(splitSetDataFrame(payload, { amf3: true })).toEqual(
      splitSetDataFrame(vectors.setDataFrame),
    );
    expect(splitSetDataFrame(payload).handler).toBeUndefined();
  });

  test("values that are broken are not looked at", () => {
    const payload = hex(`${setDataFrame} ${onMetaData} 11 ff 03 00`);
    expect(splitSetDataFrame(payload)).toEqual({
      command: "set",
      handler: "onMetaData",
      body: hex(`${onMetaData} 11 ff 03 00`),
    });
  });

  test("a long string is a name too, and a NUL behind it none of it", () => {
    const payload = hex(`0c 0000000d 4073657444617461 4672616d65 0c 00000003 616200`);
    expect(splitSetDataFrame(payload)).toMatchObject({ command: "set", handler: "ab" });
  });

  test.each([
    ["nothing", ""],
    ["no string", "05"],
    ["a string that is cut", "02 ffff 61"],
    ["a length that is cut", "02 00"],
    ["a long string of 4 GiB", "0c ffffffff 61"],
  ])("with %s there is no handler", (_, bytes) => {
    expect(splitSetDataFrame(hex(bytes))).toEqual({
      command: undefined,
      handler: undefined,
      body: hex(bytes),
    });
  });

  test("@setDataFrame alone sets nothing", () => {
    expect(splitSetDataFrame(hex(setDataFrame))).toEqual({
      command: "set",
      handler: undefined,
      body: hex(""),
    });
  });

  test("no bytes make it throw", () => {
    const prefix = fc.constantFrom("", setDataFrame, clearDataFrame, "00", "0c 000000");
    fc.assert(
      fc.property(prefix, fc.uint8Array({ maxLength: 40 }), fc.boolean(), (head, tail, amf3) => {
        const payload = Uint8Array.of(...hex(head), ...tail);
        const { body } = splitSetDataFrame(payload, { amf3 });
        expect(payload.subarray(payload.length - body.length)).toEqual(body);
      }),
    );
  });
});

describe("captured data messages", () => {
  const names = capturedNames(/metadata|sample-access|play-complete/);
  test.each(names)("%s says the same when it is decoded and encoded", (name) => {
    const decoded = decodeData(captured(name));
    expect(decodeData(encodeData(decoded))).toEqual(decoded);
  });

  test.each(["obs-29-metadata", "srs-7-sample-access", "nginx-1.22-play-complete"])(
    "%s, with the right count of properties, is encoded to the same bytes",
    (name) => {
      expect(encodeData(decodeData(captured(name)))).toEqual(captured(name));
    },
  );

  test("there are captured data messages", () => {
    expect(names).toHaveLength(6);
  });

  test.each(["obs-29-metadata", "ffmpeg-5-metadata", "gstreamer-1.22-metadata"])(
    "%s comes behind @setDataFrame",
    (name) => {
      const bytes = captured(name);
      const split = splitSetDataFrame(bytes);
      expect(split).toMatchObject({ command: "set", handler: "onMetaData" });
      const [handler, ...values] = decodeData(bytes).args;
      expect(decodeData(split.body)).toEqual({ handler, args: values });
      expect(ecma(values[0])).toMatchObject({ width: 160, height: 90, videocodecid: 7 });
    },
  );

  test("OBS names its encoder and the layout of its channels", () => {
    expect(ecma(decodeData(captured("obs-29-metadata")).args[1])).toMatchObject({
      encoder: "obs-output module (libobs version 29.0.2.1-1+b1)",
      stereo: true,
      "5.1": false,
    });
  });

  test("nginx as a publisher sends onMetaData bare, with NULs that stay", () => {
    const bytes = captured("nginx-1.22-push-metadata");
    expect(splitSetDataFrame(bytes)).toEqual({
      command: undefined,
      handler: "onMetaData",
      body: bytes,
    });
    expect(decodeData(bytes).args[0]).toMatchObject({ profile: "\0".repeat(32) });
  });

  test("nginx ends a file with onPlayStatus", () => {
    expect(decodeData(captured("nginx-1.22-play-complete"))).toMatchObject({
      handler: "onPlayStatus",
      args: [{ level: "status", code: "NetStream.Play.Complete" }],
    });
  });
});
