import { createHmac } from "node:crypto";
import { hex, seededRandom, randomSplit, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import {
  connectionCipher,
  type ConnectionCipher,
  hasTwoForms,
  serverCipher,
} from "../../src/rtmpe/connection-cipher.ts";
import { Rc4 } from "../../src/rtmpe/rc4.ts";
import { seeded } from "./sessions.ts";

const random = seeded(1111);
const ownKey = random(128);
const peerKey = random(128);
const longSecret = random(128).fill(0x80, 0, 1);
/** A number of 125 bytes, with its zeros in front. */
const shortSecret = random(128).fill(0, 0, 3).fill(0x11, 3, 4);
/** The same number, with its zeros behind. */
const numberFirst = Uint8Array.from([...shortSecret.subarray(3), 0, 0, 0]);

const connect = hex("03 000000 000004 14 00000000 02000763");
const connectAmf3 = hex("03 000000 000004 11 00000000 00020007");
const chunkSizeFirst = hex("02 000000 000004 01 00000000 00001000");

/** What the peer sends, by the formula: the secret is a key, and the receiver's public key what is signed. */
function fromPeer(secret: Uint8Array, clear: Uint8Array): Uint8Array {
  return streamOf(secret, ownKey).apply(clear.slice());
}

function streamOf(secret: Uint8Array, receiversKey: Uint8Array): Rc4 {
  const key = createHmac("sha256", secret).update(receiversKey).digest().subarray(0, 16);
  const stream = new Rc4(key);
  stream.apply(new Uint8Array(1536));
  return stream;
}

function decryptAll(cipher: ConnectionCipher, pieces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [...cipher.decrypt(piece.slice())]));
}

describe("the cipher of a connection", () => {
  const secrets = { secret: longSecret, ownKey, peerKey };

  test("sends with the key of the peer's public key, behind 1536 bytes", () => {
    const sent = connectionCipher(secrets).encrypt(connect);
    expect(toHex(sent)).toBe(toHex(streamOf(longSecret, peerKey).apply(connect.slice())));
  });

  test("receives with the key of its own public key", () => {
    const received = connectionCipher(secrets).decrypt(fromPeer(longSecret, connect));
    expect(toHex(received)).toBe(toHex(connect));
  });

  test("leaves alone what it sends, which may belong to others, and changes what it receives", () => {
    const cipher = connectionCipher(secrets);
    const before = connect.slice();
    expect(cipher.encrypt(connect)).not.toEqual(before);
    expect(connect).toEqual(before);
    const received = fromPeer(longSecret, connect);
    expect(cipher.decrypt(received)).toBe(received);
  });

  test("goes on from piece to piece, each direction for itself", () => {
    const cipher = connectionCipher(secrets);
    const first = cipher.encrypt(connect);
    cipher.decrypt(fromPeer(longSecret, connect));
    const both = Uint8Array.from([...first, ...cipher.encrypt(connect)]);
    const clear = Uint8Array.from([...connect, ...connect]);
    expect(both).toEqual(streamOf(longSecret, peerKey).apply(clear));
  });
});

describe("a secret of two forms", () => {
  test("is one that begins with a zero byte", () => {
    expect(hasTwoForms(shortSecret)).toBe(true);
    expect(hasTwoForms(longSecret)).toBe(false);
    expect(hasTwoForms(numberFirst)).toBe(false);
  });

  const secrets = { secret: shortSecret, ownKey, peerKey };
  test.each([
    { form: "zeros first", used: shortSecret, says: connect },
    { form: "zeros first", used: shortSecret, says: chunkSizeFirst },
    { form: "the number first", used: numberFirst, says: connect },
    { form: "the number first", used: numberFirst, says: chunkSizeFirst },
    { form: "the number first", used: numberFirst, says: connectAmf3 },
  ])("$form is told by the client's first chunk, in any split", ({ used, says }) => {
    const clear = Uint8Array.from([...says, ...random(100)]);
    const shuffle = seededRandom(2222);
    for (let i = 0; i < 200; i++) {
      const cipher = serverCipher(secrets);
      const pieces = randomSplit(fromPeer(used, clear), shuffle, 12);
      expect(decryptAll(cipher, pieces)).toEqual(clear);
      expect(cipher.encrypt(connect)).toEqual(streamOf(used, peerKey).apply(connect.slice()));
    }
  });

  test("gives nothing before eight bytes are there, then all of them", () => {
    const cipher = serverCipher(secrets);
    const received = fromPeer(numberFirst, connect);
    for (let i = 0; i < 7; i++) expect(cipher.decrypt(received.slice(i, i + 1))).toHaveLength(0);
    expect(cipher.decrypt(received.slice(7, 8))).toEqual(connect.slice(0, 8));
    expect(cipher.decrypt(received.slice(8))).toEqual(connect.slice(8));
  });

  test("is the one with the zeros first when neither looks like a first chunk", () => {
    const cipher = serverCipher(secrets);
    const clear = new Uint8Array(16).fill(0xff);
    expect(cipher.decrypt(fromPeer(shortSecret, clear))).toEqual(clear);
  });

  test.each([
    ["a message of 65536 bytes or more", "03 000000 010000 14"],
    ["a chunk without a message header", "c3 000000 000004 14"],
    ["a chunk stream that is reserved", "00 000000 000004 14"],
    ["another type", "03 000000 000004 09"],
  ])("is not told by %s", (_, first) => {
    const clear = Uint8Array.from([...hex(first), ...new Uint8Array(8)]);
    expect(serverCipher(secrets).decrypt(fromPeer(numberFirst, clear))).not.toEqual(clear);
  });
});
