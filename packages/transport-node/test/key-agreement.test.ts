import { type KeyPair, PortableKeyAgreement } from "@rtmp/session";
import { hex, seededBytes, seededRandom } from "@rtmp/testing";
import { NodeKeyAgreement } from "@rtmp/transport-node";
import { describe, expect, test } from "vitest";

const random = seededRandom(1111);
const portable = new PortableKeyAgreement({ randomBytes: (length) => seededBytes(random, length) });
const node = new NodeKeyAgreement();

const one = new Uint8Array(128);
one[127] = 1;

/** What both sides of an agreement come to. */
function secretsOf(own: KeyPair, peer: KeyPair): [Buffer, Buffer] {
  return [
    Buffer.from(own.computeSecret(peer.publicKey)),
    Buffer.from(peer.computeSecret(own.publicKey)),
  ];
}

/** Whether nothing stands in front of it in DER but less than 128 bytes: one key in 512. */
function isShort([first = 0, second = 0]: Uint8Array): boolean {
  return first === 0 && second < 0x80;
}

describe("the key agreement of Node", () => {
  test("comes to the secrets of the portable one, a thousand times", () => {
    const nodePairs = Array.from({ length: 32 }, () => node.createKeyPair());
    const portablePairs = Array.from({ length: 32 }, () => portable.createKeyPair());
    let same = 0;
    for (const own of nodePairs) {
      for (const peer of portablePairs) {
        const [a, b] = secretsOf(own, peer);
        if (a.length === 128 && a.equals(b)) same++;
      }
    }
    expect(same).toBe(1024);
  }, 30_000);

  test("takes public keys of every length, and fills up secrets", () => {
    const own = node.createKeyPair();
    // Powers of two are the public keys of small exponents: 2^e has e bits behind its first.
    for (const exponent of [1, 7, 8, 63, 127, 128, 255, 256, 511, 959, 960, 1015, 1016, 1023]) {
      const publicKey = new Uint8Array(128);
      publicKey[127 - (exponent >> 3)] = 1 << (exponent & 7);
      const secret = own.computeSecret(publicKey);
      const expected = powerOf(own.publicKey, exponent);
      expect(Buffer.from(secret).toString("hex")).toBe(expected);
    }
  });

  test("gives keys of 128 bytes, also where the number is shorter", () => {
    let pair = node.createKeyPair();
    for (let i = 0; i < 10_000 && !isShort(pair.publicKey); i++) pair = node.createKeyPair();
    expect(isShort(pair.publicKey)).toBe(true);
    expect(pair.publicKey).toHaveLength(128);
    const [a, b] = secretsOf(pair, portable.createKeyPair());
    expect(a.equals(b)).toBe(true);
  }, 30_000);

  test("makes pairs ahead once one was asked for, as many as it is told, each for one use", async () => {
    const ahead = new NodeKeyAgreement({ pairsAhead: 3 });
    expect(ahead.pairsReady).toBe(0);
    const pairs = [ahead.createKeyPair()];
    await expect.poll(() => ahead.pairsReady).toBe(3);
    for (let i = 0; i < 5; i++) pairs.push(ahead.createKeyPair());
    expect(ahead.pairsReady).toBe(0);
    await expect.poll(() => ahead.pairsReady).toBe(3);
    // Long enough for more, if there were any.
    for (let i = 0; i < 20; i++) node.createKeyPair();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(ahead.pairsReady).toBe(3);
    const keys = pairs.map(({ publicKey }) => Buffer.from(publicKey).toString("hex"));
    expect(new Set(keys).size).toBe(6);
    for (const pair of pairs) {
      const [a, b] = secretsOf(pair, portable.createKeyPair());
      expect(a.equals(b)).toBe(true);
    }
  });

  test("makes none ahead when it is told so", async () => {
    const atOnce = new NodeKeyAgreement({ pairsAhead: 0 });
    atOnce.createKeyPair();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(atOnce.pairsReady).toBe(0);
  });

  test("refuses what is no public key at all", () => {
    expect(() => node.createKeyPair().computeSecret(hex(""))).toThrow(Error);
  });
});

const prime = BigInt(
  `0x${
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
    "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
    "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff"
  }`,
);

/** A key to the power of an exponent, in hex: what the agreement comes to when the peer's exponent is known. */
function powerOf(key: Uint8Array, exponent: number): string {
  const base = BigInt(`0x${Buffer.from(key).toString("hex")}`);
  let power = 1n;
  for (let i = 0; i < exponent; i++) power = (power * base) % prime;
  return power.toString(16).padStart(256, "0");
}
