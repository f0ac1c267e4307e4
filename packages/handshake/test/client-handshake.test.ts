import {
  ClientHandshake,
  type ClientHandshakeOptions,
  DigestScheme,
  HandshakeError,
  ServerHandshake,
} from "@rtmp/handshake";
import { byteByByte, everySplit, hex, randomSplit, seededBytes, seededRandom } from "@rtmp/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { captureNames, digestCaptures, readCapture, simpleCaptures } from "./captures.ts";
import { digestOf, signedFirst } from "./node-digest.ts";
import { run, runOrError, sameBytes } from "./run.ts";
import { c2Fill, checksum, digestVectors, unsignedS1, withDigest } from "./vectors.ts";

const fill = seededBytes(seededRandom(4444), 1528);
const options = { now: 2222, randomBytes: (length: number) => fill.slice(0, length) };

function started(): ClientHandshake {
  const handshake = new ClientHandshake(options);
  handshake.start();
  return handshake;
}

/** C2 in answer to this S0 S1: the bytes of RTMP §5.2.4 put side by side. */
function answerTo(server: Uint8Array): Uint8Array {
  return Uint8Array.from([
    ...server.subarray(1, 5),
    ...hex("00 00 08 ae"),
    ...server.subarray(9, 1537),
  ]);
}

describe("RTMP §5.2.1 handshake sequence, client", () => {
  test("C0 and C1 are 1537 bytes: version 3, own time, zeros, fill", () => {
    const handshake = new ClientHandshake(options);
    expect(handshake.state).toBe("start");
    expect(handshake.start()).toEqual(
      Uint8Array.from([...hex("03 00 00 08 ae 00 00 00 00"), ...fill]),
    );
    expect(handshake.state).toBe("s1");
  });

  test.each(captureNames)("%s: C2 goes out with the last byte of S1, before S2", (name) => {
    const server = readCapture(name, "s2c");
    const result = run(started(), byteByByte(server));
    expect(result.sentAfter).toEqual([1537]);
    expect(result.sent).toEqual([answerTo(server)]);
    expect(sameBytes(result.behind, server.subarray(3073))).toBe(true);
  });

  test.each(captureNames)("%s: every split gives the same C2 and surplus", (name) => {
    const server = readCapture(name, "s2c");
    const answer = answerTo(server);
    const wrong: number[][] = [];
    for (const pieces of everySplit(server)) {
      const { sent, behind } = run(started(), pieces);
      const right =
        sent.length === 1 && sameBytes(sent[0], answer) && sameBytes(behind, server.subarray(3073));
      if (!right) wrong.push(pieces.map((piece) => piece.length));
    }
    expect(wrong).toEqual([]);
  });

  test("S0, S1, S2 and the first messages in one segment are done in one step", () => {
    const server = readCapture("nginx-push-h264-aac", "s2c");
    const step = started().receive(server);
    expect(step).toEqual({ send: answerTo(server), done: true, surplus: server.subarray(3073) });
    expect(step.surplus?.buffer).toBe(server.buffer);
  });

  test("the states follow the blocks", () => {
    const server = readCapture("obs-publish-h264-aac", "s2c");
    const handshake = started();
    expect(handshake.receive(server.subarray(0, 1537)).send).toHaveLength(1536);
    expect(handshake.state).toBe("s2");
    expect(handshake.receive(server.subarray(1537, 3072)).done).toBe(false);
    expect(handshake.receive(server.subarray(3072, 3073))).toEqual({
      send: undefined,
      done: true,
      surplus: undefined,
    });
    expect([handshake.state, handshake.done]).toEqual(["done", true]);
  });

  test("the last 32 bytes of S1 are a key as soon as S1 is there", () => {
    const server = readCapture("obs-publish-h264-aac", "s2c");
    const last = server.slice(1505, 1537);
    const handshake = started();
    expect(handshake.swfVerificationKey).toBeUndefined();
    handshake.receive(server.slice(0, 1536));
    expect(handshake.swfVerificationKey).toBeUndefined();
    handshake.receive(server.slice(1536, 1600));
    expect(handshake.swfVerificationKey).toEqual(last);
    handshake.swfVerificationKey?.fill(0xee);
    handshake.receive(server.slice(1600, 3073));
    expect(handshake.swfVerificationKey).toEqual(last);
  });

  test("an S2 that echoes nothing is taken", () => {
    const server = new Uint8Array(3073).fill(0xdd);
    server[0] = 3;
    expect(started().receive(server).done).toBe(true);
  });

  test("a client and a server of this package complete each other", () => {
    const client = new ClientHandshake({ now: 5555 });
    const server = new ServerHandshake({ now: 6666 });
    const opening = client.start();
    const answer = server.receive(opening).send ?? new Uint8Array();
    expect(answer.subarray(1545)).toEqual(opening.subarray(9));
    const echo = client.receive(answer);
    expect(echo.done).toBe(true);
    expect(echo.send?.subarray(8)).toEqual(answer.subarray(9, 1537));
    expect(server.receive(echo.send ?? new Uint8Array()).done).toBe(true);
  });

  test("without options the fill is random and the time 0", () => {
    const one = new ClientHandshake().start();
    const other = new ClientHandshake().start();
    expect(one.subarray(0, 9)).toEqual(hex("03 00 00 00 00 00 00 00 00"));
    expect(one.subarray(9)).not.toEqual(other.subarray(9));
  });
});

