import { byteByByte, everySplit, hex, randomSplit, seededRandom, toHex } from "@rtmp/testing";
import { expect, test } from "vitest";

const texts = (pieces: Uint8Array[]): string[] => pieces.map(toHex);

test("everySplit gives the whole, every cut in two, and single bytes", () => {
  expect(Array.from(everySplit(hex("01 02 03")), texts)).toEqual([
    ["01 02 03"],
    ["01", "02 03"],
    ["01 02", "03"],
    ["01", "02", "03"],
  ]);
});

test("everySplit of nothing still feeds the decoder", () => {
  expect(Array.from(everySplit(new Uint8Array(0)), texts)).toEqual([[""], []]);
});

test("byteByByte gives one piece a byte", () => {
  expect(texts(byteByByte(hex("01 02")))).toEqual(["01", "02"]);
});

test("randomSplit loses nothing, keeps to the longest piece and repeats for the same seed", () => {
  const bytes = Uint8Array.from({ length: 1_111 }, (_, i) => i & 0xff);
  for (let seed = 0; seed < 20; seed++) {
    const pieces = randomSplit(bytes, seededRandom(seed), 22);
    expect(pieces.every(({ length }) => length >= 1 && length <= 22)).toBe(true);
    expect(Uint8Array.from(pieces.flatMap((piece) => [...piece]))).toEqual(bytes);
    expect(randomSplit(bytes, seededRandom(seed), 22)).toEqual(pieces);
  }
  const lengths = randomSplit(bytes, seededRandom(1), 22).map(({ length }) => length);
  expect(new Set(lengths).size).toBeGreaterThan(10);
});

test("pieces are copies: a decoder that writes into one does no harm", () => {
  const bytes = hex("01 02");
  for (const pieces of [...everySplit(bytes), byteByByte(bytes), randomSplit(bytes, () => 0, 2)]) {
    for (const piece of pieces) piece.fill(0xff);
  }
  expect(toHex(bytes)).toBe("01 02");
});
