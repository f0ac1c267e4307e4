import { findAv1SequenceHeader } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bits, errorOf } from "./tracks.ts";

describe("AV1 §5.3 open bitstream units", () => {
  // 64 by 32, all else as simple as can be: a reduced still picture.
  const header = bits("000 1 1 00000 0101 0100 111111 11111 000 000 0 0 0 0 00 0");
  const unit = (head: string) => new Uint8Array([...hex(head), ...header]);

  test("the sequence header is found behind other units", () => {
    const found = findAv1SequenceHeader(unit("12 00 7a 03 aabbcc 0a 06"));
    expect(found).toMatchObject({ maxWidth: 64, maxHeight: 32 });
  });

  test("with an extension, without a size, with a size of more bytes than needed", () => {
    expect(header).toHaveLength(6);
    for (const head of ["0e 00 06", "08", "0c 00", "0a 86 00", "0a 86 80 80 80 00"]) {
      expect(findAv1SequenceHeader(unit(head))?.maxWidth).toBe(64);
    }
  });

  test("there may be none", () => {
    expect(findAv1SequenceHeader(new Uint8Array())).toBeUndefined();
    expect(findAv1SequenceHeader(hex("12 00 32 02 30 00"))).toBeUndefined();
  });

  test("the forbidden bit and a size without an end are invalid, at the offset of the caller", () => {
    expect(errorOf(() => findAv1SequenceHeader(hex("12 00 8a 00"), 1000))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset: 1002,
    });
    expect(errorOf(() => findAv1SequenceHeader(hex("12 ffffffffffffffff 00"), 1000))).toMatchObject(
      {
        code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
        offset: 1001,
      },
    );
  });

  test("a size past the end is truncated", () => {
    expect(errorOf(() => findAv1SequenceHeader(hex("12 ff ff ff 7f 00"), 1000))).toMatchObject({
      code: "RTMP_ERR_FLV_TRUNCATED",
      offset: 1005,
    });
    expect(errorOf(() => findAv1SequenceHeader(hex("12"), 1000))?.offset).toBe(1001);
  });
});