/** A client that has said what a captured FFmpeg said, and has the fill of its C2 ready. */
function asFfmpeg(
  name: (typeof captureNames)[number],
  extra: ClientHandshakeOptions = {},
): { handshake: ClientHandshake; opening: Uint8Array } {
  const client = readCapture(name, "c2s");
  const fills = [client.subarray(9, 1537), client.subarray(1537, 3041)];
  const handshake = new ClientHandshake({
    form: "digest",
    now: new DataView(client.buffer).getUint32(1),
    randomBytes: () => fills.shift() ?? new Uint8Array(),
    ...extra,
  });
  return { handshake, opening: handshake.start() };
}

/** Feeds an S1 to a client that asks for the digest form; with S2 behind it, of zeros. */
function afterS1(s1: Uint8Array): { handshake: ClientHandshake; c2: Uint8Array | undefined } {
  const handshake = new ClientHandshake({ ...options, form: "digest", verifyS2: true });
  handshake.start();
  const c2 = handshake.receive(Uint8Array.of(3, ...s1, ...new Uint8Array(1536))).send;
  return { handshake, c2 };
}

describe("digest form", () => {
  const ffmpegCaptures = digestCaptures.filter((name) => name.startsWith("ffmpeg"));

  test.each(ffmpegCaptures)("%s: C0 and C1 are FFmpeg's, byte by byte", (name) => {
    expect(asFfmpeg(name).opening).toEqual(readCapture(name, "c2s").subarray(0, 1537));
  });

  test("C2 is the one that FFmpeg as a player sent to nginx-rtmp, at every split", () => {
    const name = "ffmpeg5-play-h264-aac-nginx";
    const server = readCapture(name, "s2c");
    const c2 = readCapture(name, "c2s").subarray(1537, 3073);
    const wrong: number[][] = [];
    for (const pieces of everySplit(server)) {
      const { handshake } = asFfmpeg(name, { verifyS2: true });
      const { sent, sentAfter, behind } = run(handshake, pieces);
      const right =
        sent.length === 1 &&
        sameBytes(sent[0], c2) &&
        (sentAfter[0] ?? 0) >= 1537 &&
        sameBytes(behind, server.subarray(3073));
      if (!right) wrong.push(pieces.map((piece) => piece.length));
    }
    expect(wrong).toEqual([]);
  });

  test.each(digestVectors)("an S1 in scheme $scheme is answered by a signed C2", (vector) => {
    const fills = [fill, c2Fill()];
    const handshake = new ClientHandshake({
      form: "digest",
      randomBytes: () => fills.shift() ?? new Uint8Array(),
    });
    handshake.start();
    expect([handshake.form, handshake.scheme]).toEqual([undefined, undefined]);
    const { send } = handshake.receive(Uint8Array.of(3, ...withDigest(unsignedS1(), vector.s1)));
    expect([handshake.form, handshake.scheme]).toEqual(["digest", vector.scheme]);
    expect(checksum(send ?? new Uint8Array())).toBe(vector.c2.checksum);
  });

  test.each(ffmpegCaptures)("%s: S1 and S2 of the server verify", (name) => {
    const { handshake } = asFfmpeg(name, { verifyS2: true });
    expect(handshake.receive(readCapture(name, "s2c")).done).toBe(true);
    expect([handshake.form, handshake.scheme]).toEqual(["digest", DigestScheme.DigestFirst]);
  });

  test.each([0, 1503, 1504, 1535])(
    "an S2 with a bit of byte %i changed is refused if asked",
    (at) => {
      const name = "ffmpeg5-play-h264-aac-nginx";
      const server = readCapture(name, "s2c");
      server[1537 + at] = (server[1537 + at] ?? 0) ^ 0x10;
      expect(asFfmpeg(name).handshake.receive(server).done).toBe(true);

      for (const pieces of [[server], byteByByte(server)]) {
        const { handshake } = asFfmpeg(name, { verifyS2: true });
        expect(() => run(handshake, pieces)).toThrow(
          expect.objectContaining({
            name: "HandshakeError",
            code: "RTMP_ERR_HANDSHAKE_SIGNATURE",
            offset: 3041,
          }),
        );
        expect([handshake.state, handshake.done]).toEqual(["failed", false]);
        expect(() => handshake.receive(hex("02"))).toThrow(TypeError);
      }
    },
  );

  test("an S2 that is signed for another C1 is refused if asked", () => {
    const handshake = new ClientHandshake({ ...options, form: "digest", verifyS2: true });
    handshake.start();
    const server = readCapture("ffmpeg5-play-h264-aac-nginx", "s2c");
    expect(() => handshake.receive(server)).toThrow(HandshakeError);
  });

  test("the sender's buffer is free to be used again after start", () => {
    const name = "ffmpeg5-play-h264-aac-nginx";
    const { handshake, opening } = asFfmpeg(name, { verifyS2: true });
    opening.fill(0);
    expect(handshake.receive(readCapture(name, "s2c")).done).toBe(true);
  });

  test("an S1 with major version 0 leads to the simple form, even with a valid digest", () => {
    const s1 = unsignedS1();
    s1[4] = 0;
    const { handshake, c2 } = afterS1(signedFirst(s1, "server"));
    expect([handshake.state, handshake.form, handshake.scheme]).toEqual([
      "done",
      "simple",
      undefined,
    ]);
    expect(c2).toEqual(answerTo(Uint8Array.of(3, ...s1)));
  });

  test("an S1 with major version 1 and a valid digest leads to the digest form", () => {
    const s1 = unsignedS1();
    s1[4] = 1;
    const handshake = new ClientHandshake({ ...options, form: "digest" });
    handshake.start();
    handshake.receive(Uint8Array.of(3, ...signedFirst(s1, "server")));
    expect(handshake.form).toBe("digest");
  });

  test("an S1 without a valid digest leads to the simple form, whatever its version", () => {
    const s1 = signedFirst(unsignedS1(), "server");
    digestOf(s1)[31] = (digestOf(s1)[31] ?? 0) ^ 0x80;
    const { handshake, c2 } = afterS1(s1);
    expect([handshake.state, handshake.form]).toEqual(["done", "simple"]);
    expect(c2).toEqual(answerTo(Uint8Array.of(3, ...s1)));
  });

  test("a server that sends back C1 as S1 is in the simple form", () => {
    const handshake = new ClientHandshake({ ...options, form: "digest", verifyS2: true });
    const opening = handshake.start();
    const step = handshake.receive(Uint8Array.of(...opening, ...opening.subarray(1)));
    expect(step.done).toBe(true);
    expect(handshake.form).toBe("simple");
    expect(step.send).toEqual(answerTo(opening));
  });

  test.each(simpleCaptures)("%s: a server of the simple form is put up with", (name) => {
    const server = readCapture(name, "s2c");
    const handshake = new ClientHandshake({ ...options, form: "digest", verifyS2: true });
    handshake.start();
    expect(handshake.receive(server)).toMatchObject({ send: answerTo(server), done: true });
    expect(handshake.form).toBe("simple");
  });

  test("a client that does not ask for it stays in the simple form", () => {
    const handshake = started();
    handshake.receive(readCapture("ffmpeg5-play-h264-aac-nginx", "s2c"));
    expect([handshake.form, handshake.scheme]).toEqual(["simple", undefined]);
    const unasked = new ClientHandshake({ ...options, form: "simple", verifyS2: true });
    expect(unasked.start()[5]).toBe(0);
    expect(unasked.receive(readCapture("ffmpeg5-play-h264-aac-nginx", "s2c")).done).toBe(true);
  });

  test("a client and a server of this package sign for each other", () => {
    const client = new ClientHandshake({ form: "digest", verifyS2: true });
    const server = new ServerHandshake();
    const opening = client.start();
    expect(opening.subarray(0, 9)).toEqual(hex("03 00 00 00 00 09 00 7c 02"));
    const echo = client.receive(server.receive(opening).send ?? new Uint8Array());
    expect(echo.done).toBe(true);
    expect(server.receive(echo.send ?? new Uint8Array()).done).toBe(true);
    expect([client.form, server.form]).toEqual(["digest", "digest"]);
    expect([client.scheme, server.scheme]).toEqual([0, 0]);
  });
});

