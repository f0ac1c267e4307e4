import { MessageTypeId } from "@rtmp/chunk";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { audio, Bench, clientHandshake } from "./bench.ts";

const control = (bench: Bench, typeId: number, payload: string): void =>
  bench.send({ chunkStreamId: 2, timestamp: 0, typeId, messageStreamId: 0, payload: hex(payload) });
const pong = (bench: Bench): void => control(bench, MessageTypeId.UserControl, "00 07 00 00 0d 0f");

const acknowledged = (bench: Bench): string[] =>
  bench.replyLines().filter((line) => line.startsWith("2/0/3"));

const setPeerBandwidth = (bench: Bench, payload: string): string[] => {
  control(bench, MessageTypeId.SetPeerBandwidth, payload);
  return bench.replyLines();
};

describe("RTMP §5.2 handshake", () => {
  test("S0, S1 and S2 leave in one piece once C1 is there, nothing follows C2", () => {
    const bench = new Bench();
    bench.receive(clientHandshake.slice(0, 1536));
    expect(bench.session.outputEmpty).toBe(true);
    bench.receive(clientHandshake.slice(1536, 1537));
    expect(bench.session.takeOutput().map(({ length }) => length)).toEqual([3073]);
    bench.receive(clientHandshake.slice(1537));
    expect(bench.session.takeOutput()).toEqual([]);
  });

  test("what comes in one piece with C2 is read", () => {
    const bench = new Bench();
    const ping = hex("02 000000 000006 04 00000000 0006 00000d0f");
    bench.receive(new Uint8Array([...clientHandshake, ...ping]));
    expect(toHex(bench.output().subarray(3073))).toBe(
      toHex(hex("02 000000 000006 04 00000000 0007 00000d0f")),
    );
  });
});

describe("RTMP §7.1.7 ping", () => {
  test("of the client is answered with its timestamp, also in a message of type 1 on a fresh chunk stream", () => {
    const bench = Bench.connected();
    bench.receive(hex("42 000000 000006 04 0006 00000d0f"));
    expect(bench.replyLines()).toEqual([`2/0/4: ${toHex(hex("0007 00000d0f"))}`]);
  });

  test("is sent after pingAfterMs of silence, with the time, and only once", () => {
    const bench = Bench.withStreams(1, { now: 1111, limits: { pingAfterMs: 2222 } });
    bench.publish();
    bench.replies();
    bench.advance(2221);
    expect(bench.replies()).toEqual([]);
    bench.advance(1);
    expect(bench.replyLines()).toEqual([`2/0/4: ${toHex(hex("0006 00000d05"))}`]);
    bench.advance(20_000);
    expect(bench.replies()).toEqual([]);
  });

  test("to a client that does not publish is sent after pingPlayerAfterMs", () => {
    const limits = { pingAfterMs: 2222, pingPlayerAfterMs: 3333 };
    const bench = Bench.withStreams(1, { now: 1000, limits });
    bench.play();
    bench.replies();
    bench.advance(3332);
    expect(bench.replies()).toEqual([]);
    expect(bench.session.nextDeadline()).toBe(1000 + 3333);
    bench.advance(1);
    expect(bench.replyLines()).toEqual([`2/0/4: ${toHex(hex("0006 000010ed"))}`]);
  });

  test("is put off by every byte that arrives, and sent again in the next silence", () => {
    const bench = Bench.withStreams(1, { limits: { pingAfterMs: 2222 } });
    bench.publish();
    bench.replies();
    bench.advance(2221);
    bench.receive(hex("04"));
    bench.advance(2221);
    expect(bench.replies()).toEqual([]);
    bench.advance(1);
    expect(bench.replies().length).toBe(1);
    bench.receive(hex("00"));
    bench.advance(2222);
    expect(bench.replies().length).toBe(1);
  });

  test("timestamps wrap at 2^32 and drop fractions", () => {
    const bench = Bench.connected({ now: 2 ** 32 + 0x0d0f + 0.5 - 20_000 });
    bench.advance(20_000);
    expect(bench.replyLines()).toEqual([`2/0/4: ${toHex(hex("0006 00000d0f"))}`]);
  });
});

