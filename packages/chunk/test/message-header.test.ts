import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import {
  maxChunkHeaderBytes,
  messageHeaderBytes,
  readU24,
  readU32,
  readU32le,
  writeU24,
  writeU32,
  writeU32le,
} from "../src/message-header.ts";

describe("RTMP §5.3.1.2 message header", () => {
  test("has 11, 7, 3 and 0 bytes", () => {
    expect([0, 1, 2, 3].map(messageHeaderBytes)).toEqual([11, 7, 3, 0]);
    expect(maxChunkHeaderBytes).toBe(18);
  });

  test.each([
    ["ff ff ff ff", 0xffffff, 0xffffffff, 0xffffffff],
    ["80 00 00 01", 0x800000, 0x80000001, 0x01000080],
    ["39 30 00 00", 0x393000, 0x39300000, 12_345],
    ["00 00 10 00", 0x000010, 0x1000, 0x100000],
  ])("%s reads as %i, %i and, low byte first, %i", (text, u24, u32, u32le) => {
    const bytes = hex(`ee ${text}`);
    expect(readU24(bytes, 1)).toBe(u24);
    expect(readU32(bytes, 1)).toBe(u32);
    expect(readU32le(bytes, 1)).toBe(u32le);
  });

  test("fields are written in their byte order, one behind the other", () => {
    const target = new Uint8Array(12);
    let at = writeU24(target, 0, 0xfedcba);
    at = writeU32(target, at, 0xfedcba98);
    at = writeU32le(target, at, 0xfedcba98);
    expect(at).toBe(11);
    expect(toHex(target)).toBe("fe dc ba fe dc ba 98 98 ba dc fe 00");
  });
});
