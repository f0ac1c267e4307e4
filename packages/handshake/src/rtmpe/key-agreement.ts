/**
 * The key agreement of RTMPE: Diffie-Hellman over the second Oakley group, 1024 bits, generator 2.
 *
 * Numbers are 128 bytes, big-endian, zeros in front.
 *
 * RFC 2409 §6.2
 */

import { type RandomBytes, systemRandomBytes } from "@rtmp/wire";
import { publicKeyBytes } from "../layout.ts";

/** One side's keys, for one connection. */
export interface KeyPair {
  /** 128 bytes. */
  readonly publicKey: Uint8Array;
  /**
   * Computes what both sides know once each has the public key of the other.
   *
   * @param peerKey  128 bytes; the handshake has checked it
   * @returns 128 bytes
   */
  computeSecret(peerKey: Uint8Array): Uint8Array;
}

/** Makes key pairs; each is used for one connection. */
export interface KeyAgreement {
  /** Makes a pair, at once: a handshake waits for nothing but its peer. */
  createKeyPair(): KeyPair;
}

// RFC 2409 §6.2; (prime - 1) / 2 is prime too.
const primeDigits =
  "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74" +
  "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437" +
  "4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
  "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff";
const prime = BigInt(`0x${primeDigits}`);
const generator = 2n;

// Twice the strength that is said of the group, with room to spare; a longer one only costs time.
const exponentBytes = 32;

/** Construction of a {@link PortableKeyAgreement}. */
export interface PortableKeyAgreementOptions {
  /** Source of the private keys. @default systemRandomBytes */
  readonly randomBytes?: RandomBytes;
}

/**
 * The key agreement in plain JavaScript, for every platform.
 *
 * A pair and its secret take one to two milliseconds of the caller's thread. How long exactly depends on the keys, which
 * somebody who measures it may learn from.
 */
export class PortableKeyAgreement implements KeyAgreement {
  readonly #randomBytes: RandomBytes;

  constructor({ randomBytes = systemRandomBytes }: PortableKeyAgreementOptions = {}) {
    this.#randomBytes = randomBytes;
  }

  createKeyPair(): KeyPair {
    const exponent = numberOf(this.#randomBytes(exponentBytes));
    return {
      publicKey: bytesOf(power(generator, exponent)),
      computeSecret: (peerKey) => bytesOf(power(numberOf(peerKey), exponent)),
    };
  }
}

/**
 * Whether a number can be the public key of a peer: above 1 and below the prime less 1.
 *
 * No other number has few powers, since half of the prime less 1 is prime: none makes the secret one of a few.
 *
 * @param key  128 bytes
 */
export function isPublicKey(key: Uint8Array): boolean {
  const number = numberOf(key);
  return key.length === publicKeyBytes && number > 1n && number < prime - 1n;
}

/** Raises to a power modulo the prime. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % prime;
    if (bit === "1") result = (result * base) % prime;
  }
  return result;
}

function numberOf(bytes: Uint8Array): bigint {
  let digits = "0x0";
  for (const byte of bytes) digits += byte.toString(16).padStart(2, "0");
  return BigInt(digits);
}

function bytesOf(number: bigint): Uint8Array {
  const digits = number.toString(16).padStart(2 * publicKeyBytes, "0");
  return Uint8Array.from({ length: publicKeyBytes }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}
