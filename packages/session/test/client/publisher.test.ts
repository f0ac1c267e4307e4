import type { Status } from "@rtmp/message";
import type {
  ClientMedia,
  FrameHint,
  PublishedMedia,
  Publisher,
  PublisherOptions,
  RtmpClient,
} from "@rtmp/session";
import { describe, expect, test } from "vitest";
import { type Policy, type ServerEnd, Servers, settle } from "./client-servers.ts";

const media = (
  kind: ClientMedia["kind"],
  timestamp: number,
  mark: number,
  hint?: Partial<FrameHint>,
): PublishedMedia => {
  const body = Uint8Array.of(0, mark);
  if (hint === undefined) return { kind, timestamp, body };
  const frame = { track: 0, role: "coded-frames", keyframe: false, codec: "", ...hint };
  return { kind, timestamp, body, frames: [frame] };
};
const header = (at: number, mark: number) => media("video", at, mark, { role: "sequence-start" });
const keyframe = (at: number, mark: number) => media("video", at, mark, { keyframe: true });
const inter = (at: number, mark: number) => media("video", at, mark, {});
const audio = (at: number, mark: number) => media("audio", at, mark, {});

/** A publisher of `cam` at `a`, the server's end, and what was reported. */
async function publishing(
  policies: Readonly<Record<string, Policy>> = {},
  options: PublisherOptions = {},
): Promise<{
  servers: Servers;
  client: RtmpClient;
  publisher: Publisher;
  a: ServerEnd;
  problems: unknown[];
}> {
  const servers = new Servers({ a: {}, b: {}, ...policies });
  const problems: unknown[] = [];
  const client = await servers.connect(undefined, {
    onProblem: ({ cause }) => problems.push(Object(cause).code),
  });
  const publisher = await client.publish(undefined, options);
  const a = servers.end(0);
  a.news();
  return { servers, client, publisher, a, problems };
}

/** A publisher that has sent a header and a keyframe, and whose client has connected to `b`. */
async function moving(policy: Policy = {}) {
  const options: { onStatus?: (status: Status) => void } = {};
  const stage = await publishing(
    { b: policy },
    { onStatus: (status) => options.onStatus?.(status) },
  );
  const { publisher, a, servers } = stage;
  publisher.send(header(0, 1));
  publisher.send(keyframe(0, 2));
  a.reconnect("rtmp://b/live");
  await settle();
  const b = servers.end(1);
  a.news();
  b.news();
  return { ...stage, b, options };
}

describe("a publisher", () => {
  test("sends media as it is, and says when it ends", async () => {
    const { publisher, a, client } = await publishing();
    publisher.sendMetadata({ width: 320 });
    publisher.send(media("video", 7, 1));
    publisher.send(media("audio", 8, 2));
    await publisher.drained();
    expect(publisher.queuedBytes).toBe(0);
    expect(a.news()).toEqual(["data 0 #9", "video 7 #1", "audio 8 #2"]);
    publisher.close();
    expect(publisher.send(media("audio", 9, 3))).toBe(false);
    await settle();
    expect(a.news()).toEqual(["deleteStream 1"]);
    expect([publisher.ended, publisher.error]).toEqual([true, undefined]);
    await publisher.drained();
    await client.close();
  });

  test("publishes as it is told", async () => {
    const servers = new Servers({ a: {} });
    const client = await servers.connect();
    await client.publish("other", { type: "record" });
    expect(servers.end(0).log).toEqual([
      expect.stringMatching(/^connect/),
      "releaseStream other",
      "FCPublish other",
      "createStream",
      "publish other record",
    ]);
  });

  test.each(["NetStream.Publish.BadName", "NetStream.Publish.Denied"])(
    "is over when the server takes the stream back with %s",
    async (code) => {
      const { publisher, a } = await publishing();
      a.status(1, code, { level: "error", description: "go away" });
      await settle();
      expect(publisher.send(media("audio", 0, 1))).toBe(false);
      expect(publisher.error).toMatchObject({
        code: "RTMP_ERR_PUBLISH_REJECTED",
        message: "the server ended the stream: go away",
        status: { code },
      });
      expect(a.news()).toEqual(["deleteStream 1"]);
    },
  );

  test("goes on when a recording fails, and tells", async () => {
    const codes: string[] = [];
    const { publisher, a } = await publishing({}, { onStatus: ({ code }) => codes.push(code) });
    a.status(1, "NetStream.Record.Failed", { level: "error" });
    await settle();
    expect(codes).toEqual(["NetStream.Publish.Start", "NetStream.Record.Failed"]);
    expect(publisher.send(media("audio", 0, 1))).toBe(true);
  });

  test("that is refused leaves nothing behind", async () => {
    const servers = new Servers({ a: { publish: "NetStream.Publish.BadName" } });
    const client = await servers.connect();
    await expect(client.publish()).rejects.toMatchObject({ code: "RTMP_ERR_PUBLISH_REJECTED" });
    await settle();
    expect(servers.end(0).news().slice(1)).toEqual(["publish cam live", "deleteStream 1"]);
  });

  test("has sent everything when it has drained, or when nothing can be sent any more", async () => {
    const { publisher, a } = await publishing();
    a.transport.pause();
    publisher.send(media("video", 0, 1));
    let done = false;
    const draining = publisher.drained().then(() => (done = true));
    await settle();
    expect(done).toBe(false);
    expect(publisher.queuedBytes).toBeGreaterThan(0);
    a.transport.reset();
    await draining;
    await publisher.drained();
    expect(publisher.error).toMatchObject({ code: "RTMP_ERR_CONNECTION_LOST" });
  });
});

