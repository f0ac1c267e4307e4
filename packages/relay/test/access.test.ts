import { runInNewContext } from "node:vm";

import { StatusCode } from "@rtmp/message";
import type { Access } from "@rtmp/relay";
import { describe, expect, test } from "vitest";
import { sendMedia, TestServer, videoHeader } from "./served.ts";

describe("authorise", () => {
  test("decides later: commands of the stream wait, its media is dropped, the query is seen", async () => {
    let grant: ((access: { granted: true }) => void) | undefined;
    const asked: string[] = [];
    const server = new TestServer({
      authorise: ({ action, path, remote }) => {
        asked.push(`${action} ${path.streamPath} ${path.query.get("token")} from ${remote}`);
        return new Promise((resolve) => (grant = resolve));
      },
    });
    const publisher = server.publisher("cam?token=abc");
    expect(asked).toEqual([`publish live/cam abc from ${publisher.far.remote}`]);
    sendMedia(publisher, videoHeader(0, 0x66));
    publisher.client.command(1, "closeStream", null);
    publisher.settle();
    expect(publisher.client.codes).toEqual(["NetConnection.Connect.Success"]);

    grant?.({ granted: true });
    await server.settleLater();
    expect(publisher.client.codes.slice(1)).toEqual([
      "NetStream.Publish.Start",
      "NetStream.Unpublish.Success",
    ]);
    expect(server.hub.stats()).toEqual([]);
  });

  test("refuses with a reason that the client sees", () => {
    const server = new TestServer({
      authorise: () => ({ granted: false, description: "wrong token" }),
    });
    const publisher = server.publisher();
    const [refusal] = publisher.client.commands("onStatus");
    expect(refusal?.command?.args[0]).toMatchObject({
      level: "error",
      code: "NetStream.Publish.Denied",
      description: "wrong token",
    });
    expect(server.player().client.codes.at(-1)).toBe("NetStream.Play.Failed");
  });

  test("that fails refuses, and says so to the observer", async () => {
    const server = new TestServer({ authorise: () => Promise.reject(new Error("no database")) });
    const publisher = server.publisher();
    await server.settleLater();
    expect(publisher.client.codes.at(-1)).toBe("NetStream.Publish.Denied");
    expect(publisher.events).toContain("internal error Error: no database");
  });

  test("of a client that has gone meanwhile publishes nothing", async () => {
    let grant: ((access: { granted: true }) => void) | undefined;
    const server = new TestServer({ authorise: () => new Promise((resolve) => (grant = resolve)) });
    const publisher = server.publisher();
    publisher.near.reset();
    publisher.settle();
    grant?.({ granted: true });
    await server.settleLater();
    expect(server.hub.stats()).toEqual([]);
  });

  test("that grants too late tells players of the name nothing: they would leave", async () => {
    let grant: ((access: { granted: true }) => void) | undefined;
    const server = new TestServer({
      authorise: ({ action }) =>
        action === "play" ? { granted: true } : new Promise((resolve) => (grant = resolve)),
    });
    const player = server.player();
    const publisher = server.publisher();
    publisher.near.reset();
    publisher.settle();
    grant?.({ granted: true });
    await server.settleLater();
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.Start");
    expect(publisher.events).toEqual(["connect live", "close RTMP_ERR_CONNECTION_LOST"]);
  });

  test("that grants too late does not cut short what players wait for", async () => {
    let grant: ((access: { granted: true }) => void) | undefined;
    const server = new TestServer({
      authorise: ({ action, path }) =>
        action === "publish" && path.query.has("later")
          ? new Promise((resolve) => (grant = resolve))
          : { granted: true },
    });
    const publisher = server.publisher();
    const player = server.player();
    publisher.near.reset();
    const impatient = server.publisher("cam?later");
    impatient.near.reset();
    server.settle();
    grant?.({ granted: true });
    await server.settleLater();
    server.clock.advance(14_000);
    await server.settleLater();
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.Start");
  });

  test("that fails after the client has gone is told to nobody", async () => {
    let fail: ((error: Error) => void) | undefined;
    const server = new TestServer({
      authorise: () => new Promise((_, reject) => (fail = reject)),
    });
    const publisher = server.publisher();
    publisher.near.reset();
    publisher.settle();
    const told = publisher.events.length;
    fail?.(new Error("no database"));
    await server.settleLater();
    expect(publisher.events.length).toBe(told);
  });

  test("may answer with a promise of another realm", async () => {
    const foreign: Promise<Access> = runInNewContext("Promise.resolve({ granted: true })");
    const server = new TestServer({ authorise: () => foreign });
    const publisher = server.publisher();
    await server.settleLater();
    expect(publisher.client.codes.at(-1)).toBe("NetStream.Publish.Start");
  });

  test("refuses with the code that it names", () => {
    const server = new TestServer({
      authorise: () => ({ granted: false, description: "busy", code: StatusCode.PublishBadName }),
    });
    expect(server.publisher().client.codes.at(-1)).toBe("NetStream.Publish.BadName");
  });
});
