import { once } from "node:events";

import { WebSocketAcceptor } from "@rtmp/transport-node";
import { describe, expect, test } from "vitest";

import { Recorder } from "../recorder.ts";
import { openStage, RawClient, upgradeRequest } from "./stage.ts";

async function answerTo(
  request: string,
  options: ConstructorParameters<typeof WebSocketAcceptor>[0] = {},
): Promise<string> {
  const stage = await openStage(options);
  const client = await RawClient.connect(stage.port);
  client.socket.write(request);
  return client.takeHead();
}

describe("RFC 6455 §4.2 the handshake", () => {
  test("is answered with the subprotocol rtmp, and without extensions", async () => {
    const request = upgradeRequest({
      "Sec-WebSocket-Protocol": "chat, rtmp",
      "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
    });
    expect(await answerTo(request)).toBe(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: rtmp\r\n\r\n",
    );
  });

  test("without a subprotocol is answered without one", async () => {
    const answer = await answerTo(upgradeRequest({}, "/any/path?token=1"));
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer).not.toMatch(/Sec-WebSocket-Protocol/i);
  });

  test("that offers only other subprotocols is refused", async () => {
    const request = upgradeRequest({ "Sec-WebSocket-Protocol": "chat, rtmp2" });
    expect(await answerTo(request)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\n/);
  });

  test.each([
    ["of another version", { "Sec-WebSocket-Version": "12" }, 400],
    ["with a key that is none", { "Sec-WebSocket-Key": "short" }, 400],
    ["of another protocol", { Upgrade: "h2c" }, 400],
  ])("%s is refused", async (_, headers, status) => {
    expect(await answerTo(upgradeRequest(headers))).toContain(`HTTP/1.1 ${status} `);
  });

  test("the transport knows the peer and how it came", async () => {
    const stage = await openStage({}, { remote: "[2001:db8::1]:2222", secure: true });
    await RawClient.upgraded(stage.port);
    const { transport, scheme } = await stage.taken();
    expect(transport.remote).toBe("[2001:db8::1]:2222");
    expect(scheme).toBe("wss");
    expect(transport.reusesBuffers).toBe(false);
  });

  test("bytes behind the request are not lost", async () => {
    const stage = await openStage();
    // A masked binary frame with the mask 00 00 00 00.
    await RawClient.upgraded(stage.port, "82 82 00000000 11 22");
    const { transport } = await stage.taken();
    const recorder = new Recorder();
    await new Promise((resolve) => setTimeout(resolve, 20));
    transport.start(recorder);
    expect(recorder.pieces).toEqual([]);
    await recorder.until(() => recorder.length > 0);
    expect(recorder.pieces).toEqual([Uint8Array.of(0x11, 0x22)]);
  });
});

describe("allowedOrigins", () => {
  const request = upgradeRequest({ Origin: "https://example.com" });

  test("a page from elsewhere gets 403 and why, unless it is named or all are allowed", async () => {
    const refused = await answerTo(request);
    expect(refused).toMatch(/^HTTP\/1\.1 403 Forbidden\r\nConnection: close\r\n/);
    const named = { allowedOrigins: ["https://example.com"] };
    expect(await answerTo(request, named)).toContain("HTTP/1.1 101 ");
    expect(await answerTo(request, { allowedOrigins: "all" })).toContain("HTTP/1.1 101 ");
  });

  test("what is no page may connect", async () => {
    expect(await answerTo(upgradeRequest())).toContain("HTTP/1.1 101 ");
  });
});

describe("close", () => {
  test("refuses further upgrades, and open connections go on", async () => {
    const stage = await openStage();
    const client = await RawClient.upgraded(stage.port);
    const { transport } = await stage.taken();
    transport.start(new Recorder());
    stage.acceptor.close();
    const late = await RawClient.connect(stage.port);
    late.socket.write(upgradeRequest());
    expect(await late.takeHead()).toContain("HTTP/1.1 503 Service Unavailable");
    transport.write(Uint8Array.of(0x33));
    expect(await client.takeHex(3)).toBe("82 01 33");
  });
});

test("a client that is refused and does not close its side is cut", async () => {
  const stage = await openStage();
  const { socket } = await RawClient.connect(stage.port);
  socket.write(upgradeRequest({ Origin: "https://example.com" }));
  await once(socket, "end");
  // What comes behind the cut is answered with a reset.
  await expect
    .poll(() => {
      if (socket.writable) socket.write("more");
      return socket.closed;
    })
    .toBe(true);
});

test("a client that resets while it is refused disturbs nobody", async () => {
  const stage = await openStage();
  const client = await RawClient.connect(stage.port);
  client.socket.write(upgradeRequest({ Origin: "https://example.com" }));
  client.socket.resetAndDestroy();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const next = await RawClient.connect(stage.port);
  next.socket.write(upgradeRequest());
  expect(await next.takeHead()).toContain("HTTP/1.1 101 ");
});
