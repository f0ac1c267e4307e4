import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import {
  findDigest,
  isSignedSecond,
  playerKeys,
  serverKeys,
  signFirst,
  writeSignedSecond,
} from "../src/digest.ts";
import { digestOffset, DigestScheme, publicKeyOffset } from "../src/layout.ts";
import { captureNames, digestCaptures, readCapture, simpleCaptures } from "./captures.ts";
import {
  c2Fill,
  checksum,
  digestVectors,
  s2Fill,
  unsignedC1,
  unsignedS1,
  withDigest,
} from "./vectors.ts";

/** The positions at which a changed bit leaves `isValid` true; there should be none. */
function overlooked(block: Uint8Array, isValid: (block: Uint8Array) => boolean): number[] {
  const positions: number[] = [];
  for (let i = 0; i < block.length; i++) {
    const changed = block.slice();
    changed[i] = (changed[i] ?? 0) ^ (1 << (i % 8));
    if (isValid(changed)) positions.push(i);
  }
  return positions;
}

describe.each(digestVectors)("scheme $scheme", (vector) => {
  const { scheme } = vector;
  const other =
    scheme === DigestScheme.DigestFirst ? DigestScheme.KeyFirst : DigestScheme.DigestFirst;

  test.each([
    { name: "C1", unsigned: unsignedC1, keys: playerKeys, expected: vector.c1 },
    { name: "S1", unsigned: unsignedS1, keys: serverKeys, expected: vector.s1 },
  ])("$name is signed in its place", ({ unsigned, keys, expected }) => {
    const block = unsigned();
    expect(digestOffset(block, scheme)).toBe(expected.digestOffset);
    expect(publicKeyOffset(block, scheme)).toBe(expected.publicKeyOffset);

    const digest = signFirst(block, scheme, keys);
    expect(digest).toEqual(hex(expected.digest));
    expect(checksum(block)).toBe(expected.checksum);
    // The sender may give the block away and keep the digest.
    expect(digest.buffer).not.toBe(block.buffer);
  });

  test.each([
    { name: "C1", block: withDigest(unsignedC1(), vector.c1), keys: playerKeys, of: vector.c1 },
    { name: "S1", block: withDigest(unsignedS1(), vector.s1), keys: serverKeys, of: vector.s1 },
  ])("the digest of $name is found, and none when a bit of it differs", ({ block, keys, of }) => {
    expect(findDigest(block, keys)).toEqual({ scheme, digest: hex(of.digest) });
    expect(overlooked(block, (changed) => findDigest(changed, keys) !== undefined)).toEqual([]);
  });

  test("a digest of the other role, or put where the other scheme has it, is none", () => {
    const c1 = withDigest(unsignedC1(), vector.c1);
    expect(findDigest(c1, serverKeys)).toBeUndefined();
    const misplaced = unsignedC1();
    misplaced.set(hex(vector.c1.digest), digestOffset(misplaced, other));
    expect(findDigest(misplaced, playerKeys)).toBeUndefined();
  });

  test.each([
    { name: "S2", fill: s2Fill(), digest: vector.c1.digest, keys: serverKeys, of: vector.s2 },
    { name: "C2", fill: c2Fill(), digest: vector.s1.digest, keys: playerKeys, of: vector.c2 },
  ])("$name is signed, and no changed bit is overlooked", ({ fill, digest, keys, of }) => {
    const block = new Uint8Array(1536);
    writeSignedSecond(block, fill, hex(digest), keys);
    expect(block.subarray(1504)).toEqual(hex(of.signature));
    expect(checksum(block)).toBe(of.checksum);
    expect(isSignedSecond(block, hex(digest), keys)).toBe(true);
    expect(overlooked(block, (changed) => isSignedSecond(changed, hex(digest), keys))).toEqual([]);
    expect(overlooked(hex(digest), (changed) => isSignedSecond(block, changed, keys))).toEqual([]);
  });
});

/** C1 or S1 of a captured side. */
function first(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(1, 1537);
}

/** C2 or S2 of a captured side. */
function second(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(1537, 3073);
}

describe("real peers", () => {
  test.each(digestCaptures)("%s: C1, S1 and S2 are signed with the digest half first", (name) => {
    const client = readCapture(name, "c2s");
    const server = readCapture(name, "s2c");
    const c1 = findDigest(first(client), playerKeys);
    expect(c1?.scheme).toBe(DigestScheme.DigestFirst);
    expect(findDigest(first(server), serverKeys)?.scheme).toBe(DigestScheme.DigestFirst);
    expect(isSignedSecond(second(server), c1?.digest ?? new Uint8Array(), serverKeys)).toBe(true);
  });

  test.each([
    { name: "ffmpeg5-play-h264-aac-nginx", isSigned: true },
    { name: "nginx-push-h264-aac", isSigned: true },
    { name: "ffmpeg5-publish-h264-aac", isSigned: false },
    { name: "ffmpeg5-publish-h264-only-nginx", isSigned: false },
  ] as const)("$name: whether C2 is signed: $isSigned", ({ name, isSigned }) => {
    const client = readCapture(name, "c2s");
    const s1 = findDigest(first(readCapture(name, "s2c")), serverKeys);
    const digest = s1?.digest ?? new Uint8Array();
    expect(isSignedSecond(second(client), digest, playerKeys)).toBe(isSigned);
  });

  test.each(simpleCaptures)("%s: nothing is signed", (name) => {
    expect(findDigest(first(readCapture(name, "c2s")), playerKeys)).toBeUndefined();
    expect(findDigest(first(readCapture(name, "s2c")), serverKeys)).toBeUndefined();
  });

  test.each(captureNames)("%s: no client signs as a server", (name) => {
    expect(findDigest(first(readCapture(name, "c2s")), serverKeys)).toBeUndefined();
  });
});
