import { ChunkReader, ChunkWriter, MessageTypeId, type OutgoingMessage } from "@rtmp/chunk";
import { ServerHandshake } from "@rtmp/handshake";
import { decodeCommand } from "@rtmp/message";
import {
  hex,
  type PairedTransport,
  ScriptedClient,
  transportPair,
  VirtualClock,
} from "@rtmp/testing";
import { describe, expect, test } from "vitest";

/** A server that shakes hands, keeps what it is told, and says what the test wants. */
class ScriptedServer {
  readonly clock = new VirtualClock(1_111);
  readonly client: ScriptedClient;
  readonly far: PairedTransport;
  readonly got: OutgoingMessage[] = [];
  isEnded = false;
  readonly #writer = new ChunkWriter();

  constructor(shakesHands = true) {
    const [near, far] = transportPair({ clock: this.clock });
    this.far = far;
    const handshake = new ServerHandshake();
    const reader = new ChunkReader();
    const read = (bytes: Uint8Array): void =>
      reader.push(bytes, (message) => this.got.push({ ...message, payload: message.take() }));
    let isOpen = false;
    far.start({
      onBytes: (bytes) => {
        if (!shakesHands) return;
        if (isOpen) return read(bytes);
        const step = handshake.receive(bytes);
        if (step.send !== undefined) far.write(step.send);
        isOpen = step.done;
        if (step.surplus !== undefined) read(step.surplus);
      },
      onDrain: () => {},
      onClose: () => (this.isEnded = true),
    });
    this.client = new ScriptedClient(near, this.clock);
    far.flush();
  }

  /** Sends a message that the client takes in before this returns. */
  send(typeId: number, payload: string, messageStreamId = 0): void {
    this.#writer.write({
      chunkStreamId: 3,
      timestamp: 0,
      typeId,
      messageStreamId,
      payload: hex(payload),
    });
    this.far.write(this.#writer.take());
    this.far.flush();
  }
}

// onStatus, 0, null, {code: "A.B"}
const onStatus =
  "02 00 08 6f 6e 53 74 61 74 75 73 00 00 00 00 00 00 00 00 00 05 03 00 04 63 6f 64 65 02 00 03 41 2e 42 00 00 09";

describe("the handshake", () => {
  test("is done by the client itself, and opened() says when", async () => {
    const { client } = new ScriptedServer();
    await client.opened();
    expect(client.receivedBytes).toBe(1 + 1536 + 1536);
    expect(client.received).toEqual([]);
  });

  test("opened() resolves later, too", async () => {
    const [near, far] = transportPair();
    const client = new ScriptedClient(near);
    const opened = client.opened();
    const handshake = new ServerHandshake();
    far.start({
      onBytes: (bytes) => far.write(handshake.receive(bytes).send ?? new Uint8Array(0)),
      onDrain: () => {},
      onClose: () => {},
    });
    far.flush();
    await expect(opened).resolves.toBeUndefined();
  });

  test("opened() rejects when the connection ends before, and after that", async () => {
    const server = new ScriptedServer(false);
    const opened = server.client.opened();
    server.far.close(0);
    server.far.flush();
    await expect(opened).rejects.toThrow("the connection ended");
    await expect(server.client.opened()).rejects.toThrow("it is closed");
  });
});

describe("what the client sends", () => {
  test("commands count their transaction ids, and connect names app and tcUrl", () => {
    const { client, got, far } = new ScriptedServer();
    expect(client.connect("live")).toBe(1);
    expect(client.command(3, "play", null, "cam", -2000)).toBe(2);
    far.flush();
    expect(got.map(({ payload }) => decodeCommand(payload))).toEqual([
      {
        name: "connect",
        transactionId: 1,
        commandObject: { app: "live", tcUrl: "rtmp://127.0.0.1/live" },
        args: [],
      },
      { name: "play", transactionId: 2, commandObject: null, args: ["cam", -2000] },
    ]);
    expect(got[1]?.messageStreamId).toBe(3);
  });

  test("messages given together leave in one write, cut by the chunk size that was announced", () => {
    const { client, far, got } = new ScriptedServer();
    const payload = new Uint8Array(1_000).fill(0x11);
    const message = { chunkStreamId: 6, timestamp: 5, typeId: 9, messageStreamId: 1, payload };
    client.setChunkSize(64);
    client.send(message, message);
    far.flush();
    expect(got.map(({ typeId }) => typeId)).toEqual([MessageTypeId.SetChunkSize, 9, 9]);
    expect(got[2]?.payload).toEqual(payload);
  });

  test("raw bytes go out as they are", () => {
    const { client, far, got } = new ScriptedServer();
    client.sendRaw(hex("04 00 00 07 00 00 02 08 01 00 00 00 af 01"));
    far.flush();
    expect(got).toMatchObject([{ chunkStreamId: 4, timestamp: 7, messageStreamId: 1 }]);
  });
});

