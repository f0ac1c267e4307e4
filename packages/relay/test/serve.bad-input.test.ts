import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { keyframe, sendMedia, TestServer, videoHeader } from "./served.ts";

describe("bad input", () => {
  test("a name that leads out of the app is refused, the connection stays", () => {
    const server = new TestServer();
    const publisher = server.publisher("../etc");
    expect(publisher.client.codes.at(-1)).toBe("NetStream.Publish.BadName");
    expect(publisher.problems.map(({ code }) => code)).toEqual(["RTMP_ERR_BAD_STREAM_PATH"]);
    expect(publisher.client.closed).toBeUndefined();
    expect(server.player("..").client.codes.at(-1)).toBe("NetStream.Play.StreamNotFound");
  });

  test("a media message with a cut header is dropped and reported, the next one passes", () => {
    const server = new TestServer();
    const publisher = server.publisher();
    const player = server.player();
    sendMedia(publisher, videoHeader(), { ...keyframe(0), payload: hex("17 01") }, keyframe(0));
    expect(player.client.media().length).toBe(2);
    expect(publisher.problems.length).toBe(1);
    expect(publisher.problems[0]?.code).toMatch(/^RTMP_ERR_FLV_|^RTMP_ERR_/);
  });

  test("one connection's garbage closes it and no other", () => {
    const server = new TestServer();
    const publisher = server.publisher();
    const player = server.player();
    const bad = server.connected();
    bad.client.sendRaw(hex("ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff"));
    bad.settle();
    server.clock.advance(1_000);
    expect(bad.client.closed).toBe(true);
    expect(bad.events.at(-1)).toMatch(/^close RTMP_ERR_/);

    sendMedia(publisher, videoHeader(), keyframe(0));
    expect(player.client.media().length).toBe(2);
  });

  test("an error of our own in one connection closes it and no other", () => {
    const server = new TestServer({
      authorise: ({ path }) => {
        if (path.name === "bomb") throw new TypeError("a bug");
        return { granted: true };
      },
    });
    const player = server.player();
    const bad = server.publisher("bomb");
    server.clock.advance(1_000);
    expect(bad.events).toContain("internal error TypeError: a bug");
    expect(bad.client.closed).toBe(true);
    sendMedia(server.publisher(), videoHeader(), keyframe(0));
    expect(player.client.media().length).toBe(2);
  });
});
