import { StreamHub } from "@rtmp/hub";
import { FloodGate, parseRemoteServer } from "@rtmp/node-kit";
import { MemoryLog } from "@rtmp/node-kit/testing";
import { serve } from "@rtmp/relay";
import {
  hex,
  type PairedTransport,
  ScriptedClient,
  transportPair,
  VirtualClock,
} from "@rtmp/testing";
import type { Arrival } from "@rtmp/transport-node";

import type { ProxyLimits } from "../src/limits.ts";
import { Players } from "../src/players.ts";
import { UpstreamPool } from "../src/upstream-pool.ts";

/** A peer in memory. */
export interface Peer {
  readonly client: ScriptedClient;
  readonly transport: PairedTransport;
}

/** A server that the proxy can dial. */
export class TestOrigin {
  readonly hub: StreamHub;
  /** The proxy's ends of its connections, in order. */
  readonly links: PairedTransport[] = [];
  /** The origin's ends of the same. */
  readonly ends: PairedTransport[] = [];
  /** What players asked it for, with their parameters, in order. */
  readonly asked: string[] = [];
  isUp = true;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    this.hub = new StreamHub({ clock });
  }

  /** The proxy dials. */
  answer(): PairedTransport {
    const { near, far } = this.#accept();
    this.links.push(near);
    this.ends.push(far);
    return near;
  }

  /** A new connection's other end. */
  accept(): PairedTransport {
    return this.#accept().near;
  }

  #accept(): { near: PairedTransport; far: PairedTransport } {
    const [near, far] = transportPair({ clock: this.#clock });
    serve(far, {
      hub: this.hub,
      clock: this.#clock,
      authorise: ({ action, path, connect }) => {
        if (action === "play") {
          const parameters = Array.from(path.query, (pair) => pair.join("="));
          this.asked.push([connect.tcUrl, path.streamPath, ...parameters].join(" "));
        }
        return { granted: true };
      },
    });
    return { near, far };
  }
}

/** The proxy in virtual time, with origins `a` and `b` and players in memory. */
export class ProxyStage {
  readonly clock = new VirtualClock();
  readonly log = new MemoryLog();
  readonly origins = { a: new TestOrigin(this.clock), b: new TestOrigin(this.clock) };
  readonly hub = new StreamHub({ clock: this.clock });
  readonly upstreams: UpstreamPool;
  readonly players: Players;
  readonly #transports: PairedTransport[] = [];

  constructor(origins: string | readonly string[], limits: Partial<ProxyLimits> = {}) {
    const { hub, clock, log } = this;
    const floodGate = new FloodGate(log, { clock });
    this.upstreams = new UpstreamPool({
      hub,
      clock,
      log,
      floodGate,
      limits,
      origins: [origins].flat().map(parseRemoteServer),
      dial: ({ host }) => {
        const origin = host === "a" ? this.origins.a : this.origins.b;
        if (!origin.isUp) return Promise.reject(new Error("connect ECONNREFUSED"));
        const link = origin.answer();
        this.#transports.push(link);
        return Promise.resolve(link);
      },
    });
    this.players = new Players({ hub, clock, log, floodGate, upstreams: this.upstreams });
  }

  /** Opens a connection to the proxy, whose stream 1 has been created. */
  async connected(arrival?: Arrival): Promise<Peer> {
    const [near, far] = transportPair({ clock: this.clock });
    this.players.serve(far, arrival);
    return this.#connect(near);
  }

  /** Opens a connection to the proxy that plays. */
  async player(name = "cam"): Promise<Peer> {
    const peer = await this.connected();
    peer.client.command(1, "play", null, name);
    await this.settle();
    return peer;
  }

  /** Opens a connection to an origin that publishes `live/cam`. */
  async publisher(origin: TestOrigin): Promise<Peer> {
    const peer = await this.#connect(origin.accept());
    peer.client.command(1, "publish", null, "cam", "live");
    await this.settle();
    return peer;
  }

  /** Sends a sequence header, a keyframe and an inter frame 40 ms later. */
  async sendGop({ client }: Peer, timestamp: number): Promise<void> {
    const bodies = ["17 00 00 00 00 11", "17 01 00 00 00 22", "27 01 00 00 00 33"];
    const times = [timestamp, timestamp, timestamp + 40];
    const messages = bodies.map((body, index) => ({
      chunkStreamId: 6,
      timestamp: times[index] ?? 0,
      typeId: 9,
      messageStreamId: 1,
      payload: hex(body),
    }));
    client.send(...messages);
    await this.settle();
  }

  /** Carries everything that waits, and what promises bring about. */
  async settle(): Promise<void> {
    for (let round = 0; round < 5; round++) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      for (const transport of this.#transports) transport.flush();
    }
  }

  /** Lets time pass. */
  async advance(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 1_000) {
      this.clock.advance(Math.min(left, 1_000));
      await this.settle();
    }
  }

  async #connect(transport: PairedTransport): Promise<Peer> {
    const client = new ScriptedClient(transport, this.clock);
    this.#transports.push(transport);
    await this.settle();
    client.connect("live");
    client.command(0, "createStream", null);
    await this.settle();
    return { client, transport };
  }
}

/** The times of the audio and video that a player got. */
export const timesOf = ({ client }: Peer): number[] =>
  client.media().map(({ timestamp }) => timestamp);
