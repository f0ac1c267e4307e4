/** Whole handshakes with librtmp, byte for byte: the client's side with rtmpsrv, the server's with rtmpdump. */

import { ClientHandshake, DigestScheme, ServerHandshake } from "@rtmp/handshake";
import { everySplit, byteByByte } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { run, sameBytes } from "../run.ts";
import { optionsOf, readSession } from "./sessions.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** The commands that stand in some bytes, in order. */
function commandsIn(clear: Uint8Array): string[] {
  // An AMF0 string, shorter than 256 bytes, at the start of a body: in front of it is a message header.
  const names = /\p{Cc}\p{Cc}\p{Cc}(connect|createStream|play|_result|onStatus)/gu;
  return [...text(clear).matchAll(names)].map(([, name = ""]) => name);
}

describe.each(["rtmpdump", "rtmpdump-short-secret"] as const)("%s plays", (name) => {
  const client = readSession(name, "c2s");
  const server = readSession(name, "s2c");
  const handshake = (): ServerHandshake => new ServerHandshake(optionsOf(name));

  test("S0 is 6, and S1 and S2 are those that librtmp found genuine", () => {
    const step = handshake().receive(client.slice());
    expect(step.send?.[0]).toBe(6);
    expect(sameBytes(step.send, server.subarray(0, 3073))).toBe(true);
  });

  test("what it sends behind C2 can be read, and what it got", () => {
    const { cipher, surplus } = handshake().receive(client.slice());
    expect(commandsIn(cipher!.decrypt(surplus!))).toEqual(["connect", "createStream", "play"]);
    // What is encrypted twice is in the clear.
    const got = cipher!.encrypt(server.subarray(3073));
    expect(commandsIn(got)).toEqual(["_result", "_result", "_result", "onStatus", "onStatus"]);
  });

  test("is answered in the scheme of RTMPE clients", () => {
    const shaken = handshake();
    shaken.receive(client.slice());
    expect([shaken.form, shaken.scheme]).toEqual(["digest", DigestScheme.KeyFirst]);
  });

  test("every split gives the same answer and leaves the same bytes", () => {
    // Once is enough for the powers.
    const pair = optionsOf(name).rtmpe.createKeyPair();
    const secrets = new Map<string, Uint8Array>();
    const computeSecret = (peerKey: Uint8Array): Uint8Array => {
      const known = secrets.get(text(peerKey)) ?? pair.computeSecret(peerKey);
      secrets.set(text(peerKey), known);
      return known;
    };
    const rtmpe = { createKeyPair: () => ({ publicKey: pair.publicKey, computeSecret }) };
    const bytes = client.subarray(0, 3073 + 5);
    const wrong: number[][] = [];
    for (const pieces of [byteByByte(bytes), ...everySplit(bytes)]) {
      const shaken = new ServerHandshake({ ...optionsOf(name), rtmpe });
      const { sent, behind } = run(shaken, pieces);
      const right =
        sent.length === 1 &&
        sameBytes(sent[0], server.subarray(0, 3073)) &&
        sameBytes(behind, bytes.subarray(3073));
      if (!right) wrong.push(pieces.map((piece) => piece.length));
    }
    expect(wrong).toEqual([]);
    expect(secrets.size).toBe(1);
  }, 60_000);
});

function started(): ClientHandshake {
  const handshake = new ClientHandshake({ ...optionsOf("rtmpsrv"), verifyS2: true });
  handshake.start();
  return handshake;
}

describe("our client plays from rtmpsrv", () => {
  const client = readSession("rtmpsrv", "c2s");
  const server = readSession("rtmpsrv", "s2c");
  test("C0 is 6, C1 and C2 are those that librtmp found genuine, in version 8", () => {
    const handshake = new ClientHandshake(optionsOf("rtmpsrv"));
    const opening = handshake.start();
    expect(opening[0]).toBe(6);
    expect(sameBytes(opening, client.subarray(0, 1537))).toBe(true);
    expect(server[0]).toBe(8);
    const step = handshake.receive(server.slice());
    expect(sameBytes(step.send, client.subarray(1537, 3073))).toBe(true);
    expect([step.done, handshake.form]).toEqual([true, "digest"]);
  });

  test("S2 is signed, and sealed", () => {
    expect(started().receive(server.slice()).done).toBe(true);
    const changed = server.slice();
    changed[3072] = (changed[3072] ?? 0) ^ 1;
    expect(() => started().receive(changed)).toThrow("S2 is not signed");
  });

  test("what rtmpsrv sends behind S2 can be read, and what it got", () => {
    const { cipher, surplus } = started().receive(server.slice());
    const read = commandsIn(cipher!.decrypt(surplus!));
    expect(read.slice(0, 3)).toEqual(["_result", "_result", "onStatus"]);
    const got = cipher!.encrypt(client.subarray(3073));
    expect(commandsIn(got)).toEqual(["connect", "createStream", "play"]);
  });

  test("the cipher comes with the last byte of S2, behind C2", () => {
    const handshake = started();
    const first = handshake.receive(server.slice(0, 1537));
    expect([first.send?.length, first.cipher, first.done]).toEqual([1536, undefined, false]);
    expect(handshake.receive(server.slice(1537, 3072)).cipher).toBe(undefined);
    expect(handshake.receive(server.slice(3072, 3073)).cipher).toBeDefined();
  });

  test("a server that asks for a SWF file finds the end of S1 signed", () => {
    const handshake = started();
    handshake.receive(server.slice());
    expect(handshake.swfVerificationKey).toEqual(server.slice(1505, 1537));
  });
});
