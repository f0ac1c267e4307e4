import type { Transport } from "@rtmp/session";
import { VirtualClock } from "@rtmp/testing";
import type { WebSocketAcceptorOptions } from "@rtmp/transport-node";
import { describe, expect, test } from "vitest";

import { Recorder } from "../recorder.ts";
import { openStage, RawClient } from "./stage.ts";

// Clients mask what they send (RFC 6455 §5.3); this mask changes nothing.
const mask = "00000000";
const pause = (milliseconds = 20) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

interface Connected {
  readonly client: RawClient;
  readonly transport: Transport;
  readonly recorder: Recorder;
}

async function connected(options: WebSocketAcceptorOptions = {}): Promise<Connected> {
  const stage = await openStage(options);
  const client = await RawClient.upgraded(stage.port);
  const { transport } = await stage.taken();
  const recorder = new Recorder();
  transport.start(recorder);
  return { client, transport, recorder };
}

/** Writes to a peer that does not read until bytes stay queued. */
function writeUntilQueued({ client, transport }: Connected): number {
  client.socket.pause();
  let written = 0;
  while (transport.queuedBytes < 3_000_000) {
    transport.write(new Uint8Array(500_000));
    written += 500_000;
  }
  return written;
}

describe("bytes from the peer", () => {
  test("are the payloads of binary messages, wherever those begin and end", async () => {
    const { client, recorder } = await connected();
    // Masked as in RFC 6455 §5.7, then in two fragments with a ping between them, then a message of no bytes.
    client.send("82 85 37fa213d 7f9f4d5158");
    client.send(`02 81 ${mask} 01  89 80 ${mask}  80 82 ${mask} 02 03`);
    client.send(`82 80 ${mask}  82 81 ${mask} 04`);
    await recorder.until(() => recorder.length === 9);
    const bytes = Buffer.concat(recorder.pieces).toString("hex");
    expect(bytes).toBe(`${Buffer.from("Hello").toString("hex")}01020304`);
    expect(recorder.pieces.map(({ length }) => length)).toEqual([5, 3, 1]);
    expect(recorder.pieces.every(({ constructor }) => constructor === Uint8Array)).toBe(true);
  });

  test("in frames that come byte by byte are the same", async () => {
    const { client, recorder } = await connected();
    for (const byte of "82 83 01020304 10 20 30".replaceAll(" ", "").match(/../g) ?? []) {
      client.send(byte);
      await pause(1);
    }
    await recorder.until(() => recorder.length === 3);
    expect(recorder.pieces).toEqual([Uint8Array.of(0x11, 0x22, 0x33)]);
  });

  test("do not come while paused, also those of the same read, and come in order after it", async () => {
    const { client, transport, recorder } = await connected();
    const onBytes = recorder.onBytes.bind(recorder);
    recorder.onBytes = (bytes) => {
      if (recorder.length < 2) transport.pause();
      onBytes(bytes);
    };
    client.send(`82 81 ${mask} 01  82 81 ${mask} 02  82 81 ${mask} 03`);
    await recorder.until(() => recorder.length === 1);
    await pause();
    expect(recorder.length).toBe(1);

    transport.resume();
    expect(recorder.length).toBe(1);
    await recorder.until(() => recorder.length === 2);
    await pause();
    expect(recorder.length).toBe(2);

    transport.resume();
    await recorder.until(() => recorder.length === 3);
    expect(Buffer.concat(recorder.pieces).toString("hex")).toBe("010203");
    client.send(`82 81 ${mask} 04`);
    await recorder.until(() => recorder.length === 4);
  });

  test.each(["of a pause", "before the start"])("the peer feels the pressure %s", async (when) => {
    const stage = await openStage();
    const client = await RawClient.upgraded(stage.port);
    const { transport } = await stage.taken();
    const recorder = new Recorder();
    if (when === "of a pause") {
      transport.start(recorder);
      transport.pause();
    }
    // Messages of 1 MiB, of which not one may be read before the owner reads on.
    const message = Buffer.concat([
      Buffer.from("82ff000000000010000000000000", "hex"),
      Buffer.alloc(0x10_0000),
    ]);
    for (let count = 0; count < 12; count++) client.socket.write(message);
    await pause(100);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    expect(recorder.pieces).toEqual([]);
    if (when === "of a pause") transport.resume();
    else transport.start(recorder);
    await recorder.until(() => recorder.length === 12 * 0x10_0000);
  });

  test("a transport that was paused before it started stays paused", async () => {
    const stage = await openStage();
    const client = await RawClient.upgraded(stage.port);
    const { transport } = await stage.taken();
    const recorder = new Recorder();
    transport.pause();
    transport.start(recorder);
    client.send(`82 81 ${mask} 01`);
    await pause();
    expect(recorder.pieces).toEqual([]);
    transport.resume();
    await recorder.until(() => recorder.length === 1);
  });

  test("a second start is a mistake of the caller", async () => {
    const { transport } = await connected();
    expect(() => transport.start(new Recorder())).toThrow(TypeError);
  });
});

