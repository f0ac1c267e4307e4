import { decodeVp9KeyFrame } from "@rtmp/flv";
import { describe, expect, test } from "vitest";
import { bits, bytesOf, errorOf, neededBytes, notTruncated } from "./tracks.ts";

describe("VP9 §6.2 key frame", () => {
  const sync = "01001001 10000011 01000010";
  const size = "0000001111111111 0000000011111111";

  test("what libvpx writes", () => {
    expect(decodeVp9KeyFrame(bytesOf("vp9-3-key-frame"))).toEqual({
      codec: "vp09.03.00.12.02.01.01.01.00",
      profile: 3,
      width: 162,
      height: 94,
      bitDepth: 12,
    });
  });

  test.each([
    ["profile 0", `10 0 0 0 0 1 0 ${sync} 001 0`, "vp09.00.00.08"],
    ["full range", `10 0 0 0 0 1 0 ${sync} 001 1`, "vp09.00.00.08.01.01.01.01.01"],
    ["4:4:4", `10 1 0 0 0 1 0 ${sync} 001 0 0 0 0`, "vp09.01.00.08.03.01.01.01.00"],
    ["4:2:2", `10 1 0 0 0 1 0 ${sync} 001 0 1 0 0`, "vp09.01.00.08.02.01.01.01.00"],
    ["RGB", `10 1 0 0 0 1 0 ${sync} 111 0`, "vp09.01.00.08.03.01.01.00.01"],
    ["10 bits", `10 0 1 0 0 1 0 ${sync} 0 001 0`, "vp09.02.00.10"],
    ["12 bits", `10 1 1 0 0 0 1 0 ${sync} 1 111 0`, "vp09.03.00.12.03.01.01.00.01"],
  ])("%s", (_, head, codec) => {
    expect(decodeVp9KeyFrame(bits(`${head} ${size}`))).toMatchObject({
      codec,
      width: 1024,
      height: 256,
    });
  });

  test("a frame that shows another one, and an inter frame, tell nothing", () => {
    expect(decodeVp9KeyFrame(bits("10 0 0 1 000"))).toBeUndefined();
    expect(decodeVp9KeyFrame(bits("10 0 0 0 1 1 0"))).toBeUndefined();
  });

  test("a head that is cut is truncated at every length", () => {
    for (const name of ["vp9-0-key-frame", "vp9-3-key-frame", "vp9-rgb-key-frame"]) {
      const needed = neededBytes(bytesOf(name), decodeVp9KeyFrame);
      expect(needed.length).toBeGreaterThan(7);
      expect(notTruncated(needed, decodeVp9KeyFrame)).toEqual([]);
    }
  });

  test.each([
    ["no frame marker", "01 0 0 0 0 1 0", 0],
    ["reserved profile", "10 1 1 1 0 0 1 0", 0],
    ["no sync code", `10 0 0 0 0 1 0 ${"0".repeat(24)}`, 1],
    ["RGB in profile 0", `10 0 0 0 0 1 0 ${sync} 111 0`, 4],
  ])("%s is invalid", (_, head, offset) => {
    expect(errorOf(() => decodeVp9KeyFrame(bits(head)))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset,
    });
  });
});
