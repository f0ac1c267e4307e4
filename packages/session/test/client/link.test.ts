import { MessageTypeId } from "@rtmp/chunk";
import { parseRtmpUrl } from "@rtmp/message";
import { hex, transportPair, VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { Link, type LinkOptions } from "../../src/client/link.ts";
import { type Policy, ServerEnd, settle } from "./client-servers.ts";

/** A link on its way to a server, in virtual time, and what it told. */
function opening(options: Partial<LinkOptions> = {}, policy: Policy = {}) {
  const clock = new VirtualClock();
  const [near, far] = transportPair({ automatic: true, clock });
  const server = new ServerEnd(far, policy);
  const events: string[] = [];
  const link = Link.open({
    transport: near,
    clock,
    url: parseRtmpUrl("rtmp://a/live/cam"),
    connect: { app: "live", tcUrl: "rtmp://a/live" },
    session: {},
    handlers: {
      onStatus: (_link, { code }) => events.push(code),
      onSharedObject: (_link, { name }) => events.push(`shared object ${name}`),
      onEnd: (_link, cause) => events.push(`end ${cause?.code ?? "in order"}`),
    },
    ...options,
  });
  return { clock, near, server, events, link };
}

describe("a link", () => {
  test("is open when the server has accepted connect, and tells what comes then", async () => {
    const { link, server, events } = opening();
    const { session, url } = await link;
    expect(session.reply?.code).toBe("NetConnection.Connect.Success");
    expect(url.host).toBe("a");
    server.status(0, "NetConnection.Connect.AppShutdown");
    server.command(0, "close", 0);
    await settle();
    expect(events).toEqual(["NetConnection.Connect.AppShutdown", "end in order"]);
  });

  test("that the server does not answer ends in the time limit", async () => {
    const { link, clock } = opening({ session: { limits: { connectTimeoutMs: 1_111 } } });
    const failure = link.catch((error: unknown) => error);
    clock.advance(10_000);
    expect(await failure).toMatchObject({ code: "RTMP_ERR_HANDSHAKE_TIMEOUT" });
    await settle();
    expect(clock.pending).toBe(0);
  });

  test("with an option out of range leaves no transport open", async () => {
    const { link, near } = opening({ session: { chunkSize: 0 } });
    await expect(link).rejects.toThrow(RangeError);
    await settle();
    // Nobody started it, so nobody is told; it takes nothing any more.
    near.write(Uint8Array.of(3));
    expect(near.queuedBytes).toBe(0);
  });

  test("is closed in order, and its transport behind it", async () => {
    const { link, events, server, clock } = opening();
    const { close, disconnected } = await link.then((open) => ({
      close: () => open.close(),
      disconnected: open.disconnected,
    }));
    close();
    close();
    await disconnected;
    expect(events).toEqual(["end in order"]);
    expect(server.closed).toBe(true);
    expect(clock.pending).toBe(0);
  });
});

describe("a link that is held", () => {
  const pong = hex("00 07 00 00 00 00");

  test("reads nothing until all who hold it have let go", async () => {
    const { link, server, events } = opening();
    const open = await link;
    const [one, two] = [{}, {}];
    open.hold(one);
    open.hold(two);
    open.hold(two);
    server.status(0, "NetConnection.Connect.AppShutdown");
    open.release(one);
    open.release(one);
    open.release({});
    await settle();
    expect(events).toEqual([]);
    open.release(two);
    await settle();
    expect(events).toEqual(["NetConnection.Connect.AppShutdown"]);
  });

  test("does not take the server for silent, and counts anew when it reads", async () => {
    const { link, clock, server, events } = opening({
      session: { limits: { silentServerMs: 11_111 } },
    });
    const open = await link;
    server.send(MessageTypeId.UserControl, 0, 0, pong);
    await settle();
    open.hold(events);
    clock.advance(3_600_000);
    expect(open.session.closed).toBe(false);
    open.release(events);
    clock.advance(11_110);
    expect(open.session.closed).toBe(false);
    clock.advance(1);
    expect(events).toEqual(["end RTMP_ERR_SILENT_PEER"]);
  });

  test("can be let go when it is over", async () => {
    const { link, server, events } = opening();
    const open = await link;
    open.hold(events);
    server.transport.reset();
    await settle();
    open.release(events);
    open.hold(events);
    open.release(events);
    expect(events).toEqual(["end RTMP_ERR_CONNECTION_LOST"]);
  });
});

describe("a link has drained", () => {
  test("when nothing waits any more", async () => {
    const { link, server } = opening();
    const open = await link;
    await open.drained();
    server.transport.pause();
    open.session.notify("note", "0".repeat(100));
    let done = false;
    const draining = open.drained().then(() => (done = true));
    await settle();
    expect(done).toBe(false);
    server.transport.resume();
    await draining;
    expect(server.log.at(-1)).toMatch(/^note 0{100}$/);
  });

  test("when it is over", async () => {
    const { link, server } = opening();
    const open = await link;
    server.transport.pause();
    open.session.notify("note");
    const draining = open.drained();
    await settle();
    server.transport.reset();
    await draining;
    await open.drained();
    expect(open.session.closed).toBe(true);
  });
});