describe("a publisher that is asked to reconnect", () => {
  test("goes over at a keyframe, with the configuration of then in front", async () => {
    const { publisher, a, b } = await moving();
    publisher.send(inter(40, 3));
    await settle();
    expect(a.news()).toEqual(["video 40 #3"]);
    expect(b.news()).toEqual([]);
    publisher.send(keyframe(80, 4));
    publisher.send(header(80, 5));
    publisher.send(audio(81, 6));
    expect(publisher.queuedBytes).toBe(6);
    await publisher.drained();
    publisher.send(inter(120, 7));
    await settle();
    expect(b.news()).toEqual([
      "publish cam live",
      "video 80 #1",
      "video 80 #4",
      "video 80 #5",
      "audio 81 #6",
      "video 120 #7",
    ]);
    expect(a.news()).toEqual(["deleteStream 1"]);
    expect(a.closed).toBe(true);
  });

  test("goes over at once where nobody knows the keyframes", async () => {
    const { publisher, b } = await moving();
    publisher.send(media("video", 40, 3));
    await settle();
    expect(b.news()).toEqual(["publish cam live", "video 40 #1", "video 40 #3"]);
  });

  test("stays when it is refused there, and loses nothing", async () => {
    const { publisher, client, a, b, problems } = await moving({
      publish: "NetStream.Publish.Denied",
    });
    publisher.send(keyframe(80, 4));
    publisher.send(inter(120, 5));
    await settle();
    expect(b.news()).toEqual(["publish cam live", "deleteStream 1"]);
    expect(a.news()).toEqual(["video 80 #4", "video 120 #5"]);
    expect(problems).toEqual(["RTMP_ERR_PUBLISH_REJECTED"]);
    publisher.send(inter(160, 6));
    await settle();
    expect(a.news()).toEqual(["video 160 #6"]);
    await client.close();
    expect([a.closed, b.closed]).toEqual([true, true]);
  });

  test("stays when the new connection ends, before it goes over or while it does", async () => {
    for (const isEarly of [true, false]) {
      const { publisher, client, a, b, problems } = await moving({ publish: "nothing" });
      if (isEarly) b.transport.reset();
      await settle();
      publisher.send(keyframe(80, 4));
      await settle();
      if (!isEarly) b.transport.reset();
      await settle();
      publisher.send(inter(120, 5));
      await settle();
      expect(a.news()).toEqual(["video 80 #4", "video 120 #5"]);
      expect(problems).toEqual(["RTMP_ERR_SESSION_ENDED"]);
      expect(client.url.host).toBe("a");
      await client.close();
    }
  });

  test("gives the name back and asks again where it is taken, perhaps by itself", async () => {
    const { publisher, a, b } = await moving({ publish: "NetStream.Publish.BadName" });
    publisher.send(keyframe(80, 4));
    // Until the first publish has been refused.
    for (let turn = 0; turn < 20 && b.log.length < 4; turn++) await Promise.resolve();
    b.policy.publish = "NetStream.Publish.Start";
    await settle();
    expect(a.news()).toEqual(["deleteStream 1"]);
    expect(b.news()).toEqual([
      "publish cam live",
      "deleteStream 1",
      "publish cam live",
      "video 80 #1",
      "video 80 #4",
    ]);
    expect(publisher.ended).toBe(false);
  });

  test("is over when the name is taken there by another", async () => {
    const { publisher, client, b } = await moving({ publish: "NetStream.Publish.BadName" });
    publisher.send(keyframe(80, 4));
    await settle();
    expect(publisher.ended).toBe(true);
    expect(publisher.error).toMatchObject({ code: "RTMP_ERR_PUBLISH_REJECTED" });
    expect(client.url.host).toBe("b");
    expect(b.closed).toBe(false);
  });

  test("begins with the next keyframe when the old connection breaks first", async () => {
    const { publisher, client, a, b } = await moving();
    a.transport.reset();
    await settle();
    for (const sent of [inter(40, 3), audio(41, 4), header(42, 5)]) {
      expect(publisher.send(sent)).toBe(true);
    }
    await settle();
    expect(b.news()).toEqual(["publish cam live"]);
    publisher.send(keyframe(80, 6));
    publisher.send(inter(120, 7));
    await settle();
    expect(b.news()).toEqual(["video 80 #5", "video 80 #6", "video 120 #7"]);
    expect(client.url.host).toBe("b");
  });

  test("goes on when the old connection breaks on the way", async () => {
    const { publisher, a, b } = await moving({ publish: "nothing" });
    publisher.send(keyframe(80, 4));
    await settle();
    a.transport.reset();
    await settle();
    b.status(1, "NetStream.Publish.Start");
    await settle();
    expect(b.news()).toEqual(["publish cam live", "video 80 #1", "video 80 #4"]);
    expect(publisher.ended).toBe(false);
  });

  test("is over when both connections break", async () => {
    const { publisher, client, a, b } = await moving({ publish: "nothing" });
    a.transport.reset();
    await settle();
    b.transport.reset();
    expect(await client.closed).toMatchObject({ code: "RTMP_ERR_CONNECTION_LOST" });
    await settle();
    expect(publisher.ended).toBe(true);
    expect(publisher.error).toMatchObject({ code: "RTMP_ERR_SESSION_ENDED" });
  });

  test("is over when the new connection breaks in front of its first keyframe there", async () => {
    const { publisher, a, b } = await moving();
    a.transport.reset();
    await settle();
    expect(b.news()).toEqual(["publish cam live"]);
    b.transport.reset();
    await settle();
    expect(publisher.ended).toBe(true);
    expect(publisher.error).toMatchObject({ code: "RTMP_ERR_CONNECTION_LOST" });
  });

  test("that is closed when its name is taken there does not ask again", async () => {
    const { publisher, b, options } = await moving({ publish: "NetStream.Publish.BadName" });
    options.onStatus = ({ code }) => {
      if (code === "NetStream.Publish.BadName") publisher.close();
    };
    publisher.send(keyframe(80, 4));
    await settle();
    expect(b.news()).toEqual(["publish cam live", "deleteStream 1"]);
  });

  test("has drained when what it holds has left as well", async () => {
    const { publisher, b } = await moving({ publish: "nothing" });
    publisher.send(keyframe(80, 4));
    let done = false;
    const draining = publisher.drained().then(() => (done = true));
    await settle();
    expect(done).toBe(false);
    b.status(1, "NetStream.Publish.Start");
    await draining;
    expect(publisher.queuedBytes).toBe(0);
  });

  test("sends a keyframe once that brings a configuration along", async () => {
    const { publisher, b } = await moving();
    const [{ frames: configuration = [] }, key] = [header(80, 4), keyframe(80, 4)];
    publisher.send({ ...key, frames: [...configuration, ...(key.frames ?? [])] });
    await settle();
    expect(b.news()).toEqual(["publish cam live", "video 80 #4"]);
  });

  test("can be closed on the way, and nothing is left or reported", async () => {
    for (const isUnderWay of [false, true]) {
      const { publisher, client, a, b, problems } = await moving({ publish: "nothing" });
      if (isUnderWay) publisher.send(keyframe(80, 4));
      await settle();
      publisher.close();
      await settle();
      b.status(1, "NetStream.Publish.Start");
      await settle();
      expect(a.closed).toBe(true);
      expect(b.news()).toEqual(isUnderWay ? ["publish cam live", "deleteStream 1"] : []);
      expect(problems).toEqual([]);
      await client.close();
    }
  });

  test("waits for a later keyframe when too much would have to wait", async () => {
    const { publisher, b } = await moving({ publish: "nothing" });
    const big = { ...keyframe(80, 4), body: new Uint8Array(9 * 1024 * 1024) };
    publisher.send(big);
    publisher.send(inter(120, 5));
    expect(publisher.queuedBytes).toBe(0);
    await settle();
    b.status(1, "NetStream.Publish.Start");
    await settle();
    publisher.send(inter(160, 6));
    publisher.send(keyframe(200, 7));
    await settle();
    expect(b.news()).toEqual(["publish cam live", "video 200 #1", "video 200 #7"]);
  });

  test("again before it has begun, begins at the third place", async () => {
    const { servers, publisher, client, a, b } = await moving();
    a.transport.reset();
    await settle();
    b.reconnect("rtmp://a/live");
    await settle();
    publisher.send(inter(40, 3));
    publisher.send(keyframe(80, 4));
    await settle();
    expect(b.news()).toEqual(["publish cam live", "deleteStream 1"]);
    expect(servers.end(2).news().slice(1)).toEqual([
      "publish cam live",
      "video 80 #1",
      "video 80 #4",
    ]);
    expect(b.closed).toBe(true);
    await client.close();
  });
});
