/** What both sides do where RTMPE is refused, asked for by half, or answered wrongly. */

import {
  ClientHandshake,
  DigestScheme,
  HandshakeError,
  type KeyAgreement,
  type KeyPair,
  PortableKeyAgreement,
  ServerHandshake,
} from "@rtmp/handshake";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { findDigest, playerKeys, serverKeys, signFirst } from "../../src/digest.ts";
import { publicKeyOffset } from "../../src/layout.ts";
import { readCapture } from "../captures.ts";
import { readSession, seeded } from "./sessions.ts";

const rtmpe = new PortableKeyAgreement({ randomBytes: seeded(1111) });
const opening = readSession("rtmpdump", "c2s").subarray(0, 3073);
const answer = readSession("rtmpsrv", "s2c").subarray(0, 3073);

const codeOf = (act: () => unknown): string => {
  try {
    act();
    return "none";
  } catch (error) {
    if (error instanceof HandshakeError) return error.code;
    throw error;
  }
};

/** C0 and C1 with this version and public key, signed. */
function openingWith(
  version: number,
  key: Uint8Array,
  scheme: DigestScheme = DigestScheme.KeyFirst,
): Uint8Array {
  const bytes = opening.slice();
  bytes[0] = version;
  const c1 = bytes.subarray(1, 1537);
  c1.set(key, publicKeyOffset(c1, scheme));
  signFirst(c1, scheme, playerKeys);
  return bytes;
}

/** S0, S1 and S2 with this version and public key, signed. */
function answerWith(version: number, key: Uint8Array): Uint8Array {
  const bytes = answer.slice();
  bytes[0] = version;
  const s1 = bytes.subarray(1, 1537);
  s1.set(key, publicKeyOffset(s1, DigestScheme.KeyFirst));
  signFirst(s1, DigestScheme.KeyFirst, serverKeys);
  return bytes;
}

const two = new Uint8Array(128).fill(2, 127);
const one = new Uint8Array(128).fill(1, 127);

describe("a server", () => {
  test.each([
    [6, 6],
    [8, 8],
    // Version 9 seals with another cipher.
    [9, 6],
  ])("answers %i with %i, encrypted", (asked, answered) => {
    const step = new ServerHandshake({ rtmpe }).receive(openingWith(asked, two));
    expect(step.send?.[0]).toBe(answered);
    expect(step.cipher).toBeDefined();
  });

  test("does not ask which program the client is", () => {
    const client = openingWith(6, two);
    client.fill(0, 5, 9);
    signFirst(client.subarray(1, 1537), DigestScheme.KeyFirst, playerKeys);
    expect(new ServerHandshake({ rtmpe }).receive(client).cipher).toBeDefined();
  });

  test.each([0, 3, 4, 7, 10, 31])("answers %i with 3, in the clear", (asked) => {
    const step = new ServerHandshake({ rtmpe }).receive(openingWith(asked, two));
    expect(step.send?.[0]).toBe(3);
    expect([step.done, step.cipher]).toEqual([true, undefined]);
  });

  test.each([6, 8, 9])("without keys answers %i with 3", (asked) => {
    const step = new ServerHandshake().receive(openingWith(asked, two));
    expect([step.send?.[0], step.cipher]).toEqual([3, undefined]);
  });

  test.each([6, 8, 9])("that refuses does so on a first byte of %i, and lets 3 in", (asked) => {
    const handshake = new ServerHandshake({ rtmpe: "refuse" });
    expect(codeOf(() => handshake.receive(Uint8Array.of(asked)))).toBe("RTMP_ERR_RTMPE_REFUSED");
    expect(handshake.state).toBe("failed");
    const plain = new ServerHandshake({ rtmpe: "refuse" });
    expect(plain.receive(readCapture("ffmpeg5-publish-h264-aac", "c2s")).done).toBe(true);
  });

  test.each(Object.values(DigestScheme))("puts its key where scheme %i has it", (scheme) => {
    const key = new Uint8Array(128).fill(0x77);
    const handshake = new ServerHandshake({ rtmpe: fixed(key, two) });
    const { send } = handshake.receive(openingWith(6, two, scheme));
    expect(handshake.scheme).toBe(scheme);
    const s1 = send!.subarray(1, 1537);
    const offset = publicKeyOffset(s1, scheme);
    expect(s1.slice(offset, offset + 128)).toEqual(key);
    expect(findDigest(s1, serverKeys)?.scheme).toBe(scheme);
  });

  test.each([
    ["0", new Uint8Array(128)],
    ["1", one],
    ["above the prime", new Uint8Array(128).fill(0xff)],
  ])("ends a handshake whose public key is %s", (_, key) => {
    const handshake = new ServerHandshake({ rtmpe });
    expect(codeOf(() => handshake.receive(openingWith(6, key)))).toBe("RTMP_ERR_RTMPE_KEY");
    expect(handshake.state).toBe("failed");
  });

  test("ends a handshake that asks for RTMPE without a digest", () => {
    for (const name of ["obs-publish-h264-aac", "ffmpeg5-publish-h264-aac"] as const) {
      const client = readCapture(name, "c2s");
      client[0] = 6;
      // The digest is in the first half.
      client.fill(0, 13, 700);
      expect(codeOf(() => new ServerHandshake({ rtmpe }).receive(client))).toBe(
        "RTMP_ERR_RTMPE_KEY",
      );
    }
  });
});