describe("RTMP §5.4.3 acknowledgement", () => {
  test("is sent when half of the peer's window arrived, with the bytes received so far", () => {
    const bench = Bench.connected();
    // Handshake and connect are counted; what exactly that is does not matter here.
    control(bench, MessageTypeId.WindowAcknowledgementSize, "00 00 20 00");
    bench.replies();
    const sent: number[] = [];
    for (let i = 0; i < 12; i++) {
      bench.receive(hex(`05 000000 0003e8 12 00000000 ${"00".repeat(128)}`));
      for (let left = 1000 - 128; left > 0; left -= 128) {
        bench.receive(hex(`c5 ${"00".repeat(Math.min(128, left))}`));
      }
      for (const line of acknowledged(bench)) {
        sent.push(Number.parseInt(line.slice(7).replaceAll(" ", ""), 16));
      }
    }
    // The handshake and connect are above half a window already when the window comes.
    const steps = sent.slice(1).map((value, i) => value - (sent[i] ?? 0));
    expect(sent.length).toBe(3);
    for (const step of steps) {
      expect(step).toBeGreaterThanOrEqual(4096);
      expect(step).toBeLessThan(4096 + 129);
    }
  });

  test("counts every byte of the connection, the handshake included", () => {
    const bench = Bench.opened();
    bench.receive(hex("02 000000 000004 05 00000000 00000008"));
    // 3073 bytes of handshake and 16 of this message.
    expect(bench.replyLines()).toEqual([`2/0/3: ${toHex(hex("00000c11"))}`]);
    bench.receive(hex("02 00 00"));
    expect(bench.replies()).toEqual([]);
    bench.receive(hex("00"));
    expect(bench.replyLines()).toEqual([`2/0/3: ${toHex(hex("00000c15"))}`]);
  });

  test("is due after 1250000 bytes from a peer that announces no window", () => {
    const bench = Bench.withStreams(1);
    bench.publish();
    bench.send({ ...audio(0), payload: new Uint8Array(600_000) });
    expect(acknowledged(bench)).toEqual([]);
    bench.send({ ...audio(0), payload: new Uint8Array(700_000) });
    expect(acknowledged(bench).length).toBe(1);
  });

  test("of the peer makes known what is under way", () => {
    const bench = Bench.connected();
    expect(bench.session.unacknowledgedBytes).toBeUndefined();
    // 3073 of handshake, 16 + 13 + 12 of control, 218 of _result.
    control(bench, MessageTypeId.Acknowledgement, "00 00 0c 01");
    expect(bench.session.unacknowledgedBytes).toBe(16 + 13 + 12 + 218);
    control(bench, MessageTypeId.Acknowledgement, "00 00 0d 04");
    expect(bench.session.unacknowledgedBytes).toBe(0);
    bench.session.countShared(new Uint8Array(1111));
    expect(bench.session.unacknowledgedBytes).toBe(1111);
  });
});

describe("RTMP §5.4.5 Set Peer Bandwidth", () => {
  test("is answered with the window when that changes", () => {
    const bench = Bench.connected();
    expect(setPeerBandwidth(bench, "00 00 04 57 00")).toEqual([`2/0/5: ${toHex(hex("00000457"))}`]);
    expect(setPeerBandwidth(bench, "00 00 04 57 00")).toEqual([]);
  });

  test("with the window that was announced before is not answered", () => {
    const bench = Bench.connected();
    expect(setPeerBandwidth(bench, "00 4c 4b 40 00")).toEqual([]);
  });

  test("soft is answered with the smaller window, which stays in force", () => {
    const bench = Bench.connected();
    setPeerBandwidth(bench, "00 00 04 57 00");
    setPeerBandwidth(bench, "00 00 08 ae 00");
    expect(setPeerBandwidth(bench, "00 00 04 57 01")).toEqual([`2/0/5: ${toHex(hex("00000457"))}`]);
    expect(setPeerBandwidth(bench, "00 00 08 ae 01")).toEqual([]);
  });

  test("soft is answered with the window in force when another was announced since", () => {
    const bench = Bench.opened();
    setPeerBandwidth(bench, "00 00 04 57 00");
    bench.connect();
    bench.replies();
    expect(setPeerBandwidth(bench, "00 00 08 ae 01")).toEqual([`2/0/5: ${toHex(hex("00000457"))}`]);
  });

  test("dynamic counts only after hard; a missing limit type is hard", () => {
    const bench = Bench.connected();
    expect(setPeerBandwidth(bench, "00 00 04 57 02")).toEqual([]);
    expect(setPeerBandwidth(bench, "00 00 04 57")).toEqual([`2/0/5: ${toHex(hex("00000457"))}`]);
    expect(setPeerBandwidth(bench, "00 00 08 ae 02")).toEqual([`2/0/5: ${toHex(hex("000008ae"))}`]);
  });
});

