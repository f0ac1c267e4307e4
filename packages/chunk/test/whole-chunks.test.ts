import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { closeGaps, countChunks } from "../src/whole-chunks.ts";
import { hexOf } from "./reading.ts";

// Three chunks of two bytes on chunk stream 6, then one on chunk stream 4.
const chunks = "c6 11 12 c6 21 22 c6 31 32 c4 41 42";

describe("RTMP §5.3.1.2.4 type 3 chunks in a row", () => {
  test.each([
    [0, 9, 3],
    [0, 2, 2],
    [0, 0, 0],
    [3, 9, 2],
    [9, 9, 0],
    // Payload is no header, whatever it looks like.
    [1, 9, 0],
  ])("from offset %i, of at most %i, there are %i", (offset, most, count) => {
    expect(countChunks(hex(chunks), offset, most, 2, 0xc6)).toBe(count);
  });

  test("are counted up to the end of the input", () => {
    expect(countChunks(hex("c6 11 12 c6 21 22"), 0, 9, 2, 0xc6)).toBe(2);
  });

  test.each([
    ["over the headers between them", 0, 9, 3, "111221223132 c6 31 32 c4 41 42"],
    ["as many as are wanted", 0, 2, 2, "11122122 21 22 c6 31 32 c4 41 42"],
    ["none of another chunk stream", 9, 9, 0, chunks],
  ])("are moved together: %s", (_, source, most, count, result) => {
    const bytes = hex(chunks);
    expect(closeGaps(bytes, source, source, most, 2, 0xc6)).toBe(count);
    expect(hexOf(bytes)).toBe(hexOf(hex(result)));
  });

  test("are moved behind what is there already", () => {
    const bytes = hex("aa bb 00 00 c6 11 12 c6 21 22");
    expect(closeGaps(bytes, 2, 4, 2, 2, 0xc6)).toBe(2);
    expect(hexOf(bytes)).toBe("aabb1112212212c62122");
  });
});
