import { VirtualClock } from "@rtmp/testing";
import { WebSocketTransport, type WebTransportLimits } from "@rtmp/transport-web";
import { describe, expect, test } from "vitest";

import { FakeWebSocket } from "./fake-web-socket.ts";
import { Recorder, turn } from "./recorder.ts";

function make(limits: Partial<WebTransportLimits> = {}) {
  const clock = new VirtualClock(1_000);
  const webSocket = new FakeWebSocket();
  const transport = new WebSocketTransport(webSocket, { remote: "192.0.2.1:80", limits, clock });
  const recorder = new Recorder();
  return { clock, webSocket, transport, recorder };
}

function started(limits: Partial<WebTransportLimits> = {}) {
  const made = make(limits);
  made.transport.start(made.recorder);
  return made;
}

test("it knows the server and asks for whole buffers", () => {
  const { transport, webSocket } = make();
  expect(transport.remote).toBe("192.0.2.1:80");
  expect(transport.reusesBuffers).toBe(false);
  expect(webSocket.binaryType).toBe("arraybuffer");
});

describe("bytes from the server", () => {
  test("are the payloads of binary messages; those of no bytes are none", () => {
    const { webSocket, recorder } = started();
    webSocket.message(0x11, 0x22);
    webSocket.message();
    webSocket.message(0x33);
    expect(recorder.pieces).toEqual([Uint8Array.of(0x11, 0x22), Uint8Array.of(0x33)]);
  });

  test("that came before the start are delivered after it", async () => {
    const { webSocket, transport, recorder } = make();
    webSocket.message(0x11);
    webSocket.message(0x22);
    transport.start(recorder);
    expect(recorder.bytes).toEqual([]);
    await turn();
    webSocket.message(0x33);
    expect(recorder.bytes).toEqual([0x11, 0x22, 0x33]);
  });

  test("wait while paused and come in order when it reads on, until it pauses again", async () => {
    const { webSocket, transport, recorder } = started();
    transport.pause();
    for (const byte of [1, 2, 3]) webSocket.message(byte);
    expect(recorder.bytes).toEqual([]);
    const onBytes = recorder.onBytes.bind(recorder);
    recorder.onBytes = (bytes) => {
      onBytes(bytes);
      if (recorder.bytes.length === 2) transport.pause();
    };
    transport.resume();
    expect(recorder.bytes).toEqual([]);
    // What comes before the waiting ones are delivered stays behind them.
    webSocket.message(4);
    await turn();
    expect(recorder.bytes).toEqual([1, 2]);
    transport.resume();
    await turn();
    expect(recorder.bytes).toEqual([1, 2, 3, 4]);
  });

  test("a pause right after resume holds", async () => {
    const { webSocket, transport, recorder } = started();
    transport.pause();
    webSocket.message(1);
    transport.resume();
    transport.pause();
    await turn();
    expect(recorder.bytes).toEqual([]);
  });

  test("a transport that was paused before it started stays paused", async () => {
    const { webSocket, transport, recorder } = make();
    transport.pause();
    transport.start(recorder);
    webSocket.message(1);
    await turn();
    expect(recorder.bytes).toEqual([]);
    transport.resume();
    await turn();
    expect(recorder.bytes).toEqual([1]);
  });

  test("a second start is a mistake of the caller", () => {
    const { transport } = started();
    expect(() => transport.start(new Recorder())).toThrow(TypeError);
  });
});