describe("RTMP §5.2.2 version", () => {
  test.each([
    { name: "an HTTP response", bytes: "48 54 54 50", looks: "HTTP response" },
    { name: "a TLS alert", bytes: "15 03 03", looks: "TLS record" },
    { name: "RTMPE without being asked", bytes: "06 00", looks: "version not asked for" },
  ])("$name is refused on its first byte", ({ bytes, looks }) => {
    for (const first of [hex(bytes), hex(bytes).subarray(0, 1)]) {
      const handshake = started();
      expect(() => handshake.receive(first)).toThrow(HandshakeError);
      expect(handshake.state).toBe("failed");
      expect(() => started().receive(first)).toThrow(looks);
    }
  });

  test("only the first byte of all is the version", () => {
    const handshake = started();
    handshake.receive(hex("03"));
    expect(handshake.receive(hex("48")).done).toBe(false);
  });
});

describe("anything at all", () => {
  test("changed answers in any pieces are done or end in a HandshakeError", () => {
    const property = fc.property(
      fc.constantFrom(...captureNames),
      fc.array(fc.tuple(fc.nat(3272), fc.nat(255)), { maxLength: 8 }),
      fc.constantFrom("simple" as const, "digest" as const),
      fc.integer(),
      (name, changes, form, seed) => {
        const server = readCapture(name, "s2c");
        for (const [at, byte] of changes) server[at] = byte;
        const handshake = new ClientHandshake({ ...options, form, verifyS2: true });
        handshake.start();
        const pieces = randomSplit(server, seededRandom(seed), 2000);
        const outcome = runOrError(handshake, pieces);
        if (outcome instanceof HandshakeError) {
          // No captured S2 is signed for this client's C1.
          const isOwed = server[0] !== 3 || handshake.form === "digest";
          return handshake.state === "failed" && isOwed;
        }
        const isWhole = outcome.sent.length === 1 && outcome.sent[0]?.length === 1536;
        return handshake.done && isWhole && sameBytes(outcome.behind, server.subarray(3073));
      },
    );
    expect(() => fc.assert(property, { numRuns: 300 })).not.toThrow();
  });
});

describe("mistakes of the caller", () => {
  test("receive before start and start twice throw", () => {
    const handshake = new ClientHandshake();
    expect(() => handshake.receive(hex("03"))).toThrow(TypeError);
    handshake.start();
    expect(() => handshake.start()).toThrow(TypeError);
    expect(handshake.receive(hex("03")).done).toBe(false);
  });

  test("receive after the end throws, whether done or failed", () => {
    const done = started();
    done.receive(readCapture("obs-publish-h264-aac", "s2c"));
    expect(() => done.receive(hex("02"))).toThrow(TypeError);

    const failed = started();
    expect(() => failed.receive(hex("48"))).toThrow(HandshakeError);
    expect(() => failed.receive(hex("03"))).toThrow(TypeError);
  });
});
