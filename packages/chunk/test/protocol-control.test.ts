import {
  ChunkWriter,
  decodeProtocolControl,
  encodeAbort,
  encodeAcknowledgement,
  encodeSetChunkSize,
  encodeSetPeerBandwidth,
  encodeWindowAcknowledgementSize,
  LimitType,
  type ProtocolControl,
} from "@rtmp/chunk";
import { everySplit, hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { hexOf, readAll } from "./reading.ts";
import { received } from "./vectors.ts";

const controls: readonly (readonly [string, ProtocolControl, Uint8Array, string])[] = [
  [
    "Set Chunk Size 4096",
    { typeId: 1, chunkSize: 4096 },
    encodeSetChunkSize(4096),
    "02 00 00 00 00 00 04 01 00 00 00 00 00 00 10 00",
  ],
  [
    "Set Chunk Size 65536",
    { typeId: 1, chunkSize: 65_536 },
    encodeSetChunkSize(65_536),
    "02 00 00 00 00 00 04 01 00 00 00 00 00 01 00 00",
  ],
  [
    "Abort of chunk stream 6",
    { typeId: 2, chunkStreamId: 6 },
    encodeAbort(6),
    "02 00 00 00 00 00 04 02 00 00 00 00 00 00 00 06",
  ],
  [
    "Acknowledgement 2500000",
    { typeId: 3, sequenceNumber: 2_500_000 },
    encodeAcknowledgement(2_500_000),
    "02 00 00 00 00 00 04 03 00 00 00 00 00 26 25 a0",
  ],
  [
    "Window Acknowledgement Size 2500000",
    { typeId: 5, windowAcknowledgementSize: 2_500_000 },
    encodeWindowAcknowledgementSize(2_500_000),
    "02 00 00 00 00 00 04 05 00 00 00 00 00 26 25 a0",
  ],
  [
    "Set Peer Bandwidth 2500000, dynamic",
    { typeId: 6, windowAcknowledgementSize: 2_500_000, limitType: LimitType.Dynamic },
    encodeSetPeerBandwidth(2_500_000, LimitType.Dynamic),
    "02 00 00 00 00 00 05 06 00 00 00 00 00 26 25 a0 02",
  ],
  [
    "Set Peer Bandwidth 1111, hard",
    { typeId: 6, windowAcknowledgementSize: 1111, limitType: LimitType.Hard },
    encodeSetPeerBandwidth(1111, LimitType.Hard),
    "02 00 00 00 00 00 05 06 00 00 00 00 00 00 04 57 00",
  ],
  [
    "Set Peer Bandwidth 2222, soft",
    { typeId: 6, windowAcknowledgementSize: 2222, limitType: LimitType.Soft },
    encodeSetPeerBandwidth(2222, LimitType.Soft),
    "02 00 00 00 00 00 05 06 00 00 00 00 00 00 08 ae 01",
  ],
];

// User control messages, whose payloads are of no concern here.
const userControls = [
  "02 00 00 00 00 00 06 04 00 00 00 00 00 00 00 00 00 01",
  "02 00 00 00 00 00 06 04 00 00 00 00 00 01 00 00 00 01",
  "02 00 00 00 00 00 06 04 00 00 00 00 00 02 00 00 00 01",
  "02 00 00 00 00 00 0a 04 00 00 00 00 00 03 00 00 00 01 00 00 0b b8",
  "02 00 00 00 00 00 06 04 00 00 00 00 00 04 00 00 00 01",
  "02 00 00 00 00 00 06 04 00 00 00 00 00 06 00 00 0d 0f",
  "02 00 00 00 00 00 06 04 00 00 00 00 00 07 00 00 0d 0f",
  "02 00 00 00 00 00 03 04 00 00 00 00 00 1a 01",
  "02 00 00 00 00 00 06 04 00 00 00 00 00 1f 00 00 00 01",
  "02 00 00 00 00 00 06 04 00 00 00 00 00 20 00 00 00 01",
];

describe("RTMP §5.4 protocol control messages", () => {
  test.each(controls)("%s", (_, control, payload, text) => {
    expect(toHex(payload)).toBe(text.slice(36));
    expect(decodeProtocolControl(control.typeId, payload)).toEqual(control);
    const writer = new ChunkWriter();
    const { typeId } = control;
    writer.write({ chunkStreamId: 2, timestamp: 0, typeId, messageStreamId: 0, payload });
    expect(toHex(writer.take())).toBe(text);
  });

  test.each([...controls.map(([, , , text]) => text), ...userControls])(
    "every split of %s is one message",
    (text) => {
      const bytes = hex(text);
      const expected = received(2, 0, bytes[7] ?? 0, 0, hexOf(bytes.subarray(12)));
      for (const pieces of everySplit(bytes)) expect(readAll(pieces)).toEqual([expected]);
    },
  );

  test("bytes behind the fields are ignored", () => {
    for (const [, control, payload] of controls) {
      expect(decodeProtocolControl(control.typeId, Uint8Array.of(...payload, 9, 9))).toEqual(
        control,
      );
    }
  });

  test("Set Peer Bandwidth without its limit type is a hard limit", () => {
    expect(decodeProtocolControl(6, hex("00 00 08 ae"))).toEqual({
      typeId: 6,
      windowAcknowledgementSize: 2222,
      limitType: LimitType.Hard,
    });
  });

  test("an unknown limit type is handed on", () => {
    expect(decodeProtocolControl(6, hex("00 00 08 ae 07"))).toMatchObject({ limitType: 7 });
  });

  test.each([1, 2, 3, 5, 6])("type %i cut short at every length is refused", (typeId) => {
    for (let length = 0; length < 4; length++) {
      expect(() => decodeProtocolControl(typeId, new Uint8Array(length).fill(1))).toThrow(
        expect.objectContaining({ code: "RTMP_ERR_PROTOCOL_CONTROL_TRUNCATED" }),
      );
    }
  });

  test.each(["00 00 00 00", "80 00 00 00", "ff ff ff ff"])("no chunk size of %s", (text) => {
    expect(() => decodeProtocolControl(1, hex(text))).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_INVALID_CHUNK_SIZE" }),
    );
  });

  test("u32 values keep their top bit", () => {
    expect(decodeProtocolControl(3, hex("ff ff ff ff"))).toMatchObject({
      sequenceNumber: 0xffffffff,
    });
    expect(toHex(encodeAcknowledgement(0xffffffff))).toBe("ff ff ff ff");
    expect(toHex(encodeAcknowledgement(0x80000000))).toBe("80 00 00 00");
  });

  test.each([0, 4, 7, 20])("type %i is not a protocol control message", (typeId) => {
    expect(() => decodeProtocolControl(typeId, new Uint8Array(4))).toThrow(RangeError);
  });

  test("a value that does not fit is a mistake of the caller", () => {
    expect(() => encodeSetChunkSize(0)).toThrow(RangeError);
    expect(() => encodeSetChunkSize(0x80000000)).toThrow(RangeError);
    expect(() => encodeAbort(1)).toThrow(RangeError);
    expect(() => encodeAbort(65_600)).toThrow(RangeError);
    expect(() => encodeAcknowledgement(2 ** 32)).toThrow(RangeError);
    expect(() => encodeWindowAcknowledgementSize(-1)).toThrow(RangeError);
    expect(() => encodeSetPeerBandwidth(0.5, LimitType.Hard)).toThrow(RangeError);
  });
});
