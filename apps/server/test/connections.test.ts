import { StreamHub } from "@rtmp/hub";
import { FloodGate } from "@rtmp/node-kit";
import { MemoryLog } from "@rtmp/node-kit/testing";
import type { Authorise } from "@rtmp/relay";
import {
  hex,
  type PairedTransport,
  ScriptedClient,
  transportPair,
  VirtualClock,
} from "@rtmp/testing";
import type { Arrival } from "@rtmp/transport-node";
import { describe, expect, test } from "vitest";

import { Connections } from "../src/connections.ts";

const remote = "192.0.2.2:2222";

/** The connections of a server, a log that remembers, and clients in memory. */
class TestConnections {
  readonly #log = new MemoryLog();
  readonly lines = this.#log.lines;
  readonly clock = new VirtualClock();
  readonly connections: Connections;
  readonly #transports: PairedTransport[] = [];

  constructor(authorise?: Authorise) {
    this.connections = new Connections({
      hub: new StreamHub({ clock: this.clock }),
      log: this.#log,
      floodGate: new FloodGate(this.#log, { clock: this.clock }),
      ...(authorise === undefined ? {} : { authorise }),
    });
  }

  open(arrival?: Arrival): { client: ScriptedClient; transport: PairedTransport } {
    const [server, transport] = transportPair({ clock: this.clock });
    this.connections.serve(server, arrival);
    const client = new ScriptedClient(transport, this.clock);
    this.#transports.push(transport);
    this.settle();
    return { client, transport };
  }

  connected(): { client: ScriptedClient; transport: PairedTransport } {
    const peer = this.open();
    peer.client.connect("live");
    peer.client.command(0, "createStream", null);
    this.settle();
    return peer;
  }

  settle(): void {
    for (let round = 0; round < 2; round++) for (const end of this.#transports) end.flush();
  }
}

describe("the log", () => {
  test("has a line for each step of a publisher and of a player", () => {
    const server = new TestConnections();
    const publisher = server.connected();
    publisher.client.command(1, "publish", null, "cam?token=secret", "live");
    const player = server.connected();
    player.client.command(1, "play", null, "cam");
    server.settle();
    publisher.client.send({
      chunkStreamId: 4,
      timestamp: 0,
      typeId: 8,
      messageStreamId: 1,
      payload: hex("af 00 12 10"),
    });
    server.settle();
    player.client.command(0, "deleteStream", null, 1);
    player.client.close();
    server.settle();
    publisher.transport.reset(new Error("read ECONNRESET"));
    server.settle();

    expect(server.lines).toEqual([
      ["info", "client connected", { remote, app: "live", client: "" }],
      ["info", "publish started", { remote, stream: "live/cam" }],
      ["info", "client connected", { remote, app: "live", client: "" }],
      ["info", "play started", { remote, stream: "live/cam" }],
      [
        "info",
        "track",
        {
          remote,
          stream: "live/cam",
          kind: "audio",
          track: 0,
          codec: "mp4a.40.2",
          sampleRate: 44_100,
          channels: 2,
        },
      ],
      ["info", "play ended", { remote, stream: "live/cam", end: "closed", skippedPackets: 0 }],
      ["info", "connection closed", { remote }],
      ["info", "publish ended", { remote, stream: "live/cam", end: "lost" }],
      [
        "info",
        "connection closed",
        {
          remote,
          code: "RTMP_ERR_CONNECTION_LOST",
          fault: "closed",
          reason: "the connection broke: read ECONNRESET",
        },
      ],
    ]);
    expect(JSON.stringify(server.lines)).not.toContain("secret");
  });

  test("has one line for a flood of problems, and the number of the others", () => {
    const server = new TestConnections();
    const { client } = server.connected();
    for (let i = 0; i < 50; i++) client.command(0, "noSuchCommand", null);
    server.settle();
    const ofProblems = () => server.lines.filter(([, message]) => message === "refused or dropped");
    expect(ofProblems()).toEqual([
      [
        "warn",
        "refused or dropped",
        expect.objectContaining({ remote, code: "RTMP_ERR_UNKNOWN_COMMAND", fault: "unsupported" }),
      ],
    ]);
    server.clock.advance(1_000);
    expect(ofProblems().length).toBe(2);
    expect(ofProblems()[1]?.[2]).toMatchObject({ suppressed: 48 });
  });

  test("has a warning for a connection that is closed for a fault, and one for a flood of them", () => {
    const server = new TestConnections();
    for (let i = 0; i < 3; i++) {
      const { client } = server.connected();
      client.sendRaw(hex("ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff"));
      server.settle();
    }
    const warnings = server.lines.filter(([level]) => level === "warn");
    expect(warnings.length).toBe(1);
    expect(warnings[0]?.[1]).toBe("connection closed for a fault");
    expect(warnings[0]?.[2]).toMatchObject({ remote, code: expect.stringMatching(/^RTMP_ERR_/) });
  });

  test("has an error for a fault of our own", () => {
    const error = new TypeError("a bug");
    const server = new TestConnections(() => {
      throw error;
    });
    const { client } = server.connected();
    client.command(1, "publish", null, "cam", "live");
    server.settle();
    expect(server.lines).toContainEqual(["error", "internal error", { remote, error }]);
  });
});

test("authorise decides who may publish", () => {
  const server = new TestConnections(() => ({ granted: false, description: "no" }));
  const { client } = server.connected();
  client.command(1, "publish", null, "cam", "live");
  server.settle();
  expect(client.codes.at(-1)).toBe("NetStream.Publish.Denied");
});

describe("shutDown", () => {
  test("returns at once when nobody is connected", async () => {
    const server = new TestConnections();
    await server.connections.shutDown();
    expect(server.connections.size).toBe(0);
  });

  test("says goodbye to everybody and waits until the last one has gone", async () => {
    const server = new TestConnections();
    const peers = [server.connected(), server.connected()];
    const stalled = server.connected();
    stalled.transport.pause();
    expect(server.connections.size).toBe(3);

    let isDone = false;
    const done = server.connections.shutDown().then(() => (isDone = true));
    server.settle();
    await Promise.resolve();
    for (const { client } of peers) {
      expect(client.codes.at(-1)).toBe("NetConnection.Connect.AppShutdown");
      client.close();
    }
    server.settle();
    await Promise.resolve();
    expect(isDone).toBe(false);
    expect(server.connections.size).toBe(1);

    server.clock.advance(1_000);
    await done;
    expect(server.connections.size).toBe(0);
    expect(server.clock.pending).toBe(0);
  });

  test("may be called twice, and both calls wait", async () => {
    const server = new TestConnections();
    server.connected();
    const both = [server.connections.shutDown(), server.connections.shutDown()];
    server.clock.advance(1_000);
    await expect(Promise.all(both)).resolves.toHaveLength(2);
  });

  test("sends away a connection that comes while it waits", async () => {
    const server = new TestConnections();
    server.connected();
    const done = server.connections.shutDown();
    const { transport } = server.open();
    server.clock.advance(1_000);
    await done;
    expect(transport.isClosed).toBe(true);
  });
});

test("a connection is established when its client has connected to an app", () => {
  const server = new TestConnections();
  let established = 0;
  const { client } = server.open({ scheme: "rtmp", established: () => established++ });
  server.settle();
  expect(established).toBe(0);
  client.connect("live");
  server.settle();
  expect(established).toBe(1);
});
