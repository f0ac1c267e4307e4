import { AmfError, EcmaArray } from "@rtmp/amf";
import { type Command, decodeCommand, encodeCommand, MessageError } from "@rtmp/message";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { captured, capturedNames } from "./captured.ts";
import { vectors } from "./vectors.ts";

interface Row {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly command: Command;
}

const rows: readonly Row[] = [
  {
    name: "connect",
    bytes: vectors.connect,
    command: {
      name: "connect",
      transactionId: 1,
      commandObject: {
        app: "live",
        type: "nonprivate",
        flashVer: "FMLE/3.0 (compatible; FMSc/1.0)",
        tcUrl: "rtmp://localhost:1935/live",
      },
      args: [],
    },
  },
  {
    name: "createStream",
    bytes: vectors.createStream,
    command: { name: "createStream", transactionId: 4, commandObject: null, args: [] },
  },
  {
    name: "_result of createStream",
    bytes: vectors.createStreamResult,
    command: { name: "_result", transactionId: 4, commandObject: null, args: [1] },
  },
  {
    name: "publish",
    bytes: vectors.publish,
    command: { name: "publish", transactionId: 5, commandObject: null, args: ["key", "live"] },
  },
  {
    name: "_result with undefined, as SRS answers releaseStream",
    bytes: captured("srs-7-release-stream-result"),
    command: { name: "_result", transactionId: 2, commandObject: null, args: [undefined] },
  },
  {
    name: "play of rtmpdump",
    bytes: captured("rtmpdump-2.4-play-live"),
    command: { name: "play", transactionId: 5, commandObject: null, args: ["src", -1000, 2000] },
  },
  {
    name: "odd transaction ids",
    bytes: hex("02 0001 78 00 c0 9a c2 80 00 00 00 00 05"),
    command: { name: "x", transactionId: -1712.625, commandObject: null, args: [] },
  },
];

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** What becomes of a payload: the name of the command or the code of the error. */
function nameOrCode(payload: Uint8Array): string {
  try {
    return decodeCommand(payload).name;
  } catch (error) {
    if (error instanceof MessageError) return error.code;
    throw error;
  }
}

describe("RTMP §7.1.1 command message", () => {
  test.each(rows)("$name is decoded", ({ bytes, command }) => {
    expect(decodeCommand(bytes)).toEqual(command);
  });

  test.each(rows)("$name is encoded to the same bytes", ({ bytes, command }) => {
    expect(encodeCommand(command)).toEqual(bytes);
  });

  test.each(rows)(
    "$name cut anywhere gives a MessageError or fewer values",
    ({ bytes, command }) => {
      for (let length = 0; length < bytes.length; length++) {
        expect(["RTMP_ERR_BAD_COMMAND", command.name]).toContain(
          nameOrCode(bytes.slice(0, length)),
        );
      }
    },
  );

  test("publish may end behind any of its values and nowhere else", () => {
    const lengths = Array.from(vectors.publish, (_, length) => length);
    const accepted = lengths.filter((length) => {
      return nameOrCode(vectors.publish.slice(0, length)) === "publish";
    });
    expect(accepted).toEqual([10, 19, 20, 26]);
  });

  const notCommands = /metadata|sample|complete|buffer|stream-(?:begin|eof|is)/;
  const names = capturedNames(/^/).filter((name) => !notCommands.test(name));
  test.each(names)("%s passes through decoding and encoding unchanged", (name) => {
    const bytes = captured(name);
    const encoded = encodeCommand(decodeCommand(bytes));
    // SRS gives the count of an ECMA array as 0; it is written as 10.
    if (name === "srs-7-connect-result") encoded[211] = 0;
    expect(encoded).toEqual(bytes);
  });

  test("there are captured commands", () => {
    expect(names.length).toBeGreaterThan(40);
  });

  test("a command object that is left out is written as null", () => {
    expect(encodeCommand({ name: "createStream", transactionId: 4 })).toEqual(vectors.createStream);
  });

  test("a command object may be an ECMA array", () => {
    const { commandObject } = decodeCommand(
      hex("02 0007 636f6e6e656374 00 3ff0000000000000 08 00000000 0003 617070 02 0001 61 000009"),
    );
    expect(commandObject).toEqual(new EcmaArray({ app: "a" }));
  });

  test("a command object that is missing is null", () => {
    const command = decodeCommand(hex("02 0001 78 00 4014000000000000"));
    expect(command).toEqual({ name: "x", transactionId: 5, commandObject: null, args: [] });
  });

  test("a NUL counted as part of the name is dropped", () => {
    expect(decodeCommand(hex("02 0003 780000 00 0000000000000000 05")).name).toBe("x");
  });

  test("the command keeps no memory of the payload", () => {
    const bytes = vectors.publish.slice();
    const command = decodeCommand(bytes);
    bytes.fill(0xee);
    expect(command.args).toEqual(["key", "live"]);
  });
});

describe("message type 17", () => {
  const command = decodeCommand(vectors.createStream);

  test("quirk 30: the leading format byte 0 of Flash is taken off", () => {
    expect(decodeCommand(vectors.createStreamType17, { amf3: true })).toEqual(command);
  });

  test("the format byte may be missing", () => {
    expect(decodeCommand(vectors.createStream, { amf3: true })).toEqual(command);
  });

  test("another format byte than 0 is malformed", () => {
    const bytes = vectors.createStreamType17.slice();
    bytes[0] = 3;
    expect(() => decodeCommand(bytes, { amf3: true })).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_BAD_COMMAND" }),
    );
  });

  test("type 20 has no format byte", () => {
    expect(() => decodeCommand(vectors.createStreamType17)).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_BAD_COMMAND" }),
    );
  });

  test("an AMF3 value is read behind its switch", () => {
    const bytes = hex("00 02 0004 63616c6c 00 4022000000000000 05 11 0401 11 06056869");
    expect(decodeCommand(bytes, { amf3: true }).args).toEqual([1, "hi"]);
  });

  test("a value of a class that nobody knows is unsupported, and the peer can be told", () => {
    const bytes = hex("00 02 0004 63616c6c 00 4022000000000000 11 0a070345");
    expect(thrownBy(() => decodeCommand(bytes, { amf3: true }))).toMatchObject({
      code: "RTMP_ERR_BODY_UNSUPPORTED",
      fault: "unsupported",
      commandName: "call",
      transactionId: 9,
    });
  });
});

