import { StreamHub } from "@rtmp/hub";
import { FloodGate, parseCommandLine } from "@rtmp/node-kit";
import { MemoryLog } from "@rtmp/node-kit/testing";
import { serve } from "@rtmp/relay";
import {
  hex,
  type PairedTransport,
  ScriptedClient,
  transportPair,
  VirtualClock,
} from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { Connections } from "../src/connections.ts";
import { commandLine } from "../src/options.ts";
import { Relays } from "../src/relays.ts";

const keyframe = { typeId: 9, payload: hex("17 01 00 00 00 22"), timestamp: 0 };
const graceSeconds = 15;

interface Publisher extends ScriptedClient {
  /** Its connection breaks. */
  reset(): void;
}

/** A server in memory and in virtual time, and the servers `a`, `b` and so on that it can dial. */
class Stage {
  readonly clock = new VirtualClock();
  readonly log = new MemoryLog();
  readonly hub = new StreamHub({ clock: this.clock });
  readonly relays: Relays;
  readonly down = new Set<string>();
  readonly #others = new Map<string, StreamHub>();
  readonly #connections: Connections;
  readonly #transports: PairedTransport[] = [];

  constructor(...args: readonly string[]) {
    const line = parseCommandLine(commandLine, args);
    if (line.kind !== "run") throw new Error(line.errors);
    const { pull, push } = line.values;
    const { hub, clock, log } = this;
    const floodGate = new FloodGate(log, { clock });
    this.relays = new Relays({
      hub,
      pull,
      push,
      clock,
      log,
      floodGate,
      dial: ({ host }) => {
        if (this.down.has(host)) return Promise.reject(new Error("connect ECONNREFUSED"));
        return Promise.resolve(this.#accept((far) => serve(far, { hub: this.other(host), clock })));
      },
    });
    this.#connections = new Connections({
      hub,
      log,
      floodGate,
      onPublish: ({ streamPath }) => this.relays.onPublish(streamPath),
    });
  }

  /** The hub of another server. */
  other(host: string): StreamHub {
    const hub = this.#others.get(host) ?? new StreamHub({ clock: this.clock });
    this.#others.set(host, hub);
    return hub;
  }

  /** What is published at another server, as far as it sent anything. */
  publishedAt(host: string): string[] {
    const streams = this.other(host).stats();
    const published = streams.filter(({ publishing, packets }) => publishing && packets > 0);
    return published.map(({ streamPath }) => streamPath);
  }

  /** A client, here or at another server, that publishes in `live` and has sent a keyframe. */
  async publisher(name: string, host?: string): Promise<Publisher> {
    const near = this.#accept((far) => {
      if (host === undefined) this.#connections.serve(far);
      else serve(far, { hub: this.other(host), clock: this.clock });
    });
    const client = new ScriptedClient(near, this.clock);
    await this.settle();
    client.connect("live");
    client.command(0, "createStream", null);
    client.command(1, "publish", null, name, "live");
    await this.settle();
    client.send({ chunkStreamId: 4, messageStreamId: 1, ...keyframe });
    await this.settle();
    return Object.assign(client, { reset: () => near.reset(new Error("read ECONNRESET")) });
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let round = 0; round < 30; round++) {
      for (const end of this.#transports) end.flush();
      await Promise.resolve();
    }
  }

  async pass(seconds: number): Promise<void> {
    await this.settle();
    for (let second = 0; second < seconds; second++) {
      this.clock.advance(1_000);
      await this.settle();
    }
  }

  #accept(take: (far: PairedTransport) => void): PairedTransport {
    const [near, far] = transportPair({ clock: this.clock });
    this.#transports.push(near, far);
    take(far);
    return near;
  }
}

