import { once } from "node:events";
import { Server, connect } from "node:net";

import type { Transport } from "@rtmp/session";
import { listenTcp } from "@rtmp/transport-node";
import { expect, onTestFinished, test, vi } from "vitest";

import { Recorder, acceptOne } from "../recorder.ts";

test("an address with port 0 is shown with the port that was bound", async () => {
  const listener = await listenTcp({ port: 0 }, () => {});
  onTestFinished(() => listener.close());
  expect(listener.address.host).toBe("127.0.0.1");
  expect(listener.address.port).toBeGreaterThan(0);
  expect(listener.url).toBe(`rtmp://127.0.0.1:${listener.address.port}`);
});

test("the URL has IPv6 in brackets and a wildcard as bound", async () => {
  const loopback = await listenTcp({ host: "::1", port: 0 }, () => {});
  onTestFinished(() => loopback.close());
  expect(loopback.url).toBe(`rtmp://[::1]:${loopback.address.port}`);
  const wildcard = await listenTcp({ host: "0.0.0.0", port: 0 }, () => {});
  onTestFinished(() => wildcard.close());
  expect(wildcard.url).toBe(`rtmp://0.0.0.0:${wildcard.address.port}`);
});

test("an accepted transport knows its peer", async () => {
  const { transport, peer } = await acceptOne();
  expect(transport.remote).toBe(`127.0.0.1:${peer.localPort}`);
});

test("accepted sockets send small writes at once and probe a silent peer after 15 s", async () => {
  const listen = vi.spyOn(Server.prototype, "listen");
  onTestFinished(() => listen.mockRestore());
  await acceptOne();
  expect(listen.mock.contexts[0]).toMatchObject({
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 15,
    allowHalfOpen: true,
  });
});

test("a port in use rejects with the error of Node", async () => {
  const first = await listenTcp({ port: 0 }, () => {});
  onTestFinished(() => first.close());
  await expect(listenTcp({ port: first.address.port }, () => {})).rejects.toMatchObject({
    code: "EADDRINUSE",
    syscall: "listen",
  });
});

test("a port out of range is a mistake of the caller", async () => {
  await expect(listenTcp({ port: 65_536 }, () => {})).rejects.toThrow(RangeError);
});

test("close frees the port at once while open connections go on", async () => {
  const { listener, transport, peer } = await acceptOne();
  const recorder = new Recorder();
  transport.start(recorder);
  await listener.close();
  await listener.close();

  const refused = connect({ port: listener.address.port, host: "127.0.0.1" });
  expect(await once(refused, "error")).toMatchObject([{ code: "ECONNREFUSED" }]);
  const again = await listenTcp({ port: listener.address.port }, () => {});
  onTestFinished(() => again.close());

  peer.write("still here");
  await recorder.until(() => recorder.text === "still here");
});

test("a connection that could not be accepted is reported and the listener goes on", async () => {
  const listen = vi.spyOn(Server.prototype, "listen");
  onTestFinished(() => listen.mockRestore());
  const errors: Error[] = [];
  const accepted: Transport[] = [];
  const listener = await listenTcp(
    { port: 0, onError: (error) => errors.push(error) },
    (transport) => accepted.push(transport),
  );
  onTestFinished(() => listener.close());
  const server = listen.mock.contexts[0];
  if (!(server instanceof Server)) throw new Error("no server");
  server.emit("error", new Error("accept EMFILE"));
  expect(errors).toEqual([new Error("accept EMFILE")]);

  const peer = connect({ port: listener.address.port, host: "127.0.0.1" });
  await once(server, "connection");
  expect(accepted).toHaveLength(1);
  accepted[0]?.close(0);
  peer.destroy();
});