describe("bytes to the peer", () => {
  test("a write is one message, writeAll is one, and nothing is none", async () => {
    const { client, transport } = await connected();
    transport.write(Uint8Array.of(0x11));
    transport.writeAll([Uint8Array.of(0x22, 0x33), new Uint8Array(0), Uint8Array.of(0x44)]);
    transport.write(new Uint8Array(0));
    transport.writeAll([]);
    transport.write(Uint8Array.of(0x55));
    expect(await client.takeHex(11)).toBe("82 01 11 82 03 22 33 44 82 01 55");
  });

  test("a write of more than 1 MiB is several messages", async () => {
    const { client, transport } = await connected();
    transport.write(new Uint8Array(0x10_0002));
    expect(await client.takeHex(10)).toBe("82 7f 00 00 00 00 00 10 00 00");
    await client.takeHex(0x10_0000);
    expect(await client.takeHex(4)).toBe("82 02 00 00");
  });

  test("what the kernel takes at once is never queued and drains nothing", async () => {
    const { client, transport, recorder } = await connected();
    transport.write(Uint8Array.of(1));
    expect(transport.queuedBytes).toBe(0);
    await client.takeHex(3);
    await pause();
    expect(recorder.drains).toBe(0);
  });

  test("what a slow peer leaves behind is counted, and drains once when it reads", async () => {
    const connection = await connected();
    const { client, transport, recorder } = connection;
    writeUntilQueued(connection);
    expect(transport.queuedBytes).toBeGreaterThanOrEqual(3_000_000);
    expect(recorder.drains).toBe(0);
    client.socket.resume();
    await recorder.until(() => recorder.drains > 0);
    expect(transport.queuedBytes).toBe(0);
    await pause();
    expect(recorder.drains).toBe(1);
  });
});