describe("maxUnreadBytes", () => {
  test("as many may wait, and one more ends the connection", async () => {
    const { webSocket, transport, recorder } = started({ maxUnreadBytes: 4 });
    transport.pause();
    webSocket.message(1, 2);
    webSocket.message(3, 4);
    expect(webSocket.closes).toEqual([]);
    webSocket.message(5);
    expect(webSocket.closes).toEqual([1000]);
    expect(recorder.causes).toHaveLength(1);
    expect(recorder.causes[0]).toMatchObject({
      code: "RTMP_ERR_TOO_MANY_UNREAD_BYTES",
      fault: "limit",
      message: "5 bytes wait to be read",
    });
    webSocket.message(6);
    webSocket.closed(1000);
    transport.resume();
    await turn();
    expect(recorder.bytes).toEqual([]);
    expect(recorder.causes).toHaveLength(1);
  });

  test("what was delivered counts no more", async () => {
    const { webSocket, transport, recorder } = started({ maxUnreadBytes: 4 });
    for (let round = 0; round < 3; round++) {
      transport.pause();
      webSocket.message(1, 2, 3);
      transport.resume();
      await turn();
    }
    expect(recorder.bytes).toHaveLength(9);
    expect(recorder.causes).toEqual([]);
  });

  test("holds before the start too", async () => {
    const { webSocket, transport, recorder } = make({ maxUnreadBytes: 1 });
    webSocket.message(1, 2);
    transport.start(recorder);
    expect(recorder.causes).toEqual([]);
    await turn();
    expect(recorder.causes[0]).toMatchObject({ code: "RTMP_ERR_TOO_MANY_UNREAD_BYTES" });
  });

  test("out of range is a mistake of the caller", () => {
    expect(() => make({ maxUnreadBytes: -1 })).toThrow(RangeError);
  });
});

describe("bytes to the server", () => {
  test("a write is one message, writeAll is one, and nothing is none", () => {
    const { webSocket, transport } = started();
    transport.write(Uint8Array.of(9, 0x11, 9).subarray(1, 2));
    transport.writeAll([Uint8Array.of(0x22, 0x33), new Uint8Array(0), Uint8Array.of(0x44)]);
    transport.write(new Uint8Array(0));
    transport.writeAll([]);
    expect(webSocket.sent).toEqual([Uint8Array.of(0x11), Uint8Array.of(0x22, 0x33, 0x44)]);
  });

  test("a write of more than 1 MiB is several messages", () => {
    const { webSocket, transport } = started();
    const bytes = new Uint8Array(0x20_0001);
    bytes[0x10_0000] = 7;
    transport.write(bytes);
    expect(webSocket.sent.map(({ length }) => length)).toEqual([0x10_0000, 0x10_0000, 1]);
    expect(webSocket.sent[1]?.[0]).toBe(7);
  });

  test("in shared memory are copied, for a WebSocket takes none", () => {
    const { webSocket, transport } = started();
    const shared = new Uint8Array(new SharedArrayBuffer(2));
    shared[1] = 0x55;
    const send = webSocket.send.bind(webSocket);
    webSocket.send = (data) => {
      expect(data.buffer).toBeInstanceOf(ArrayBuffer);
      send(data);
    };
    transport.write(shared);
    expect(webSocket.sent).toEqual([Uint8Array.of(0, 0x55)]);
  });

  test("what is queued is counted, and drains once within 20 ms after it has left", () => {
    const { clock, webSocket, transport, recorder } = started();
    transport.write(Uint8Array.of(1, 2, 3));
    transport.write(Uint8Array.of(4));
    expect(transport.queuedBytes).toBe(4);
    expect(clock.pending).toBe(1);
    clock.advance(100);
    expect(recorder.drains).toBe(0);
    webSocket.drain();
    clock.advance(20);
    expect(recorder.drains).toBe(1);
    expect(clock.pending).toBe(0);
    clock.advance(1_000);
    expect(recorder.drains).toBe(1);
  });

  test("what leaves at once drains nothing and wakes nobody", () => {
    const { clock, webSocket, transport } = started();
    webSocket.send = () => {};
    transport.write(Uint8Array.of(1));
    expect(clock.pending).toBe(0);
  });
});

