import { createDiffieHellman } from "node:crypto";
import { PortableKeyAgreement } from "@rtmp/handshake";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { isPublicKey } from "../../src/rtmpe/key-agreement.ts";
import { seeded } from "./sessions.ts";

const prime =
  "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
  "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
  "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff";

/** A number of 128 bytes by its last ones. */
function numberOf(...last: number[]): Uint8Array {
  const bytes = new Uint8Array(128);
  bytes.set(last, 128 - last.length);
  return bytes;
}

const pairOf = (exponent: number) =>
  new PortableKeyAgreement({ randomBytes: () => Uint8Array.of(exponent) }).createKeyPair();

/** The prime with its last byte changed. */
function nearPrime(last: number): Uint8Array {
  const bytes = hex(prime);
  bytes[127] = last;
  return bytes;
}

describe("RFC 2409 §6.2 second Oakley group, portable", () => {
  test("comes to the keys and secrets of OpenSSL", () => {
    const random = seeded(1111);
    for (let i = 0; i < 8; i++) {
      const exponent = random(32);
      const pair = new PortableKeyAgreement({ randomBytes: () => exponent }).createKeyPair();
      const own = createDiffieHellman(prime, "hex", 2);
      own.setPrivateKey(exponent);
      // The setter computes no public key.
      own.generateKeys();
      expect(toHex(pair.publicKey)).toBe(toHex(leftPadded(own.getPublicKey())));

      const peer = createDiffieHellman(prime, "hex", 2);
      const peerKey = leftPadded(peer.generateKeys());
      const secret = leftPadded(peer.computeSecret(pair.publicKey));
      expect(toHex(pair.computeSecret(peerKey))).toBe(toHex(secret));
    }
  }, 30_000);

  test("writes short numbers with zeros in front", () => {
    expect(pairOf(9).publicKey).toEqual(numberOf(2, 0));
    expect(pairOf(3).computeSecret(numberOf(5))).toEqual(numberOf(125));
    expect(pairOf(2).computeSecret(numberOf(1, 0))).toEqual(numberOf(1, 0, 0));
  });

  test("asks for 32 random bytes, and by default for those of the platform", () => {
    const lengths: number[] = [];
    new PortableKeyAgreement({
      randomBytes(length) {
        lengths.push(length);
        return Uint8Array.of(3);
      },
    }).createKeyPair();
    expect(lengths).toEqual([32]);
    const [one, other] = [new PortableKeyAgreement(), new PortableKeyAgreement()];
    expect(one.createKeyPair().publicKey).not.toEqual(other.createKeyPair().publicKey);
  });
});

describe("a public key", () => {
  test.each([
    ["0", numberOf()],
    ["1", numberOf(1)],
    ["the prime less 1", nearPrime(0xfe)],
    ["the prime", hex(prime)],
    ["above the prime", new Uint8Array(128).fill(0xff)],
    ["too short", Uint8Array.of(2)],
    ["too long", Uint8Array.from([...numberOf(), 2])],
  ])("is not %s", (_, key) => {
    expect(isPublicKey(key)).toBe(false);
  });

  test.each([
    ["2", numberOf(2)],
    ["the prime less 2", nearPrime(0xfd)],
  ])("may be %s", (_, key) => {
    expect(isPublicKey(key)).toBe(true);
  });
});

function leftPadded(number: Uint8Array): Uint8Array {
  return numberOf(...number);
}
