import { once } from "node:events";

import { VirtualClock } from "@rtmp/testing";
import { webSocketDial, type WebSocketDialOptions } from "@rtmp/transport-web";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

import { FakeWebSocket } from "./fake-web-socket.ts";
import { Recorder } from "./recorder.ts";

const target = { scheme: "rtmp", host: "media.example", port: 1935 } as const;

/** Dials over a fake and gives both. */
function dialled(
  dial: ReturnType<typeof webSocketDial>,
  to: Parameters<typeof dial>[0] = target,
): { webSocket: FakeWebSocket; transport: ReturnType<typeof dial> } {
  FakeWebSocket.made.length = 0;
  const transport = dial(to);
  const [webSocket] = FakeWebSocket.made;
  if (webSocket === undefined) throw new Error("no WebSocket was made");
  return { webSocket, transport };
}

const faked = (options: WebSocketDialOptions = {}) => ({ WebSocket: FakeWebSocket, ...options });

describe("where it goes", () => {
  test.each([
    [target, "ws://media.example:1935/", "media.example:1935"],
    [{ ...target, scheme: "rtmps", port: 443 }, "wss://media.example/", "media.example:443"],
    [{ ...target, host: "2001:db8::1", port: 80 }, "ws://[2001:db8::1]/", "[2001:db8::1]:80"],
  ] as const)("without a URL where the RTMP URL says: %o", async (to, url, remote) => {
    const { webSocket, transport } = dialled(webSocketDial(undefined, faked()), to);
    expect(webSocket.url).toBe(url);
    expect(webSocket.protocols).toEqual(["rtmp"]);
    webSocket.open();
    expect((await transport).remote).toBe(remote);
  });

  test("with a URL there, whatever the RTMP URL says", async () => {
    const dial = webSocketDial("wss://gate.example/rtmp?a=1", faked());
    const { webSocket, transport } = dialled(dial, { ...target, scheme: "rtmpt" });
    expect(webSocket.url).toBe("wss://gate.example/rtmp?a=1");
    webSocket.open();
    expect((await transport).remote).toBe("gate.example:443");
  });

  test.each(["rtmpt", "rtmpts", "rtmpe", "rtmpte"] as const)("%s needs a URL", async (scheme) => {
    const dial = webSocketDial(undefined, faked());
    await expect(dial({ ...target, scheme })).rejects.toThrow(TypeError);
  });

  test.each(["http://gate.example/", "gate.example", "ws://gate.example/#there"])(
    "%s is no URL of a WebSocket",
    (url) => {
      expect(() => webSocketDial(url, faked())).toThrow(TypeError);
    },
  );

  test("a platform without WebSocket is told at once", () => {
    vi.stubGlobal("WebSocket", undefined);
    onTestFinished(() => void vi.unstubAllGlobals());
    expect(() => webSocketDial()).toThrow(TypeError);
  });

  test("the global WebSocket is the default", () => {
    vi.stubGlobal("WebSocket", FakeWebSocket);
    onTestFinished(() => void vi.unstubAllGlobals());
    expect(dialled(webSocketDial()).webSocket.url).toBe("ws://media.example:1935/");
  });

  test("a limit out of range is a RangeError", () => {
    const limits = { maxUnreadBytes: -1 };
    expect(() => webSocketDial(undefined, faked({ limits }))).toThrow(RangeError);
  });
});

describe("until it is open", () => {
  test("what fails is rejected", async () => {
    const clock = new VirtualClock();
    const { webSocket, transport } = dialled(webSocketDial(undefined, faked({ clock })));
    webSocket.fail();
    await expect(transport).rejects.toMatchObject({
      code: "RTMP_ERR_WEBSOCKET_NOT_OPENED",
      message: "no WebSocket to ws://media.example:1935/",
    });
    expect(clock.pending).toBe(0);
  });

  test("it takes no longer than timeoutMs, and is closed then", async () => {
    const clock = new VirtualClock();
    const dial = webSocketDial(undefined, faked({ clock, timeoutMs: 1_111 }));
    const { webSocket, transport } = dialled(dial);
    clock.advance(1_110);
    expect(webSocket.closes).toEqual([]);
    clock.advance(1);
    expect(webSocket.closes).toEqual([1000]);
    await expect(transport).rejects.toMatchObject({
      code: "RTMP_ERR_WEBSOCKET_TIMEOUT",
      fault: "limit",
      message: "no WebSocket to ws://media.example:1935/ within 1111 ms",
    });
  });

  test("what comes with the opening is kept for the owner", async () => {
    const clock = new VirtualClock();
    const { webSocket, transport } = dialled(webSocketDial(undefined, faked({ clock })));
    webSocket.open();
    webSocket.message(1);
    const recorder = new Recorder();
    (await transport).start(recorder);
    await vi.waitFor(() => expect(recorder.bytes).toEqual([1]));
    expect(clock.pending).toBe(0);
  });

  test("an error behind the opening is for the transport, with its cause", async () => {
    const { webSocket, transport } = dialled(webSocketDial(undefined, faked()));
    webSocket.open();
    const recorder = new Recorder();
    (await transport).start(recorder);
    webSocket.fail();
    expect(webSocket.closes).toEqual([]);
    expect(recorder.causes).toMatchObject([{ code: "RTMP_ERR_WEBSOCKET_BROKEN" }]);
  });

  test("what the platform throws is the rejection", async () => {
    class Forbidding extends FakeWebSocket {
      constructor() {
        super();
        throw new SyntaxError("not here");
      }
    }
    const dial = webSocketDial(undefined, { WebSocket: Forbidding });
    await expect(dial(target)).rejects.toThrow("not here");
  });
});

describe("a real WebSocket", () => {
  test("carries bytes both ways, drains and closes in order", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    onTestFinished(() => server.close());
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const connection = once(server, "connection");
    // The global one where there is one, from Node.js 22 on.
    const dial = webSocketDial(undefined, { WebSocket: globalThis.WebSocket ?? WebSocket });
    const transport = await dial({ scheme: "rtmp", host: "127.0.0.1", port: address.port });
    const [far] = await connection;
    expect(far.protocol).toBe("rtmp");
    const received: Buffer[] = [];
    far.on("message", (data: Buffer) => received.push(data));
    far.send(Buffer.of(1, 2));

    const recorder = new Recorder();
    transport.start(recorder);
    far.pause();
    const big = new Uint8Array(0x10_0001).fill(7);
    let written = 0;
    while (transport.queuedBytes === 0) {
      transport.write(big);
      written += big.length;
    }
    transport.writeAll([Uint8Array.of(8), Uint8Array.of(9)]);
    far.resume();
    await vi.waitFor(() => expect(recorder.drains).toBe(1), { timeout: 5_000 });
    await vi.waitFor(() => expect(Buffer.concat(received)).toHaveLength(written + 2));
    const expected = Buffer.concat([Buffer.alloc(written, 7), Buffer.of(8, 9)]);
    expect(Buffer.concat(received).equals(expected)).toBe(true);
    expect(recorder.bytes).toEqual([1, 2]);

    const closed = once(far, "close");
    transport.close(2_000);
    expect((await closed)[0]).toBe(1000);
    await vi.waitFor(() => expect(recorder.causes).toEqual([undefined]));
  });

  test("that nobody answers is not opened", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    const address = server.address();
    server.close();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const dial = webSocketDial(`ws://127.0.0.1:${port}`, { WebSocket });
    await expect(dial(target)).rejects.toMatchObject({ code: "RTMP_ERR_WEBSOCKET_NOT_OPENED" });
  });
});
