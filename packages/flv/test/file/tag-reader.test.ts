import { type FlvLimits, type FlvTag, FlvTagReader } from "@rtmp/flv";
import { byteByByte, everySplit, hex, randomSplit, seededRandom } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { flvErrorOf } from "../frame.ts";

const header = "46 4c 56 01 05 00 00 00 09 00 00 00 00";
const video = "09 00 00 05 02 03 04 01 00 00 00 17 00 00 00 00";
const file = hex(`${header}
  12 00 00 02 00 00 00 00 00 00 00 05 06 00 00 00 0d
  ${video} 00 00 00 10
  08 00 00 00 00 00 28 ff 00 00 00 00 00 00 0b
  0f 00 00 01 00 00 28 00 00 00 00 00 00 00 00 0c`);
const videoTag: FlvTag = { type: 9, timestamp: 0x01_02_03_04, data: hex("17 00 00 00 00") };
const tags: readonly FlvTag[] = [
  { type: 18, timestamp: 0, data: hex("05 06") },
  videoTag,
  { type: 8, timestamp: 0xff00_0028, data: hex("") },
  { type: 15, timestamp: 40, data: hex("00") },
];

function read(
  pieces: Iterable<Uint8Array>,
  limits?: Partial<FlvLimits>,
): { reader: FlvTagReader; found: FlvTag[] } {
  const reader = new FlvTagReader(limits);
  const found: FlvTag[] = [];
  for (const piece of pieces) reader.push(piece, (tag) => found.push(tag));
  return { reader, found };
}

function fails(): never {
  throw new Error("mine");
}

describe("FLV E.3, E.4.1 tags, read", () => {
  test("a whole file at once", () => {
    const { reader, found } = read([file]);
    expect(found).toEqual(tags);
    expect(reader.header).toEqual({ hasAudio: true, hasVideo: true, dataOffset: 9 });
    expect(reader.wrongPreviousTagSizes).toBe(0);
    expect(reader.isTorn).toBe(false);
  });

  test("any split gives the same tags", () => {
    for (const pieces of everySplit(file)) expect(read(pieces).found).toEqual(tags);
    expect(read(byteByByte(file)).found).toEqual(tags);
    const random = seededRandom(1111);
    for (let i = 0; i < 50; i++) expect(read(randomSplit(file, random, 20)).found).toEqual(tags);
  });

  test("a tag that came in one piece is a view of it", () => {
    const bytes = file.slice();
    expect(read([bytes]).found[1]?.data.buffer).toBe(bytes.buffer);
  });

  test("a tag comes before its PreviousTagSize", () => {
    expect(read([hex(`${header} ${video}`)]).found).toEqual([videoTag]);
  });

  test("bytes between the header and the first tag are skipped", () => {
    const bytes = hex(`46 4c 56 01 04 00 00 00 0c aa bb cc 00 00 00 00 ${video}`);
    expect(read([bytes]).found).toEqual([videoTag]);
    expect(read(byteByByte(bytes)).found).toEqual([videoTag]);
  });

  test("a wrong PreviousTagSize is counted and changes nothing", () => {
    const bytes = hex(`${header.slice(0, -2)}07 ${video} 00 00 00 00 ${video} 00 00 00 10`);
    const { reader, found } = read([bytes]);
    expect(found).toEqual([videoTag, videoTag]);
    expect(reader.wrongPreviousTagSizes).toBe(2);
  });

  test("tags of other types are skipped, with and without data", () => {
    const unknown = "0a 00 00 02 00 00 00 00 00 00 00 aa bb 00 00 00 0d";
    const empty = "1f 00 00 00 00 00 00 00 00 00 00 00 00 00 0b";
    const bytes = hex(`${header} ${unknown} ${empty} ${video}`);
    expect(read([bytes]).found).toEqual([videoTag]);
    const { reader, found } = read(byteByByte(bytes));
    expect(found).toEqual([videoTag]);
    expect(reader.wrongPreviousTagSizes).toBe(0);
  });

  test("a stream id other than 0 and reserved bits are ignored", () => {
    expect(read([hex(`${header} c9 00 00 01 00 00 00 00 00 08 ae 17`)]).found).toEqual([
      { type: 9, timestamp: 0, data: hex("17") },
    ]);
  });

  test("the end is torn within a header and within a tag, not between tags", () => {
    const whole = hex(`${header} ${video} 00 00 00 10`);
    const torn = Array.from({ length: whole.length + 1 }, (_, length) => length).filter(
      (length) => read([whole.subarray(0, length)]).reader.isTorn,
    );
    // The file header; then from the first byte of the tag to the last but one of its data.
    const tagBytes = Array.from({ length: 15 }, (_, i) => 14 + i);
    expect(torn).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, ...tagBytes]);
  });
});

describe("files that are refused", () => {
  test("an encrypted tag, at the place where it begins", () => {
    const bytes = hex(`${header} ${video} 00 00 00 10 29 00 00 05 00 00 00 00 00 00 00`);
    const reader = new FlvTagReader();
    const found: FlvTag[] = [];
    const error = flvErrorOf(() => reader.push(bytes, (tag) => found.push(tag)));
    expect(error).toMatchObject({
      code: "RTMP_ERR_FLV_ENCRYPTED_TAG",
      fault: "unsupported",
      offset: 33,
    });
    expect(found).toEqual([videoTag]);
    expect(() => reader.push(bytes, fails)).toThrow(TypeError);
  });

  test("a tag above the limit, before any of its data", () => {
    expect(read([file], { maxTagBytes: 5 }).found).toHaveLength(4);
    expect(flvErrorOf(() => read([file.subarray(0, 41)], { maxTagBytes: 4 }))).toMatchObject({
      code: "RTMP_ERR_FLV_TAG_TOO_LONG",
      fault: "limit",
      offset: 30,
    });
  });

  test("another kind of file", () => {
    const bytes = hex("1a 45 df a3 01 00 00 00 00");
    expect(read([bytes.subarray(0, 8)]).found).toEqual([]);
    expect(flvErrorOf(() => read([bytes])).code).toBe("RTMP_ERR_FLV_INVALID_FILE_HEADER");
  });

  test("a limit that is none", () => {
    expect(() => new FlvTagReader({ maxTagBytes: 0 })).toThrow(RangeError);
  });

  test("after an error of the caller's own no more bytes are taken", () => {
    const reader = new FlvTagReader();
    expect(() => reader.push(file, fails)).toThrow("mine");
    expect(() => reader.push(file, fails)).toThrow(TypeError);
  });
});
