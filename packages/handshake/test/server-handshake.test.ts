import { DigestScheme, HandshakeError, ServerHandshake } from "@rtmp/handshake";
import { byteByByte, everySplit, hex, randomSplit, seededBytes, seededRandom } from "@rtmp/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { captureNames, digestCaptures, readCapture, simpleCaptures } from "./captures.ts";
import { digestOf, signedFirst, signedSecond } from "./node-digest.ts";
import { run, runOrError, sameBytes } from "./run.ts";
import { checksum, digestVectors, s2Fill, unsignedC1, unsignedS1, withDigest } from "./vectors.ts";

const fill = seededBytes(seededRandom(2222), 1528);
const options = { now: 1111, randomBytes: (length: number) => fill.slice(0, length) };

/** S0 S1 S2 in answer to this C0 C1, in its form. */
function answerTo(client: Uint8Array): Uint8Array {
  return client[5] === 0 ? simpleAnswerTo(client) : digestAnswerTo(client);
}

function digestAnswerTo(client: Uint8Array): Uint8Array {
  const s1 = Uint8Array.from([...hex("00 00 04 57 04 05 00 01"), ...fill]);
  const s2 = signedSecond(fill.subarray(0, 1504), digestOf(client.subarray(1, 1537)), "server");
  return Uint8Array.from([...hex("03"), ...signedFirst(s1, "server"), ...s2]);
}

/** The bytes of RTMP §5.2 put side by side. */
function simpleAnswerTo(client: Uint8Array): Uint8Array {
  return Uint8Array.from([
    ...hex("03"),
    ...hex("00 00 04 57 00 00 00 00"),
    ...fill,
    ...client.subarray(1, 5),
    ...hex("00 00 04 57"),
    ...client.subarray(9, 1537),
  ]);
}

/** C0 and this C1. */
function asFirstPart(c1: Uint8Array): Uint8Array {
  return Uint8Array.of(3, ...c1);
}

describe("RTMP §5.2.1 handshake sequence, server", () => {
  test.each(captureNames)("%s: the answer comes in one piece with the last byte of C1", (name) => {
    const client = readCapture(name, "c2s");
    const result = run(new ServerHandshake(options), byteByByte(client));
    expect(result.sentAfter).toEqual([1537]);
    expect(result.sent[0]).toHaveLength(3073);
    expect(result.sent[0]).toEqual(answerTo(client));
    expect(sameBytes(result.behind, client.subarray(3073))).toBe(true);
  });

  test.each(captureNames)("%s: every split gives the same answer and surplus", (name) => {
    const client = readCapture(name, "c2s");
    const answer = answerTo(client);
    const wrong: number[][] = [];
    for (const pieces of everySplit(client)) {
      const { sent, behind } = run(new ServerHandshake(options), pieces);
      const right =
        sent.length === 1 && sameBytes(sent[0], answer) && sameBytes(behind, client.subarray(3073));
      if (!right) wrong.push(pieces.map((piece) => piece.length));
    }
    expect(wrong).toEqual([]);
  });

  test("C0, C1, C2 and connect in one segment are done in one step", () => {
    const client = readCapture("rtmpdump-play-h264-aac-nginx", "c2s");
    const step = new ServerHandshake(options).receive(client);
    expect(step.done).toBe(true);
    expect(step.send).toEqual(answerTo(client));
    expect(step.surplus).toEqual(client.subarray(3073));
    // A view, no copy.
    expect(step.surplus?.buffer).toBe(client.buffer);
  });

  test("many small pieces give the same as one", () => {
    const client = readCapture("gstreamer-publish-h264-aac", "c2s");
    const random = seededRandom(3333);
    for (let i = 0; i < 50; i++) {
      const { sent, behind } = run(new ServerHandshake(options), randomSplit(client, random, 700));
      expect(sameBytes(sent[0], answerTo(client))).toBe(true);
      expect(sameBytes(behind, client.subarray(3073))).toBe(true);
    }
  });

  test("the states follow the blocks, and no bytes change nothing", () => {
    const client = readCapture("obs-publish-h264-aac", "c2s");
    const handshake = new ServerHandshake(options);
    const nothing = { send: undefined, done: false, surplus: undefined };
    expect(handshake.state).toBe("c1");
    expect(handshake.receive(new Uint8Array())).toEqual(nothing);
    expect(handshake.receive(client.subarray(0, 1536))).toEqual(nothing);
    expect(handshake.state).toBe("c1");
    expect(handshake.receive(client.subarray(1536, 1537)).send).toHaveLength(3073);
    expect(handshake.state).toBe("c2");
    expect(handshake.receive(client.subarray(1537, 3072))).toEqual(nothing);
    expect(handshake.done).toBe(false);
    expect(handshake.receive(client.subarray(3072, 3073))).toEqual({ ...nothing, done: true });
    expect(handshake.state).toBe("done");
  });

  test("a C2 that echoes nothing is taken", () => {
    const client = new Uint8Array(3073).fill(0xcc);
    client[0] = 3;
    expect(new ServerHandshake(options).receive(client).done).toBe(true);
  });

  test("a transport may use its buffer again", () => {
    const client = readCapture("obs-publish-h264-aac", "c2s");
    const handshake = new ServerHandshake(options);
    const buffer = client.slice(0, 1000);
    handshake.receive(buffer);
    buffer.fill(0);
    expect(handshake.receive(client.slice(1000, 1537)).send).toEqual(answerTo(client));
  });

  test("without options the fill is random and the time 0", () => {
    const client = readCapture("obs-publish-h264-aac", "c2s");
    const one = new ServerHandshake().receive(client).send;
    const other = new ServerHandshake().receive(client).send;
    expect(one?.subarray(0, 9)).toEqual(hex("03 00 00 00 00 00 00 00 00"));
    expect(one?.subarray(9, 1537)).not.toEqual(other?.subarray(9, 1537));
    expect(one?.subarray(1537)).toEqual(other?.subarray(1537));
  });
});

