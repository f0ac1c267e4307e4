/**
 * What encrypts a connection behind the handshake of RTMPE: one RC4 stream in each direction.
 *
 *   key   the first 16 bytes of HMAC-SHA256(secret, public key of who receives)
 *
 * The first 1536 bytes of both streams are passed over.
 *
 * A secret that begins with a zero byte is a number of less than 128 bytes. librtmp and FFmpeg put such a number in front
 * of the zeros that fill it up where they were built with OpenSSL, and behind them otherwise: one secret in 256 has two
 * forms.
 */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { Rc4 } from "./rc4.ts";

/** Encrypts what is sent on a connection and decrypts what arrives; each has its own state, which runs on. */
export interface ConnectionCipher {
  /** Encrypts the next bytes to be sent, into an array of their own. */
  encrypt(bytes: Uint8Array): Uint8Array;
  /**
   * Decrypts the next received bytes, which it may change.
   *
   * @returns the bytes in the clear: as a rule `bytes` itself. It may keep the first ones for a while, and returns less
   *   then, and more later.
   */
  decrypt(bytes: Uint8Array): Uint8Array;
}

/** What both ciphers of a connection are made of. */
export interface CipherSecrets {
  /** What both sides have agreed on: 128 bytes. */
  readonly secret: Uint8Array;
  /** 128 bytes. */
  readonly ownKey: Uint8Array;
  /** 128 bytes. */
  readonly peerKey: Uint8Array;
}

/** Bytes of RC4 keys. */
const keyBytes = 16;
/** As many as the blocks of the handshake have. */
const discardedBytes = 1536;
/** Bytes of the first chunk that tell whether they are in the clear. */
const tellingBytes = 8;

/** Makes the cipher of a connection whose secret has one form. */
export function connectionCipher(secrets: CipherSecrets): ConnectionCipher {
  return new Rc4Pair(secrets);
}

/**
 * Makes the cipher of a server's connection.
 *
 * Where the secret has two forms, the client's first chunk tells which one it uses; until then nothing is decrypted.
 */
export function serverCipher(secrets: CipherSecrets): ConnectionCipher {
  const { secret } = secrets;
  if (!hasTwoForms(secret)) return new Rc4Pair(secrets);
  return new UndecidedPair(
    new Rc4Pair(secrets),
    new Rc4Pair({ ...secrets, secret: numberFirst(secret) }),
  );
}

/** Whether a secret is a number of less than 128 bytes, which not everybody writes down alike. */
export function hasTwoForms([first]: Uint8Array): boolean {
  return first === 0;
}

function numberFirst(secret: Uint8Array): Uint8Array {
  const moved = new Uint8Array(secret.length);
  moved.set(secret.subarray(secret.findIndex((byte) => byte !== 0)));
  return moved;
}

class Rc4Pair implements ConnectionCipher {
  readonly #sent: Rc4;
  readonly #received: Rc4;

  constructor({ secret, ownKey, peerKey }: CipherSecrets) {
    this.#sent = streamFor(secret, peerKey);
    this.#received = streamFor(secret, ownKey);
  }

  encrypt(bytes: Uint8Array): Uint8Array {
    return this.#sent.apply(bytes, new Uint8Array(bytes.length));
  }

  decrypt(bytes: Uint8Array): Uint8Array {
    return this.#received.apply(bytes);
  }

  /** Decrypts a copy of the first bytes that arrive. */
  decryptCopy(bytes: Uint8Array): Uint8Array {
    return this.#received.apply(bytes, new Uint8Array(bytes.length));
  }
}

function streamFor(secret: Uint8Array, receiversKey: Uint8Array): Rc4 {
  const stream = new Rc4(hmac(sha256, secret, receiversKey).subarray(0, keyBytes));
  stream.discard(discardedBytes);
  return stream;
}

/** Two pairs, until the first chunk of the peer tells which one it uses. */
class UndecidedPair implements ConnectionCipher {
  #pair: Rc4Pair;
  #other: Rc4Pair | undefined;
  #kept = new Uint8Array();

  constructor(first: Rc4Pair, second: Rc4Pair) {
    this.#pair = first;
    this.#other = second;
  }

  encrypt(bytes: Uint8Array): Uint8Array {
    return this.#pair.encrypt(bytes);
  }

  decrypt(bytes: Uint8Array): Uint8Array {
    if (this.#other === undefined) return this.#pair.decrypt(bytes);

    const arrived = new Uint8Array(this.#kept.length + bytes.length);
    arrived.set(this.#kept);
    arrived.set(bytes, this.#kept.length);
    this.#kept = arrived;
    return arrived.length < tellingBytes ? new Uint8Array() : this.#decide(this.#other, arrived);
  }

  #decide(other: Rc4Pair, arrived: Uint8Array): Uint8Array {
    const clear = this.#pair.decryptCopy(arrived);
    const otherClear = other.decrypt(arrived);
    this.#other = undefined;
    this.#kept = new Uint8Array();
    if (!beginsConnect(otherClear)) return clear;
    this.#pair = other;
    return otherClear;
  }
}

/** Whether bytes look like the first chunk of a client: connect, or Set Chunk Size in front of it. */
function beginsConnect([basicHeader = 0, , , , lengthHigh, , , typeId]: Uint8Array): boolean {
  const chunkStreamId = basicHeader & 0x3f;
  // A type 0 or type 1 chunk on a chunk stream of one byte; the message is shorter than 65536 bytes.
  const isStart = basicHeader >> 6 <= 1 && chunkStreamId >= 2;
  return isStart && lengthHigh === 0 && (typeId === 1 || typeId === 20 || typeId === 17);
}