function started(agreement: KeyAgreement = rtmpe): ClientHandshake {
  const handshake = new ClientHandshake({ rtmpe: agreement });
  handshake.start();
  return handshake;
}

describe("a client", () => {
  test.each([6, 8])("takes %i for an answer", (version) => {
    expect(started().receive(answerWith(version, two)).cipher).toBeDefined();
  });

  test("does not ask which program the server is", () => {
    const server = answerWith(6, two);
    server.fill(0, 5, 9);
    signFirst(server.subarray(1, 1537), DigestScheme.KeyFirst, serverKeys);
    expect(started().receive(server).cipher).toBeDefined();
  });

  test("is refused by 3, whatever comes behind it", () => {
    const handshake = started();
    expect(codeOf(() => handshake.receive(hex("03")))).toBe("RTMP_ERR_RTMPE_REFUSED");
    expect(handshake.state).toBe("failed");
  });

  test.each([0, 5, 7, 9, 0x15, 0x48])("takes no other version: %i", (version) => {
    expect(codeOf(() => started().receive(Uint8Array.of(version)))).toBe(
      "RTMP_ERR_HANDSHAKE_VERSION",
    );
  });

  test("without RTMPE takes no 6", () => {
    const plain = new ClientHandshake();
    plain.start();
    expect(codeOf(() => plain.receive(hex("06")))).toBe("RTMP_ERR_HANDSHAKE_VERSION");
  });

  test("ends a handshake whose S1 is not signed", () => {
    const changed = answer.slice();
    changed[800] = (changed[800] ?? 0) ^ 1;
    const handshake = started();
    expect(codeOf(() => handshake.receive(changed))).toBe("RTMP_ERR_RTMPE_KEY");
    expect(handshake.state).toBe("failed");
  });

  test("ends a handshake whose public key is none", () => {
    expect(codeOf(() => started().receive(answerWith(6, one)))).toBe("RTMP_ERR_RTMPE_KEY");
  });

  test("ends a handshake whose secret begins with a zero byte", () => {
    const short = new Uint8Array(128).fill(0x11, 1);
    const code = codeOf(() => started(fixed(two, short)).receive(answerWith(6, two)));
    expect(code).toBe("RTMP_ERR_RTMPE_SECRET");
    const long = new Uint8Array(128).fill(0x11);
    expect(started(fixed(two, long)).receive(answerWith(6, two)).done).toBe(true);
  });

  test("and a server of this package agree, in the end on the same bytes", () => {
    for (const version of [6, 8]) {
      const client = new ClientHandshake({ rtmpe, verifyS2: true });
      const server = new ServerHandshake({ rtmpe });
      const first = client.start();
      // The digest does not cover C0.
      first[0] = version;
      const reply = server.receive(first).send!;
      const { send: c2, cipher: ofClient } = client.receive(reply);
      const { cipher: ofServer } = server.receive(c2!);
      const clear = hex("11 22 33");
      expect(ofServer!.decrypt(ofClient!.encrypt(clear))).toEqual(clear);
      expect(ofClient!.decrypt(ofServer!.encrypt(clear))).toEqual(clear);
    }
  });
});

/** Keys that are no keys: a public one, and a secret whatever the peer's. */
function fixed(publicKey: Uint8Array, secret: Uint8Array): KeyAgreement {
  const pair: KeyPair = { publicKey, computeSecret: () => secret };
  return { createKeyPair: () => pair };
}