describe("RFC 6455 §5.5 control frames", () => {
  test("a ping is answered with its data, and is no message", async () => {
    const { client, recorder } = await connected();
    client.send(`89 82 ${mask} 11 22`);
    expect(await client.takeHex(4)).toBe("8a 02 11 22");
    expect(recorder.pieces).toEqual([]);
  });

  test("a peer that pings and never reads is cut", async () => {
    const connection = await connected();
    writeUntilQueued(connection);
    for (let count = 0; count < 61; count++) connection.client.send(`89 80 ${mask}`);
    await connection.recorder.closed();
    expect(connection.recorder.causes[0]).toMatchObject({ code: "RTMP_ERR_WEBSOCKET_LOST" });
  });

  test.each([
    ["without a code", `88 80 ${mask}`, "88 00"],
    ["1000", `88 82 ${mask} 03e8`, "88 02 03 e8"],
    ["1001", `88 82 ${mask} 03e9`, "88 02 03 e9"],
  ])("a Close frame %s is answered and ends in order", async (_, close, answer) => {
    const { client, recorder } = await connected();
    client.send(close);
    expect(await client.takeRest()).toBe(answer);
    client.socket.end();
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
  });

  test("a Close frame with a code of trouble is a cause", async () => {
    const { client, recorder } = await connected();
    client.send(`88 84 ${mask} 03f3 6f68`);
    client.socket.end();
    await recorder.closed();
    expect(recorder.causes[0]).toMatchObject({
      code: "RTMP_ERR_WEBSOCKET_LOST",
      fault: "closed",
      message: "the WebSocket was closed with 1011: oh",
    });
  });

  test("replies to what came before a Close frame leave before the answer to it", async () => {
    const stage = await openStage();
    const client = await RawClient.upgraded(stage.port);
    const { transport } = await stage.taken();
    transport.start({
      onBytes: () => transport.write(Uint8Array.of(0x66)),
      onDrain: () => {},
      onClose: () => {},
    });
    client.send(`82 81 ${mask} 01  88 82 ${mask} 03e8`);
    expect(await client.takeRest()).toBe("82 01 66 88 02 03 e8");
  });

  test("what came before a Close frame is delivered when the owner reads on, and then the end", async () => {
    const { client, transport, recorder } = await connected();
    const onBytes = recorder.onBytes.bind(recorder);
    recorder.onBytes = (bytes) => {
      transport.pause();
      onBytes(bytes);
    };
    client.send(`82 81 ${mask} 01  82 81 ${mask} 02  88 82 ${mask} 03e8`);
    client.socket.end();
    await recorder.until(() => recorder.length === 1);
    await client.takeRest();
    await pause();
    expect(recorder.causes).toEqual([]);
    transport.resume();
    await recorder.until(() => recorder.length === 2);
    transport.resume();
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
  });
});

describe("a peer at fault", () => {
  test("a text message is closed with 1003", async () => {
    const { client, recorder } = await connected();
    client.send(`81 82 ${mask} 6f6b  82 81 ${mask} 01`);
    expect(await client.takeHex(4)).toBe("88 02 03 eb");
    client.socket.destroy();
    await recorder.closed();
    expect(recorder.causes[0]).toMatchObject({
      code: "RTMP_ERR_WEBSOCKET_TEXT",
      fault: "malformed",
    });
    expect(recorder.pieces).toEqual([]);
  });

  // Else the library cuts it after 5 s.
  const soon = { timeout: 4_000 };
  test("a text message ends the connection also while its owner does not read", soon, async () => {
    const { client, transport, recorder } = await connected({ clock: new VirtualClock() });
    recorder.onBytes = () => transport.pause();
    client.send(`82 81 ${mask} 01  81 81 ${mask} 41`);
    expect(await client.takeHex(4)).toBe("88 02 03 eb");
    client.send(`88 82 ${mask} 03eb`);
    client.socket.end();
    await recorder.closed();
    expect(recorder.causes[0]).toMatchObject({ code: "RTMP_ERR_WEBSOCKET_TEXT" });
  });

  test.each([
    ["a frame without a mask", "82 01 01", "88 02 03 ea"],
    ["a reserved bit", `c2 81 ${mask} 01`, "88 02 03 ea"],
    ["an unknown opcode", `83 81 ${mask} 01`, "88 02 03 ea"],
    ["a ping of 126 bytes", `89 fe 007e ${mask}`, "88 02 03 ea"],
    ["a continuation of nothing", `80 81 ${mask} 01`, "88 02 03 ea"],
  ])("%s is closed with 1002", async (_, frame, answer) => {
    const { client, recorder } = await connected();
    client.send(frame);
    client.socket.end();
    expect(await client.takeRest()).toBe(answer);
    await recorder.closed();
    expect(recorder.causes[0]).toMatchObject({
      code: "RTMP_ERR_WEBSOCKET_MALFORMED",
      fault: "malformed",
    });
  });

  test("maxWebSocketMessageBytes: a longer message is closed with 1009 before its bytes come", async () => {
    const { client, recorder } = await connected({ limits: { maxWebSocketMessageBytes: 4 } });
    client.send(`82 84 ${mask} 01020304`);
    await recorder.until(() => recorder.length === 4);
    client.send(`82 85 ${mask}`);
    expect(await client.takeHex(4)).toBe("88 02 03 f1");
    client.socket.end();
    await recorder.closed();
    expect(recorder.causes[0]).toMatchObject({
      code: "RTMP_ERR_WEBSOCKET_TOO_LONG",
      fault: "limit",
    });
  });

  test("maxWebSocketMessageBytes counts all fragments of a message", async () => {
    const { client } = await connected({ limits: { maxWebSocketMessageBytes: 4 } });
    client.send(`02 83 ${mask} 010203  80 82 ${mask} 0405`);
    expect(await client.takeHex(4)).toBe("88 02 03 f1");
  });

  test("one that does not close in turn is cut after a second", async () => {
    const clock = new VirtualClock();
    const { client, recorder } = await connected({ clock });
    client.send(`81 81 ${mask} 41`);
    await client.takeHex(4);
    clock.advance(999);
    await pause();
    expect(recorder.causes).toEqual([]);
    clock.advance(1);
    await recorder.closed();
    expect(clock.pending).toBe(0);
  });
});

