import { FlvError, packetTag, readFlvPackets, tagPacket } from "@rtmp/flv";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

// Header; onMetaData with null; an AVC keyframe at 0x01020304; AAC; a cue point of type 15.
const file = hex(`
  46 4c 56 01 05 00 00 00 09 00 00 00 00
  12 00 00 0e 00 00 00 00 00 00 00 02 00 0a 6f 6e 4d 65 74 61 44 61 74 61 05 00 00 00 19
  09 00 00 07 02 03 04 01 00 00 00 17 01 00 00 00 aa bb 00 00 00 12
  08 00 00 03 00 00 14 00 00 00 00 af 01 21 00 00 00 0e
  0f 00 00 0f 00 00 28 00 00 00 00 00 02 00 0a 6f 6e 43 75 65 50 6f 69 6e 74 05 00 00 00 1a
`);

const lines = (bytes: Uint8Array): string[] =>
  readFlvPackets(bytes).map(
    ({ kind, timestamp, frames: [frame] }) => `${kind} ${timestamp} ${frame?.role} ${frame?.codec}`,
  );

describe("a file as packets", () => {
  test("has one packet for each tag, in order, with what its header says", () => {
    expect(lines(file)).toEqual([
      "data 0 metadata ",
      "video 16909060 coded-frames avc1",
      "audio 20 coded-frames mp4a",
      "data 40 coded-frames ",
    ]);
  });

  test("cut anywhere behind its header gives what is whole", () => {
    for (let length = 13; length < file.length; length++) {
      expect(lines(file)).toEqual(expect.arrayContaining(lines(file.subarray(0, length))));
    }
    expect(lines(file.subarray(0, file.length - 5))).toHaveLength(3);
  });

  test("that is none, or has a tag above maxTagBytes, is refused", () => {
    expect(() => readFlvPackets(hex("00 00 00 01 00 00 00 00 09"))).toThrow(FlvError);
    expect(() => readFlvPackets(file, { maxTagBytes: 13 })).toThrow(/at most 13/);
    expect(() => readFlvPackets(file, { maxTagBytes: 0 })).toThrow(RangeError);
  });

  test("whose media header is broken is refused", () => {
    const broken = hex(
      "46 4c 56 01 01 00 00 00 09 00 00 00 00 09 00 00 02 00 00 00 00 00 00 00 17 01",
    );
    expect(() => readFlvPackets(broken)).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_FLV_TRUNCATED" }),
    );
  });
});

test("AMF3 data loses its format byte, if it has one", () => {
  const body = "02 00 01 61 05";
  for (const data of [`00 ${body}`, body]) {
    expect(toHex(tagPacket({ type: 15, timestamp: 0, data: hex(data) }).body)).toBe(body);
  }
});

test("a packet goes back into a tag of the type for its kind", () => {
  const tags = readFlvPackets(file).map(packetTag);
  expect(tags.map(({ type, timestamp }) => [type, timestamp])).toEqual([
    [18, 0],
    [9, 0x01020304],
    [8, 20],
    [18, 40],
  ]);
  expect(toHex(tags[2]?.data ?? new Uint8Array(0))).toBe("af 01 21");
});