describe("the end", () => {
  test.each([1000, 1001, 1005])("by code %i is in order", (code) => {
    const { webSocket, recorder } = started();
    webSocket.closed(code, "bye");
    expect(recorder.causes).toEqual([undefined]);
  });

  test.each([
    [1006, "", "the WebSocket was closed with 1006"],
    [1011, "oh", "the WebSocket was closed with 1011: oh"],
  ])("by code %i has a cause", (code, reason, message) => {
    const { clock, webSocket, transport, recorder } = started();
    transport.write(Uint8Array.of(1));
    webSocket.closed(code, reason);
    expect(recorder.causes[0]).toMatchObject({
      code: "RTMP_ERR_WEBSOCKET_BROKEN",
      fault: "closed",
      message,
    });
    expect(clock.pending).toBe(0);
    transport.write(Uint8Array.of(2));
    expect(webSocket.sent).toHaveLength(1);
  });

  test("before the start is reported after it", async () => {
    const { webSocket, transport, recorder } = make();
    webSocket.closed(1006);
    transport.start(recorder);
    expect(recorder.causes).toEqual([]);
    await turn();
    expect(recorder.causes).toHaveLength(1);
  });

  test("by a loss is reported to who has paused before the start, too", async () => {
    const { webSocket, transport, recorder } = make();
    transport.pause();
    webSocket.message(1);
    webSocket.closed(1006);
    transport.start(recorder);
    await turn();
    expect(recorder.bytes).toEqual([]);
    expect(recorder.causes).toHaveLength(1);
  });

  test("in order while paused comes behind what waits", async () => {
    const { webSocket, transport, recorder } = started();
    transport.pause();
    webSocket.message(1);
    webSocket.closed(1000);
    expect(recorder.causes).toEqual([]);
    transport.resume();
    await turn();
    expect(recorder.bytes).toEqual([1]);
    expect(recorder.causes).toEqual([undefined]);
  });

  test("by a loss while paused comes at once, without what waits", async () => {
    const { webSocket, transport, recorder } = started();
    transport.pause();
    webSocket.message(1);
    webSocket.closed(1006);
    expect(recorder.causes).toHaveLength(1);
    transport.resume();
    await turn();
    expect(recorder.bytes).toEqual([]);
  });

  test("a text message is the fault of the server", () => {
    const { webSocket, recorder } = started();
    webSocket.text("hello");
    expect(webSocket.closes).toEqual([1000]);
    expect(recorder.causes[0]).toMatchObject({ code: "RTMP_ERR_TEXT_MESSAGE", fault: "malformed" });
    webSocket.message(1);
    expect(recorder.bytes).toEqual([]);
  });
});

describe("close", () => {
  test("closes with 1000 behind what is queued and waits for the server", () => {
    const { clock, webSocket, transport, recorder } = started();
    transport.write(Uint8Array.of(1));
    transport.close(1_111);
    transport.write(Uint8Array.of(2));
    transport.writeAll([Uint8Array.of(3)]);
    webSocket.message(4);
    expect(webSocket.sent).toHaveLength(1);
    expect(webSocket.closes).toEqual([1000]);
    expect(recorder.causes).toEqual([]);
    webSocket.closed(1006);
    expect(recorder.causes).toEqual([undefined]);
    expect(recorder.bytes).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test("waits no longer than told, and a later close can only bring the end nearer", () => {
    const { clock, webSocket, transport, recorder } = started();
    transport.close(2_000);
    transport.close(1_111);
    transport.close(3_000);
    expect(webSocket.closes).toEqual([1000]);
    clock.advance(1_110);
    expect(recorder.causes).toEqual([]);
    clock.advance(1);
    expect(recorder.causes).toEqual([undefined]);
    webSocket.closed(1006);
    expect(recorder.causes).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test("zero ends at once, and the report comes after the call", async () => {
    const { webSocket, transport, recorder } = started();
    transport.close(0);
    expect(webSocket.closes).toEqual([1000]);
    expect(recorder.causes).toEqual([]);
    await turn();
    expect(recorder.causes).toEqual([undefined]);
  });

  test("after an end that waits for the owner reports it", async () => {
    const { webSocket, transport, recorder } = started();
    transport.pause();
    webSocket.message(1);
    webSocket.closed(1000);
    transport.close(1_000);
    await turn();
    expect(recorder.bytes).toEqual([]);
    expect(recorder.causes).toEqual([undefined]);
  });
});