describe("a connection that ends without a Close frame", () => {
  test.each(["end", "resetAndDestroy"] as const)("by %s has a cause", async (how) => {
    const { client, transport, recorder } = await connected();
    client.socket[how]();
    await recorder.closed();
    await pause();
    expect(recorder.causes).toHaveLength(1);
    expect(recorder.causes[0]).toMatchObject({ code: "RTMP_ERR_WEBSOCKET_LOST" });
    transport.write(Uint8Array.of(1));
    transport.writeAll([Uint8Array.of(1)]);
    transport.close(1_000);
    transport.close(0);
    await pause();
    expect(recorder.causes).toHaveLength(1);
  });

  test.each([
    ["", () => {}],
    [", also to who has paused", (transport: Transport) => transport.pause()],
  ])("before the start is reported after it%s", async (_, prepare) => {
    const stage = await openStage();
    const client = await RawClient.upgraded(stage.port);
    const { transport } = await stage.taken();
    prepare(transport);
    transport.close(0);
    await client.takeRest();
    await pause();
    const recorder = new Recorder();
    transport.start(recorder);
    expect(recorder.causes).toEqual([]);
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
  });
});

describe("close", () => {
  test("sends what is queued, then 1000, and waits for the peer", async () => {
    const clock = new VirtualClock();
    const connection = await connected({ clock });
    const { client, transport, recorder } = connection;
    const written = writeUntilQueued(connection);
    transport.close(1_111);
    transport.write(Uint8Array.of(1));
    expect(recorder.causes).toEqual([]);
    client.socket.resume();
    // Each message has a header of 10 bytes.
    await client.takeHex(written + (written / 500_000) * 10);
    expect(await client.takeHex(4)).toBe("88 02 03 e8");
    client.send(`88 82 ${mask} 03e8`);
    client.socket.end();
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
    expect(clock.pending).toBe(0);
  });

  test("cuts a peer that never answers when the time is over", async () => {
    const clock = new VirtualClock();
    const { client, transport, recorder } = await connected({ clock });
    transport.close(2_000);
    transport.close(1_111);
    transport.close(3_000);
    await client.takeHex(4);
    clock.advance(1_110);
    await pause();
    expect(recorder.causes).toEqual([]);
    clock.advance(1);
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
  });

  test("reads and drops what still arrives, also while paused", async () => {
    const { client, transport, recorder } = await connected();
    transport.pause();
    transport.close(5_000);
    client.send(`82 81 ${mask} 01  88 82 ${mask} 03e8`);
    client.socket.end();
    await recorder.closed();
    expect(recorder.pieces).toEqual([]);
    expect(recorder.causes).toEqual([undefined]);
  });

  test("zero says 1011 and cuts at once; the report comes after the call", async () => {
    const { client, transport, recorder } = await connected();
    transport.close(0);
    expect(recorder.causes).toEqual([]);
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
    expect(await client.takeRest()).toBe("88 02 03 f3");
  });

  test("is not followed by a cause", async () => {
    const { client, transport, recorder } = await connected();
    transport.close(2_000);
    client.socket.resetAndDestroy();
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
  });
});
