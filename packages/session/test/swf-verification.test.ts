import { hashSwf, swfCheckType, swfVerification } from "@rtmp/session";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

const hash = Uint8Array.from({ length: 32 }, (_, i) => i);
const key = new Uint8Array(32).fill(0xaa);

describe("the answer to a server that asks for the SWF file", () => {
  test("is the type of the check twice, the size twice, and the proof", () => {
    expect(toHex(swfVerification({ hash, size: 4660 }, key))).toBe(
      "01 01 00 00 12 34 00 00 12 34 6c 10 b3 71 ab a2 99 7c 8c 9c a6 " +
        "87 7e 32 42 3d 32 e9 9f 6a 22 26 a2 a9 fb ca 73 8f 6f ac 83 7d",
    );
    expect(swfCheckType).toBe(1);
  });

  test("has room for every u32", () => {
    const data = swfVerification({ hash, size: 0xffffffff }, key);
    expect(toHex(data.subarray(0, 10))).toBe("01 01 ff ff ff ff ff ff ff ff");
  });

  test.each([31, 33])("needs 32 bytes of hash and key, not %d", (length) => {
    const other = new Uint8Array(length);
    expect(() => swfVerification({ hash: other, size: 1 }, key)).toThrow(RangeError);
    expect(() => swfVerification({ hash, size: 1 }, other)).toThrow(RangeError);
  });

  test.each([-1, 0.5, 0x100000000, Number.NaN])("cannot carry the size %d", (size) => {
    expect(() => swfVerification({ hash, size }, key)).toThrow(RangeError);
  });
});

describe("the hash of a SWF file", () => {
  test("is an HMAC under the player's text", () => {
    // Computed with Python's hmac.
    const file = hex("46 57 53 09 14 00 00 00 00 01 02 03 04 05 06 07 08 09 0a 0b");
    expect(hashSwf(file)).toEqual({
      hash: hex(
        "60 1b 59 99 fe 97 b7 83 e3 19 18 a0 00 4c 70 29 54 4c c1 3c b8 f5 3e 0b e5 d4 34 10 c9 ff 84 5b",
      ),
      size: 20,
    });
  });

  test.each(["", "46 57", "43 57 53 09", "5a 57 53 09", "46 4c 56 01"])(
    "is not made of %j: compressed, or no SWF file",
    (bytes) => {
      expect(() => hashSwf(hex(bytes))).toThrow(RangeError);
    },
  );
});