describe("RTMP §5.4 protocol control", () => {
  test("on another chunk stream and message stream counts all the same", () => {
    const bench = Bench.connected();
    bench.receive(hex("06 000000 000006 04 07000000 0006 00000d0f"));
    expect(bench.replyLines()).toEqual([`2/0/4: ${toHex(hex("0007 00000d0f"))}`]);
  });

  test.each([3, 5, 6])("of type %d that is cut ends the connection", (typeId) => {
    for (let length = 0; length < 4; length++) {
      const bench = Bench.connected();
      bench.sendPayload(typeId, new Uint8Array(length));
      expect(bench.lastError).toBe("RTMP_ERR_PROTOCOL_CONTROL_TRUNCATED");
    }
  });

  test("Set Chunk Size and Abort take effect and are told to nobody", () => {
    const bench = Bench.withStreams(1);
    bench.publish();
    // Chunk size 2; one message of 3 bytes begun and aborted, another one of 2 bytes.
    bench.receive(hex("02 000000 000004 01 00000000 00000002"));
    bench.receive(hex("04 000000 000003 08 01000000 af01"));
    bench.receive(hex("02 000000 000004 02 00000000 0000 c2 0004"));
    bench.receive(hex("04 000000 000002 08 01000000 af02"));
    expect(bench.media.map(({ payload }) => toHex(payload))).toEqual(["af 02"]);
    expect(bench.problems).toEqual([]);
  });

  test("Set Chunk Size 0 ends the connection", () => {
    const bench = Bench.connected();
    bench.receive(hex("02 000000 000004 01 00000000 00000000"));
    expect(bench.lastError).toBe("RTMP_ERR_INVALID_CHUNK_SIZE");
  });
});

describe("RTMP §6.2 user control", () => {
  test.each(["00 00 00 00 00 01", "00 03 00 00 00 01 00 00 0b b8", "00 1f", "00 63 01"])(
    "%s is taken without a word",
    (payload) => {
      const bench = Bench.connected();
      control(bench, MessageTypeId.UserControl, payload);
      expect(bench.replies()).toEqual([]);
      expect(bench.problems).toEqual([]);
    },
  );

  test("a ping that is answered makes known that the peer answers pings", () => {
    const bench = Bench.withStreams(1);
    bench.publish();
    const before = bench.session.nextDeadline();
    expect(before).toBe(bench.now + 5_000);
    pong(bench);
    bench.advance(5_000);
    expect(bench.session.nextDeadline()).toBe(bench.now + 5_000);
  });
});

describe("output", () => {
  test("is announced when the first of it waits, and again after it was taken", () => {
    const bench = Bench.connected();
    const before = bench.outputs;
    bench.command(0, "_checkbw", 2);
    bench.command(0, "_checkbw", 3);
    expect(bench.outputs).toBe(before + 1);
    expect(bench.session.outputEmpty).toBe(false);
    bench.output();
    expect(bench.session.outputEmpty).toBe(true);
    bench.command(0, "_checkbw", 4);
    expect(bench.outputs).toBe(before + 2);
  });

  test("of the replies to one piece is one piece", () => {
    const bench = Bench.connected();
    bench.command(0, "FCPublish", 2, null, "cam");
    bench.command(0, "createStream", 3);
    expect(bench.session.takeOutput().length).toBe(1);
  });
});