describe("what the client writes down", () => {
  test("is every message with its time, its command and its code", () => {
    const server = new ScriptedServer();
    server.clock.advance(22);
    server.send(MessageTypeId.CommandAmf0, onStatus, 1);
    server.send(MessageTypeId.Audio, "af 01 44", 1);
    server.send(MessageTypeId.DataAmf0, "02 00 01 61", 1);
    const { client } = server;
    expect(client.received[0]).toMatchObject({
      at: 1_133,
      code: "A.B",
      messageStreamId: 1,
      command: { name: "onStatus", transactionId: 0 },
    });
    expect(client.codes).toEqual(["A.B"]);
    expect(client.commands("onStatus").length).toBe(1);
    expect(client.media().map(({ typeId }) => typeId)).toEqual([8]);
    expect(client.media(true).map(({ typeId }) => typeId)).toEqual([8, 18]);
  });

  test("a ping is written down and not answered", () => {
    const server = new ScriptedServer();
    server.send(MessageTypeId.UserControl, "00 06 00 00 00 01");
    expect(server.client.received.length).toBe(1);
    expect(server.got).toEqual([]);
  });

  test("a stalled client reads nothing", () => {
    const server = new ScriptedServer();
    server.client.stall();
    server.send(MessageTypeId.Audio, "af 01 44");
    expect(server.client.received).toEqual([]);
    expect(server.far.queuedBytes).toBeGreaterThan(0);
  });

  test("bytes that are no RTMP end the connection with the reason", async () => {
    const server = new ScriptedServer();
    const waiting = server.client.waitForCode("A.B");
    // A type 3 chunk on a chunk stream that never began.
    server.far.write(hex("ff"));
    server.far.flush();
    await expect(waiting).rejects.toThrow("the connection ended: ");
    expect(server.client.closed).toMatchObject({ code: "RTMP_ERR_MISSING_PREVIOUS_HEADER" });
    expect(server.isEnded).toBe(true);
    expect(server.clock.pending).toBe(0);
  });
});

describe("waitFor", () => {
  test("finds what is there, from an index on", async () => {
    const server = new ScriptedServer();
    server.send(MessageTypeId.CommandAmf0, onStatus);
    const { client } = server;
    expect(await client.waitForCode("A.B")).toBe(client.received[0]);
    const second = client.waitForCode("A.B", { from: 1 });
    server.send(MessageTypeId.CommandAmf0, onStatus);
    expect(await second).toBe(client.received[1]);
    expect(server.clock.pending).toBe(0);
  });

  test("gives up when the time is over, and says what came instead", async () => {
    const server = new ScriptedServer();
    const waiting = server.client.waitForCode("C.D", { timeoutMs: 2_222 });
    server.send(MessageTypeId.CommandAmf0, onStatus);
    server.send(MessageTypeId.Audio, "af 01 44");
    server.clock.advance(2_222);
    await expect(waiting).rejects.toThrow('2222 ms passed; it got ["A.B",8]');
  });

  test("gives up at once when the connection has ended or ends", async () => {
    const server = new ScriptedServer();
    const waiting = server.client.waitFor(() => true);
    server.far.reset(new Error("read ECONNRESET"));
    server.far.flush();
    await expect(waiting).rejects.toThrow("the connection ended: read ECONNRESET");
    await expect(server.client.waitFor(() => true)).rejects.toThrow("it is closed");
    expect(server.client.closed).toEqual(new Error("read ECONNRESET"));
    expect(server.clock.pending).toBe(0);
  });
});

test("close ends the connection in order", () => {
  const server = new ScriptedServer();
  server.client.close();
  server.far.flush();
  server.far.close(0);
  server.far.flush();
  expect(server.client.closed).toBe(true);
  expect(server.isEnded).toBe(true);
});
