import { ChunkReader, ChunkWriter, MessageTypeId } from "@rtmp/chunk";
import { type AmfObject, decodeCommand, encodeCommand } from "@rtmp/message";
import { connect, type Dial, SessionError } from "@rtmp/session";
import { transportPair } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { serverHandshake } from "./client-bench.ts";

const clientHandshakeBytes = 3073;

/** What a host answers to connect: a refusal with these properties, or a grant. */
type Answer = AmfObject | "granted" | "nothing" | "gone";

/** Hosts that answer one connect each time they are dialled, and what was asked of them. */
class Hosts {
  /** `host:port app tcUrl`, in order. */
  readonly asked: string[] = [];
  readonly #answers: Readonly<Record<string, Answer>>;

  constructor(answers: Readonly<Record<string, Answer>>) {
    this.#answers = answers;
  }

  readonly dial: Dial = ({ scheme, host, port }) => {
    const answer = this.#answers[host];
    if (answer === undefined) return Promise.reject(new Error(`ENOTFOUND ${host}`));
    const [near, far] = transportPair({ automatic: true });
    const reader = new ChunkReader();
    const writer = new ChunkWriter();
    let received = 0;
    far.start({
      onBytes: (bytes) => {
        const before = received;
        received += bytes.length;
        if (before === 0) far.write(serverHandshake);
        if (received <= clientHandshakeBytes) return;
        const chunks = bytes.subarray(Math.max(0, clientHandshakeBytes - before));
        reader.push(chunks.slice(), ({ typeId, payload }) => {
          if (typeId !== MessageTypeId.CommandAmf0) return;
          const { commandObject } = decodeCommand(payload);
          const { app, tcUrl } = Object(commandObject);
          this.asked.push(`${scheme} ${host}:${port} ${app} ${tcUrl}`);
          if (answer === "nothing") return;
          if (answer === "gone") {
            far.close(100);
            return;
          }
          writer.write(answerTo(answer));
          far.write(writer.take());
          if (answer !== "granted") far.close(100);
        });
      },
      onDrain: () => {},
      onClose: () => {},
    });
    return Promise.resolve(near);
  };
}

function answerTo(answer: AmfObject | "granted") {
  const isGranted = answer === "granted";
  const info = isGranted
    ? { code: "NetConnection.Connect.Success" }
    : { level: "error", code: "NetConnection.Connect.Rejected", ...answer };
  return {
    chunkStreamId: 3,
    timestamp: 0,
    typeId: MessageTypeId.CommandAmf0,
    messageStreamId: 0,
    payload: encodeCommand({
      name: isGranted ? "_result" : "_error",
      transactionId: 1,
      args: [info],
    }),
  };
}

const to = (redirect: string): AmfObject => ({ ex: { code: 302, redirect } });

const failureOf = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => "connected",
    (error: unknown) => (error instanceof SessionError ? error.code : String(error)),
  );

describe("a redirect", () => {
  test.each([
    ["in ex", to("rtmp://b/live")],
    ["beside the code", { redirect: "rtmp://b/live" }],
    ["without scheme", to("//b/live")],
  ])("%s is followed; the stream name stays", async (_where, answer) => {
    const hosts = new Hosts({ a: answer, b: "granted" });
    const client = await connect("rtmp://a/live/cam?token=1", { dial: hosts.dial });
    expect(hosts.asked).toEqual([
      "rtmp a:1935 live rtmp://a/live",
      "rtmp b:1935 live rtmp://b/live",
    ]);
    expect(client.url).toMatchObject({ host: "b", app: "live", streamName: "cam?token=1" });
    await client.close();
  });

  test("to another port and app, with an instance in it, goes there", async () => {
    const hosts = new Hosts({ a: to("rtmp://b:1936/vod/inst?x=1"), b: "granted" });
    const client = await connect("rtmp://a/live/cam", { dial: hosts.dial });
    expect(hosts.asked[1]).toBe("rtmp b:1936 vod/inst?x=1 rtmp://b:1936/vod/inst?x=1");
    await client.close();
  });

  test("too many of them end the attempt", async () => {
    const hosts = new Hosts({ a: to("rtmp://b/live"), b: to("rtmp://a/live") });
    expect(await failureOf(connect("rtmp://a/live", { dial: hosts.dial }))).toBe(
      "RTMP_ERR_TOO_MANY_REDIRECTS",
    );
    expect(hosts.asked).toHaveLength(4);
    const none = new Hosts({ a: to("rtmp://b/live"), b: "granted" });
    expect(await failureOf(connect("rtmp://a/live", { dial: none.dial, maxRedirects: 0 }))).toBe(
      "RTMP_ERR_TOO_MANY_REDIRECTS",
    );
  });

  test("from TLS to plain, or to what is no RTMP URL, is refused", async () => {
    for (const target of ["rtmp://b/live", "http://b/live"]) {
      const hosts = new Hosts({ a: to(target), b: "granted" });
      const failure = await connect("rtmps://a/live", { dial: hosts.dial }).catch(
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ code: "RTMP_ERR_RECONNECT_REFUSED" });
      expect(hosts.asked).toHaveLength(1);
    }
  });
});

describe("an attempt to connect fails", () => {
  test("when the URL is none", async () => {
    const { dial } = new Hosts({});
    await expect(connect("http://a/live", { dial })).rejects.toThrow(TypeError);
  });

  test("when nobody is there, with what dial says", async () => {
    const { dial } = new Hosts({});
    expect(await failureOf(connect("rtmp://a/live", { dial }))).toBe("Error: ENOTFOUND a");
  });

  test("when the server refuses, or goes without a word, or says nothing", async () => {
    const { dial } = new Hosts({ a: { description: "no" }, b: "gone", c: "nothing" });
    expect(await failureOf(connect("rtmp://a/live", { dial }))).toBe("RTMP_ERR_CONNECT_REJECTED");
    expect(await failureOf(connect("rtmp://b/live", { dial }))).toBe("RTMP_ERR_CONNECTION_LOST");
    const limits = { connectTimeoutMs: 50 };
    expect(await failureOf(connect("rtmp://c/live", { dial, limits }))).toBe(
      "RTMP_ERR_CONNECT_TIMEOUT",
    );
  });
});

test("what connect says can be given", async () => {
  const hosts = new Hosts({ a: "granted" });
  const client = await connect("rtmp://a/live/cam", {
    dial: hosts.dial,
    connect: { app: "other", tcUrl: "rtmp://elsewhere/other" },
  });
  expect(hosts.asked).toEqual(["rtmp a:1935 other rtmp://elsewhere/other"]);
  expect(client.reply?.code).toBe("NetConnection.Connect.Success");
  await client.close();
  expect(await client.closed).toBe(undefined);
});