describe("digest form", () => {
  test.each(digestVectors)("scheme $scheme is answered in scheme $scheme", (vector) => {
    const fills = [unsignedS1().subarray(8), s2Fill()];
    const handshake = new ServerHandshake({
      now: 0xabcd,
      randomBytes: () => fills.shift() ?? new Uint8Array(),
    });
    const { send } = handshake.receive(asFirstPart(withDigest(unsignedC1(), vector.c1)));
    expect([handshake.form, handshake.scheme]).toEqual(["digest", vector.scheme]);
    expect(send?.[0]).toBe(3);
    expect(checksum(send?.subarray(1, 1537) ?? new Uint8Array())).toBe(vector.s1.checksum);
    expect(checksum(send?.subarray(1537) ?? new Uint8Array())).toBe(vector.s2.checksum);
  });

  test.each(digestCaptures)("%s is in the digest form, whatever its C2", (name) => {
    const handshake = new ServerHandshake(options);
    expect([handshake.form, handshake.scheme]).toEqual([undefined, undefined]);
    const client = readCapture(name, "c2s");
    client.fill(0x55, 1537, 3073);
    expect(handshake.receive(client).done).toBe(true);
    expect([handshake.form, handshake.scheme]).toEqual(["digest", DigestScheme.DigestFirst]);
  });

  test.each(simpleCaptures)("%s is in the simple form", (name) => {
    const handshake = new ServerHandshake(options);
    handshake.receive(readCapture(name, "c2s"));
    expect([handshake.form, handshake.scheme]).toEqual(["simple", undefined]);
  });

  test("a C1 that names a program but has no valid digest is answered in the simple form", () => {
    const client = readCapture("ffmpeg5-play-h264-aac-nginx", "c2s");
    const last = 1536;
    client[last] = (client[last] ?? 0) ^ 1;
    const handshake = new ServerHandshake(options);
    expect(handshake.receive(client).send).toEqual(simpleAnswerTo(client));
    expect([handshake.form, handshake.scheme]).toEqual(["simple", undefined]);
  });

  test("a C1 that names no program is answered in the simple form, even with a valid digest", () => {
    const c1 = unsignedC1();
    c1.fill(0, 4, 8);
    const handshake = new ServerHandshake(options);
    const client = asFirstPart(signedFirst(c1, "player"));
    expect(handshake.receive(client).send).toEqual(simpleAnswerTo(client));
    expect(handshake.form).toBe("simple");
  });

  test.each([4, 5, 6, 7])("byte %i alone makes a version of a program", (at) => {
    const c1 = unsignedC1();
    c1.fill(0, 4, 8);
    c1[at] = 1;
    const handshake = new ServerHandshake(options);
    handshake.receive(asFirstPart(signedFirst(c1, "player")));
    expect(handshake.form).toBe("digest");
  });

  test("without options S1 and S2 are random, and the time is 0", () => {
    const client = readCapture("ffmpeg5-play-h264-aac-nginx", "c2s");
    const one = new ServerHandshake().receive(client).send;
    const other = new ServerHandshake().receive(client).send;
    expect(one?.subarray(0, 9)).toEqual(hex("03 00 00 00 00 04 05 00 01"));
    expect(one?.subarray(9, 1537)).not.toEqual(other?.subarray(9, 1537));
    expect(one?.subarray(1537, 3041)).not.toEqual(other?.subarray(1537, 3041));
  });
});

