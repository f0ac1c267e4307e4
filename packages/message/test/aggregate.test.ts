import { type AggregatePart, decodeAggregate, encodeAggregate, MessageError } from "@rtmp/message";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

const audio = hex("08 00 00 03 00 13 88 00 00 00 00 af 01 21 00 00 00 0e");
const video = hex("09 00 00 0a 00 13 b0 00 00 00 00 27 01 00 00 00 00 00 00 01 41 00 00 00 15");
const both = hex(`
  08 00 00 03 00 13 88 00 00 00 00 af 01 21 00 00 00 0e 09 00 00 0a 00 13
  b0 00 00 00 00 27 01 00 00 00 00 00 00 01 41 00 00 00 15
`);
const audioBody = hex("af 01 21");
const videoBody = hex("27 01 00 00 00 00 00 00 01 41");

/** A part by its fields: header, body, back pointer. */
function part(typeId: string, timestamp: string, body = "", streamId = "00 00 00"): Uint8Array {
  const bytes = hex(body);
  const size = bytes.length.toString(16).padStart(6, "0");
  const back = (bytes.length + 11).toString(16).padStart(8, "0");
  return hex(`${typeId} ${size} ${timestamp} ${streamId} ${body} ${back}`);
}

function join(...pieces: Uint8Array[]): Uint8Array {
  return new Uint8Array(pieces.flatMap((piece) => [...piece]));
}

function times(payload: Uint8Array, timestamp: number): number[] {
  return decodeAggregate(payload, timestamp).map((each) => each.timestamp);
}

function refusal(code: string, fault: string) {
  return expect.objectContaining({ code, fault });
}

describe("RTMP §7.1.6 aggregate message", () => {
  test("its parts begin at its own timestamp", () => {
    expect(decodeAggregate(both, 12_000)).toEqual([
      { typeId: 8, timestamp: 12_000, body: audioBody },
      { typeId: 9, timestamp: 12_040, body: videoBody },
    ]);
  });

  test("bodies are views of the payload", () => {
    for (const { body } of decodeAggregate(both, 0)) expect(body.buffer).toBe(both.buffer);
  });

  test("nothing holds nothing", () => {
    expect(decodeAggregate(new Uint8Array(), 1111)).toEqual([]);
  });

  test("a part without a body is one", () => {
    expect(decodeAggregate(part("08", "00 00 00 00"), 1111)).toEqual([
      { typeId: 8, timestamp: 1111, body: new Uint8Array() },
    ]);
  });

  test("the stream ids inside and wrong back pointers mean nothing", () => {
    const payload = join(
      part("08", "00 00 05 00", "af", "00 00 07").subarray(0, -4),
      hex("ff ff ff ff"),
      video,
    );
    expect(decodeAggregate(payload, 0).map(({ typeId }) => typeId)).toEqual([8, 9]);
  });

  test("data and unknown types pass", () => {
    const payload = join(part("12", "00 00 00 00", "02"), part("ff", "00 00 00 00"));
    expect(decodeAggregate(payload, 0).map(({ typeId }) => typeId)).toEqual([18, 255]);
  });
});

describe("timestamps", () => {
  test("the high byte comes behind the low three, as in an FLV tag", () => {
    const payload = join(part("08", "ff ff ff 00"), part("08", "00 00 01 01"));
    expect(times(payload, 1111)).toEqual([1111, 1113]);
  });

  test("a part may be earlier than the first", () => {
    expect(times(join(part("09", "00 00 28 00"), part("08", "00 00 0a 00")), 1000)).toEqual([
      1000, 970,
    ]);
  });

  test("wrap at 2^32, inside and outside", () => {
    const inside = join(part("08", "ff ff fe ff"), part("08", "00 00 05 00"));
    expect(times(inside, 1000)).toEqual([1000, 1007]);
    const outside = join(part("08", "00 00 00 00"), part("08", "00 00 14 00"));
    expect(times(outside, 0xffff_fff6)).toEqual([0xffff_fff6, 10]);
  });

  test("an aggregate that starts at 0 shifts back", () => {
    expect(times(both, 0)).toEqual([0, 40]);
  });
});

