import { ClientHandshake, HandshakeError, ServerHandshake } from "@rtmp/handshake";
import { byteByByte, everySplit, hex, seededBytes, seededRandom } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { captureNames, readCapture } from "./fixtures.ts";
import { run, sameBytes } from "./run.ts";

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