describe("padding and broken values", () => {
  test.each(["04", "09", "0e", "12", "ff ff ff"])(
    "%s behind the last argument ends them",
    (tail) => {
      const bytes = Uint8Array.of(...vectors.publish, ...hex(tail));
      expect(decodeCommand(bytes).args).toEqual(["key", "live"]);
    },
  );

  test("padding in place of the command object is none", () => {
    const bytes = hex("02 0001 78 00 4014000000000000 ff");
    expect(decodeCommand(bytes)).toMatchObject({ commandObject: null, args: [] });
  });

  test("an unknown marker inside an object is malformed", () => {
    const bytes = hex("02 0004 706c6179 00 4014000000000000 03 0001 61 ff");
    const error = thrownBy(() => decodeCommand(bytes));
    expect(error).toBeInstanceOf(MessageError);
    expect(error).toMatchObject({
      code: "RTMP_ERR_BAD_COMMAND",
      name: "MessageError",
      commandName: "play",
      transactionId: 5,
      offset: 20,
      cause: expect.any(AmfError),
    });
  });

  test("a string cut by the end is malformed", () => {
    const bytes = hex("02 0001 78 00 4014000000000000 05 02 ffff 61");
    expect(thrownBy(() => decodeCommand(bytes))).toMatchObject({
      code: "RTMP_ERR_BAD_COMMAND",
      transactionId: 5,
    });
  });

  test("a transaction id that is cut leaves the name on the error", () => {
    expect(thrownBy(() => decodeCommand(hex("02 0001 78 00 40")))).toMatchObject({
      code: "RTMP_ERR_BAD_COMMAND",
      commandName: "x",
      transactionId: undefined,
      offset: 5,
    });
  });

  test.each([
    ["no name", ""],
    ["a number as name", "00 3ff0000000000000 00 3ff0000000000000"],
    ["an object as name", "03 000009 00 3ff0000000000000"],
    ["null as transaction id", "02 0001 78 05 05"],
    ["a string as transaction id", "02 0001 78 02 0001 31 05"],
    ["NaN as transaction id", "02 0001 78 00 7ff8000000000000 05"],
    ["infinity as transaction id", "02 0001 78 00 7ff0000000000000 05"],
    ["padding as transaction id", "02 0001 78 ff"],
  ])("%s is malformed", (_, bytes) => {
    expect(() => decodeCommand(hex(bytes))).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_BAD_COMMAND" }),
    );
  });
});

describe("quirks", () => {
  test("quirk 17: onFCPublish of ffmpeg's server has neither transaction id nor arguments", () => {
    const bytes = hex("02 000b 6f6e46435075626c697368");
    expect(decodeCommand(bytes)).toEqual({
      name: "onFCPublish",
      transactionId: 0,
      commandObject: null,
      args: [],
    });
  });

  test("quirk 29: pauseraw is pauseRaw", () => {
    expect(decodeCommand(hex("02 0008 7061757365726177 00 0000000000000000 05")).name).toBe(
      "pauseRaw",
    );
  });
});

describe("limits", () => {
  test("maxCommandBytes bounds the payload", () => {
    const limits = { maxCommandBytes: vectors.publish.length };
    expect(decodeCommand(vectors.publish, { limits }).name).toBe("publish");
    const longer = Uint8Array.of(...vectors.publish, 0xff);
    expect(() => decodeCommand(longer, { limits })).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_BODY_LIMIT", fault: "limit" }),
    );
  });

  test("maxCommandBytes is 65536 by default", () => {
    const padded = new Uint8Array(65_536).fill(0xff);
    padded.set(vectors.publish);
    expect(decodeCommand(padded).name).toBe("publish");
    expect(() => decodeCommand(new Uint8Array(65_537))).toThrow("65536");
  });

  test("maxCommandNameLength bounds the name", () => {
    const limits = { maxCommandNameLength: 7 };
    expect(decodeCommand(vectors.publish, { limits }).name).toBe("publish");
    expect(() => decodeCommand(vectors.publish, { limits: { maxCommandNameLength: 6 } })).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_BODY_LIMIT" }),
    );
  });

  test.each([
    ["maxDepth", { maxDepth: 0 }],
    ["maxValues", { maxValues: 4 }],
    ["maxStringBytes", { maxStringBytes: 9 }],
    ["maxNameBytes", { maxNameBytes: 4 }],
    ["maxProperties", { maxProperties: 3 }],
  ])("amf.%s is a limit of the message too", (_, amf) => {
    expect(thrownBy(() => decodeCommand(vectors.connect, { limits: { amf } }))).toMatchObject({
      code: "RTMP_ERR_BODY_LIMIT",
      fault: "limit",
      commandName: "connect",
      transactionId: 1,
      cause: expect.any(AmfError),
    });
  });

  test("a limit that is no limit is the caller's mistake", () => {
    expect(() => decodeCommand(vectors.publish, { limits: { maxCommandBytes: 0 } })).toThrow(
      RangeError,
    );
    expect(() => decodeCommand(vectors.publish, { limits: { amf: { maxDepth: -1 } } })).toThrow(
      RangeError,
    );
  });
});
