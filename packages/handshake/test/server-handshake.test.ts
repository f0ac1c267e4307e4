import { HandshakeError, ServerHandshake } from "@rtmp/handshake";
import { byteByByte, everySplit, hex, randomSplit, seededBytes, seededRandom } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { captureNames, readCapture } from "./fixtures.ts";
import { run, sameBytes } from "./run.ts";

const fill = seededBytes(seededRandom(2222), 1528);
const options = { now: 1111, randomBytes: (length: number) => fill.slice(0, length) };

/** S0 S1 S2 in answer to this C0 C1: the bytes of RTMP §5.2 put side by side. */
function answerTo(client: Uint8Array): Uint8Array {
  return Uint8Array.from([
    ...hex("03"),
    ...hex("00 00 04 57 00 00 00 00"),
    ...fill,
    ...client.subarray(1, 5),
    ...hex("00 00 04 57"),
    ...client.subarray(9, 1537),
  ]);
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
    { name: "garbage", bytes: "ff d8 ff e0", looks: "not RTMP" },
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