describe("--push", () => {
  test("of a server publishes every stream there under its name, until it has ended", async () => {
    const stage = new Stage("--push=rtmp://a", "--push=rtmp://b/show");
    const publisher = await stage.publisher("cam");
    await stage.publisher("other");
    expect(stage.publishedAt("a")).toEqual(["live/cam", "live/other"]);
    expect(stage.publishedAt("b")).toEqual(["show/cam", "show/other"]);
    publisher.command(0, "deleteStream", null, 1);
    await stage.settle();
    expect(stage.publishedAt("a")).toEqual(["live/other"]);
    expect(stage.publishedAt("b")).toEqual(["show/other"]);
    // Nobody is kept for a name that is not published any more.
    expect(stage.hub.stats().map(({ streamPath }) => streamPath)).toEqual(["live/other"]);
    expect(stage.relays.pushedStreams).toBe(1);
  });

  test("of one stream publishes that one, under the name that was given", async () => {
    const stage = new Stage("--push=live/cam=rtmp://a/show/key");
    await stage.publisher("cam");
    await stage.publisher("other");
    expect(stage.publishedAt("a")).toEqual(["show/key"]);
    expect(stage.relays.pushedStreams).toBe(1);
    const lines = stage.log.lines.filter(([, message]) => message === "push started");
    expect(lines).toEqual([
      ["info", "push started", { stream: "live/cam", target: "rtmp://a/show" }],
    ]);
  });

  test("does not show a stream key that the server repeats", async () => {
    const stage = new Stage("--push=live/cam=rtmp://a/live/hidden");
    await stage.publisher("hidden", "a");
    await stage.publisher("cam");
    const failure = stage.log.lines.find(([, message]) => message === "target failed");
    expect(failure?.[2]["reason"]).toMatch(
      /NetStream\.Publish\.BadName: live\/… is being published$/,
    );
  });

  test("takes streams without an app, too", async () => {
    const stage = new Stage("--push=rtmp://a", "--push=rtmp://b/show");
    stage.relays.onPublish("cam");
    const publication = stage.hub.publish("cam");
    await stage.settle();
    expect(stage.log.messages).not.toContain("target failed");
    publication.end("closed");
  });

  test("begins anew with each publisher", async () => {
    const stage = new Stage("--push=rtmp://a");
    const first = await stage.publisher("cam");
    first.close();
    await stage.pass(graceSeconds);
    expect(stage.publishedAt("a")).toEqual([]);
    await stage.publisher("cam");
    expect(stage.publishedAt("a")).toEqual(["live/cam"]);
    expect(stage.log.messages.filter((message) => message === "push started").length).toBe(2);
  });

  test("goes on while a publisher is waited for that was lost", async () => {
    const stage = new Stage("--push=rtmp://a");
    const first = await stage.publisher("cam");
    first.reset();
    await stage.pass(graceSeconds - 1);
    expect(stage.publishedAt("a")).toEqual(["live/cam"]);
    await stage.publisher("cam");
    await stage.pass(graceSeconds - 1);
    expect(stage.publishedAt("a")).toEqual(["live/cam"]);
    expect(stage.other("a").stats()[0]?.packets).toBe(2);
    expect(stage.log.messages.filter((message) => message === "push started").length).toBe(1);
  });

  test("to a server that is down is tried again, and harms nobody", async () => {
    const stage = new Stage("--push=rtmp://a", "--push=rtmp://b");
    stage.down.add("a");
    await stage.publisher("cam");
    expect(stage.publishedAt("b")).toEqual(["live/cam"]);
    const failure = stage.log.lines.find(([, message]) => message === "target failed");
    expect(failure?.[2]).toMatchObject({ target: "rtmp://a", reason: "connect ECONNREFUSED" });
    stage.down.clear();
    await stage.pass(1);
    expect(stage.publishedAt("a")).toEqual(["live/cam"]);
  });

  test("ends in order when the server does", async () => {
    const stage = new Stage("--push=rtmp://a");
    await stage.publisher("cam");
    let closed = false;
    void stage.relays.close().then(() => (closed = true));
    await Promise.resolve();
    expect(closed).toBe(false);
    await stage.settle();
    expect(closed).toBe(true);
    // A publisher that had been lost would be waited for.
    expect(stage.other("a").isLive("live/cam")).toBe(false);
    expect(stage.log.messages).toContain("push ended");
  });
});

describe("--pull", () => {
  test("serves what is published at another server, and publishes it further", async () => {
    const stage = new Stage("--pull=live/cam=rtmp://a/live/key", "--push=rtmp://b/show");
    await stage.publisher("key", "a");
    stage.relays.start();
    await stage.settle();
    expect(stage.hub.isLive("live/cam")).toBe(true);
    expect(stage.publishedAt("b")).toEqual(["show/cam"]);
    expect(stage.log.lines).toContainEqual([
      "info",
      "stream has come",
      { stream: "live/cam", origin: "rtmp://a/live" },
    ]);
  });

  test("has the first server of a stream that is up", async () => {
    const stage = new Stage(
      "--pull=live/cam=rtmp://a/live/cam",
      "--pull=live/cam=rtmp://b/live/cam",
    );
    await stage.publisher("cam", "a");
    await stage.publisher("cam", "b");
    stage.relays.start();
    await stage.settle();
    expect(stage.other("a").stats()[0]?.subscribers).toBe(1);
    expect(stage.other("b").stats()[0]?.subscribers).toBe(0);
    expect(stage.log.messages.filter((message) => message === "origin dialled").length).toBe(1);
  });

  test("tries the servers of one stream in order, and keeps the streams apart", async () => {
    const stage = new Stage(
      "--pull=live/cam=rtmp://a/live/cam",
      "--pull=live/other=rtmp://b/live/other",
      "--pull=live/cam=rtmp://b/live/cam",
    );
    stage.down.add("a");
    await stage.publisher("cam", "b");
    stage.relays.start();
    await stage.pass(1);
    expect(stage.hub.stats().map(({ streamPath }) => streamPath)).toEqual(["live/cam"]);
    expect(stage.log.lines).toContainEqual([
      "info",
      "stream has come",
      { stream: "live/cam", origin: "rtmp://b/live" },
    ]);
  });

  test("ends in order when the server does", async () => {
    const stage = new Stage("--pull=live/cam=rtmp://a/live/cam");
    await stage.publisher("cam", "a");
    stage.relays.start();
    await stage.settle();
    expect(stage.other("a").stats()[0]?.subscribers).toBe(1);
    void stage.relays.close();
    await stage.settle();
    expect(stage.other("a").stats()[0]?.subscribers).toBe(0);
    expect(stage.hub.isLive("live/cam")).toBe(false);
  });
});