describe("where an aggregate ends", () => {
  test("the last back pointer may be missing or cut", () => {
    for (let cut = 0; cut <= 4; cut++) {
      expect(times(both.subarray(0, both.length - cut), 12_000)).toEqual([12_000, 12_040]);
    }
  });

  test("a second part that is cut at any length does not count", () => {
    for (let length = 0; length < video.length - 4; length++) {
      expect(times(join(audio, video.subarray(0, length)), 12_000)).toEqual([12_000]);
    }
  });

  test("a first part that is cut at any length is malformed", () => {
    for (let length = 1; length < audio.length - 4; length++) {
      const act = () => decodeAggregate(audio.subarray(0, length), 0);
      expect(act).toThrow(MessageError);
      expect(act).toThrow(refusal("RTMP_ERR_BAD_AGGREGATE", "malformed"));
    }
  });

  test("a size beyond the end allocates nothing", () => {
    expect(() => decodeAggregate(hex("08 ff ff ff 00 00 00 00 00 00 00 af"), 0)).toThrow(
      refusal("RTMP_ERR_BAD_AGGREGATE", "malformed"),
    );
  });

  test("a type id 0 ends it", () => {
    expect(times(join(audio, part("00", "00 00 00 00"), video), 12_000)).toEqual([12_000]);
    expect(decodeAggregate(new Uint8Array(100), 0)).toEqual([]);
  });
});

describe("refusals", () => {
  test("an aggregate within an aggregate is not opened", () => {
    const nested = hex("16 00 00 00 00 00 00 00 00 00 00 00 00 00 0b");
    for (const payload of [nested, join(audio, nested)]) {
      expect(() => decodeAggregate(payload, 0)).toThrow(
        refusal("RTMP_ERR_BAD_AGGREGATE", "malformed"),
      );
    }
  });

  test("the error says where", () => {
    const payload = join(audio, part("16", "00 00 00 00"));
    expect(() => decodeAggregate(payload, 0)).toThrow(expect.objectContaining({ offset: 18 }));
  });

  test("maxAggregateParts bounds the parts", () => {
    expect(decodeAggregate(both, 0, { maxAggregateParts: 2 })).toHaveLength(2);
    expect(() => decodeAggregate(both, 0, { maxAggregateParts: 1 })).toThrow(
      refusal("RTMP_ERR_TOO_MANY_AGGREGATE_PARTS", "limit"),
    );
  });

  test("by default 4096 parts are allowed", () => {
    const empty = part("08", "00 00 00 00");
    const payload = new Uint8Array(empty.length * 4097);
    for (let i = 0; i < 4097; i++) payload.set(empty, i * empty.length);
    expect(decodeAggregate(payload.subarray(empty.length), 0)).toHaveLength(4096);
    expect(() => decodeAggregate(payload, 0)).toThrow(MessageError);
  });

  test("a bound that is none is the caller's mistake", () => {
    expect(() => decodeAggregate(both, 0, { maxAggregateParts: 0 })).toThrow(RangeError);
  });
});

describe("encoding", () => {
  const first: AggregatePart = { typeId: 8, timestamp: 5000, body: audioBody };

  test("writes FLV tags with back pointers", () => {
    const parts = [first, { typeId: 9, timestamp: 5040, body: videoBody }];
    expect(encodeAggregate(parts)).toEqual(both);
  });

  test("puts the high byte of a timestamp behind", () => {
    const bytes = encodeAggregate([{ typeId: 18, timestamp: 0xfedcba98, body: new Uint8Array() }]);
    expect(bytes).toEqual(hex("12 00 00 00 dc ba 98 fe 00 00 00 00 00 00 0b"));
  });

  test("no parts make no bytes", () => {
    expect(encodeAggregate([])).toEqual(new Uint8Array());
  });

  test.each<[string, Partial<AggregatePart>]>([
    ["an aggregate", { typeId: 22 }],
    ["type id 0", { typeId: 0 }],
    ["type id 256", { typeId: 256 }],
    ["half a type id", { typeId: 8.5 }],
    ["a negative timestamp", { timestamp: -1 }],
    ["a timestamp beyond 32 bits", { timestamp: 2 ** 32 }],
    ["a timestamp that is no number", { timestamp: Number.NaN }],
    ["a body that fills more than a message", { body: new Uint8Array(0xffffff - 14) }],
  ])("%s is the caller's mistake", (_, wrong) => {
    expect(() => encodeAggregate([{ ...first, ...wrong }])).toThrow(RangeError);
  });

  test("the largest part fits", () => {
    const bytes = encodeAggregate([{ ...first, body: new Uint8Array(0xffffff - 15) }]);
    expect(bytes).toHaveLength(0xffffff);
  });
});
