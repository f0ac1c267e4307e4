/**
 * The key agreement of RTMPE by OpenSSL.
 *
 * Node reads and writes the public key as SubjectPublicKeyInfo in DER; RTMPE has its 128 bytes alone:
 *
 *   SEQUENCE
 *     SEQUENCE     dhKeyAgreement, prime, generator      the same in every key
 *     BIT STRING   00, INTEGER                           the shortest one that is not negative
 *
 * RFC 5280 §4.1; PKCS #3
 */

import * as crypto from "node:crypto";
import type { KeyObject } from "node:crypto";

import type { KeyAgreement, KeyPair } from "@rtmp/session";

/** Bytes of a public key and of a secret. */
const keyBytes = 128;

// The second Oakley group under its name in OpenSSL (RFC 2409 §6.2). `getDiffieHellman` would check it for every key,
// which takes up to a tenth of a second.
const group = { group: "modp2" };

const defaultPairsAhead = 32;

declare module "node:crypto" {
  // Missing in the types of Node.
  function generateKeyPairSync(type: "dh", options: typeof group): NodeKeys;
  function generateKeyPair(
    type: "dh",
    options: typeof group,
    callback: (error: Error | null, publicKey: KeyObject, privateKey: KeyObject) => void,
  ): void;
}

/** What both keys of a pair are in Node. */
interface NodeKeys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Construction of a {@link NodeKeyAgreement}. */
export interface NodeKeyAgreementOptions {
  /**
   * Key pairs that are made ahead, in the threads of libuv; 0 makes each when it is asked for.
   *
   * @default 32
   */
  readonly pairsAhead?: number;
}

/**
 * The key agreement of RTMPE by OpenSSL, for servers.
 *
 * A pair takes half a millisecond and so does a secret. Pairs are made ahead, from the first one that is asked for on;
 * where they run out, the next is made at once, in the caller's thread.
 */
export class NodeKeyAgreement implements KeyAgreement {
  readonly #pairsAhead: number;
  readonly #ready: NodeKeys[] = [];
  #making = false;

  constructor({ pairsAhead = defaultPairsAhead }: NodeKeyAgreementOptions = {}) {
    this.#pairsAhead = pairsAhead;
  }

  /** Pairs that were made and wait to be asked for. */
  get pairsReady(): number {
    return this.#ready.length;
  }

  createKeyPair(): KeyPair {
    const keys = this.#ready.pop() ?? crypto.generateKeyPairSync("dh", group);
    this.#refill();
    return new NodeKeyPair(keys);
  }

  /** Makes one pair after the other, so that other work of the threads is never far behind. */
  #refill(): void {
    if (this.#making || this.#ready.length >= this.#pairsAhead) return;
    this.#making = true;
    crypto.generateKeyPair("dh", group, (error, publicKey, privateKey) => {
      this.#making = false;
      // Whoever asks for the next pair is told what is wrong.
      if (error !== null) return;
      this.#ready.push({ publicKey, privateKey });
      this.#refill();
    });
  }
}

class NodeKeyPair implements KeyPair {
  readonly publicKey: Uint8Array;
  readonly #privateKey: KeyObject;

  constructor({ publicKey, privateKey }: NodeKeys) {
    this.publicKey = numberIn(publicKey.export({ type: "spki", format: "der" }));
    this.#privateKey = privateKey;
  }

  computeSecret(peerKey: Uint8Array): Uint8Array {
    const key = crypto.createPublicKey({
      key: publicKeyInfo(peerKey),
      type: "spki",
      format: "der",
    });
    return padded(crypto.diffieHellman({ privateKey: this.#privateKey, publicKey: key }));
  }
}

// Up to the BIT STRING: dhKeyAgreement, the prime, the generator 2.
const algorithm = Buffer.from(
  "30819506092a864886f70d010301308187028181" +
    "00ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74" +
    "020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f1437" +
    "4fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
    "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff" +
    "020102",
  "hex",
);

const sequenceTag = 0x30;
const integerTag = 0x02;
const bitStringTag = 0x03;

/** Wraps the number of a public key. */
function publicKeyInfo(key: Uint8Array): Buffer {
  const start = key.findIndex((byte) => byte !== 0);
  const digits = start === -1 ? Buffer.alloc(1) : key.subarray(start);
  // A first bit that is set would be a sign.
  const sign = (digits[0] ?? 0) > 0x7f ? Buffer.alloc(1) : Buffer.alloc(0);
  const integer = element(integerTag, sign, digits);
  return element(sequenceTag, algorithm, element(bitStringTag, Buffer.alloc(1), integer));
}

function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const long = [0x82, length >> 8, length & 0xff];
  const lengthBytes = length > 0xff ? long : length > 0x7f ? [0x81, length] : [length];
  return Buffer.concat([Buffer.from([tag, ...lengthBytes]), content]);
}

/** Cuts the number out of a public key that Node has made. */
function numberIn(info: Buffer): Uint8Array {
  const { behind: bitString } = cutElement(cutElement(info).content);
  // A BIT STRING begins with how many bits of its last byte do not count.
  const { content: integer } = cutElement(cutElement(bitString).content.subarray(1));
  return padded(integer);
}

function cutElement(bytes: Buffer): { content: Buffer; behind: Buffer } {
  const first = bytes[1] ?? 0;
  const start = first > 0x80 ? 2 + (first & 0x7f) : 2;
  const length = start === 2 ? first : bytes.readUIntBE(2, start - 2);
  const end = start + length;
  return { content: bytes.subarray(start, end), behind: bytes.subarray(end) };
}

/** Brings a number to 128 bytes: zeros in front are added, or taken away. */
function padded(number: Buffer): Uint8Array {
  const bytes = new Uint8Array(keyBytes);
  const digits = number.subarray(Math.max(0, number.length - keyBytes));
  bytes.set(digits, keyBytes - digits.length);
  return bytes;
}
