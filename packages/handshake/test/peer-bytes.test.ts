import { everySplit, seededBytes, seededRandom } from "@rtmp/testing";
import { expect, test } from "vitest";
import { PeerBytes } from "../src/peer-bytes.ts";
import { sameBytes } from "./run.ts";

const bytes = seededBytes(seededRandom(1111), 3073);

test("any split gives the first block and takes all of the handshake", () => {
  const wrong: number[][] = [];
  for (const pieces of everySplit(bytes)) {
    const peer = new PeerBytes();
    const taken = pieces.reduce((sum, piece) => sum + peer.take(piece), 0);
    const right =
      taken === 3073 && peer.isComplete && sameBytes(peer.first, bytes.subarray(1, 1537));
    if (!right) wrong.push(pieces.map((piece) => piece.length));
  }
  expect(wrong).toEqual([]);
});

test("the second block is kept only when asked for, and nothing behind it", () => {
  const wrong: number[][] = [];
  for (const pieces of everySplit(Uint8Array.of(...bytes, 0xee, 0xee))) {
    const peer = new PeerBytes(true);
    const taken = pieces.reduce((sum, piece) => sum + peer.take(piece), 0);
    const right =
      taken === 3073 &&
      sameBytes(peer.first, bytes.subarray(1, 1537)) &&
      sameBytes(peer.second, bytes.subarray(1537));
    if (!right) wrong.push(pieces.map((piece) => piece.length));
  }
  expect(wrong).toEqual([]);

  const forgetful = new PeerBytes();
  forgetful.take(bytes);
  expect(forgetful.second).toHaveLength(0);
});

test("nothing behind the handshake is taken", () => {
  const peer = new PeerBytes();
  expect(peer.take(bytes.subarray(0, 3000))).toBe(3000);
  expect(peer.take(new Uint8Array(1000))).toBe(73);
  expect(peer.take(new Uint8Array(1))).toBe(0);
});

test("the first block is there with its last byte", () => {
  const peer = new PeerBytes();
  expect(peer.isEmpty).toBe(true);
  peer.take(bytes.subarray(0, 1536));
  expect([peer.isEmpty, peer.hasFirst, peer.isComplete]).toEqual([false, false, false]);
  peer.take(bytes.subarray(1536, 1537));
  expect([peer.hasFirst, peer.isComplete]).toEqual([true, false]);
});