describe("RTMP §5.2.2 version", () => {
  test.each([0, 2, 4, 6, 8, 9, 31])("a client that asks for %i is told 3", (version) => {
    const client = readCapture("obs-publish-h264-aac", "c2s");
    client[0] = version;
    const step = new ServerHandshake(options).receive(client);
    expect(step.send?.[0]).toBe(3);
    expect(step.done).toBe(true);
  });

  test.each([
    { name: "HTTP", bytes: "47 45 54 20 2f", looks: "HTTP request" },
    { name: "TLS", bytes: "16 03 01 02 00", looks: "TLS ClientHello" },
    { name: "garbage", bytes: "ff d8 ff e0", looks: "another protocol" },
  ])("$name is refused on its first byte, in any split", ({ bytes, looks }) => {
    for (const first of [hex(bytes), hex(bytes).subarray(0, 1)]) {
      const handshake = new ServerHandshake(options);
      handshake.receive(new Uint8Array());
      expect(() => handshake.receive(first)).toThrow(HandshakeError);
      expect(handshake.state).toBe("failed");
      expect(() => new ServerHandshake().receive(first)).toThrow(looks);
    }
  });

  test("only the first byte of all is the version", () => {
    const handshake = new ServerHandshake(options);
    handshake.receive(hex("03"));
    expect(handshake.receive(hex("47")).done).toBe(false);
  });
});

describe("anything at all", () => {
  test("changed handshakes in any pieces are done, or refused by their first byte", () => {
    const property = fc.property(
      fc.constantFrom(...captureNames),
      fc.array(fc.tuple(fc.nat(3272), fc.nat(255)), { maxLength: 8 }),
      fc.integer(),
      (name, changes, seed) => {
        const client = readCapture(name, "c2s");
        for (const [at, byte] of changes) client[at] = byte;
        const handshake = new ServerHandshake(options);
        const pieces = randomSplit(client, seededRandom(seed), 2000);
        const outcome = runOrError(handshake, pieces);
        if (outcome instanceof HandshakeError) {
          return handshake.state === "failed" && client[0] !== 3;
        }
        const [answer] = outcome.sent;
        // A version that makes players look for a digest goes out only with one.
        const isHonest = (answer?.[5] !== 0) === (handshake.form === "digest");
        return handshake.done && isHonest && sameBytes(outcome.behind, client.subarray(3073));
      },
    );
    expect(() => fc.assert(property, { numRuns: 300 })).not.toThrow();
  });
});

describe("mistakes of the caller", () => {
  test("receive after the end throws, whether done or failed", () => {
    const done = new ServerHandshake();
    done.receive(readCapture("obs-publish-h264-aac", "c2s"));
    expect(() => done.receive(hex("02"))).toThrow(TypeError);

    const failed = new ServerHandshake();
    expect(() => failed.receive(hex("47"))).toThrow(HandshakeError);
    expect(() => failed.receive(hex("03"))).toThrow(TypeError);
  });
});
