import { serve } from "@rtmp/relay";
import type { Dial } from "@rtmp/session";
import { type PairedTransport, toHex, transportPair, VirtualClock } from "@rtmp/testing";
import { RtmpError } from "@rtmp/wire";
import { type TestPeer, TestServer } from "./served.ts";

/** Servers by host name on one virtual clock, and a way for relays to reach them. */
export class RelayStage {
  readonly clock = new VirtualClock(1_000);
  readonly servers = new Map<string, TestServer>();
  /** Hosts that were dialled, in order. */
  readonly dialled: string[] = [];
  /** Both ends of the relays' connections, the relay's first, in order. */
  readonly lines: [near: PairedTransport, far: PairedTransport][] = [];
  /** What the servers' observers were told of relays. */
  readonly events: string[] = [];

  readonly dial: Dial = ({ host }) => {
    this.dialled.push(host);
    const server = this.servers.get(host);
    if (server === undefined) return Promise.reject(new Error(`connect ECONNREFUSED ${host}`));
    const line = transportPair({ clock: this.clock });
    this.lines.push(line);
    serve(line[1], {
      ...server.options,
      hub: server.hub,
      clock: this.clock,
      observer: {
        onPublish: ({ streamPath }) => this.events.push(`${host} publish ${streamPath}`),
        onPublishEnd: ({ streamPath }, end) =>
          this.events.push(`${host} publish ${streamPath} ${end}`),
        onPlay: ({ streamPath }) => this.events.push(`${host} play ${streamPath}`),
        onPlayEnd: ({ streamPath }, end) => this.events.push(`${host} play ${streamPath} ${end}`),
      },
    });
    return Promise.resolve(line[0]);
  };

  /** What every relay under test works with, and the lines of what its observer is told. */
  relay() {
    const lines: string[] = [];
    const observer = {
      onOpening: (server: number) => lines.push(`opening ${server}`),
      onPublish: (server: number) => lines.push(`publish ${server}`),
      onPublishEnd: (end: string | number) => lines.push(`end ${end}`),
      onFailure: (server: number, cause: unknown, waitMs: number) =>
        lines.push(`failure ${server} ${codeOf(cause)} ${waitMs}`),
      onProblem: ({ code }: RtmpError) => lines.push(`problem ${code}`),
    };
    return { lines, options: { dial: this.dial, clock: this.clock, random: () => 1, observer } };
  }

  /** Adds a server. */
  add(host: string, options: ConstructorParameters<typeof TestServer>[0] = {}): TestServer {
    const server = new TestServer(options, this.clock);
    this.servers.set(host, server);
    return server;
  }

  /** Carries everything that waits, and what promises bring about. */
  async settle(): Promise<void> {
    for (let round = 0; round < 4; round++) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.carry();
    }
  }

  /** Carries everything that waits on connections. */
  carry(): void {
    for (let round = 0; round < 2; round++) {
      for (const [near] of this.lines) near.flush();
      for (const server of this.servers.values()) server.settle();
    }
  }

  /** Lets time pass in steps of a second at most, as timers of both ends depend on each other. */
  async advance(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 1_000) {
      this.clock.advance(Math.min(left, 1_000));
      await this.settle();
    }
  }
}

const codeOf = (cause: unknown): string =>
  cause instanceof RtmpError ? cause.code : String(cause);

const kinds: Readonly<Record<number, string>> = { 8: "audio", 9: "video", 18: "data" };

/** Lines of what a player got: its kind, time and bytes. */
export const linesOf = (player: TestPeer): string[] =>
  player.client
    .media(true)
    .map(({ typeId, timestamp, payload }) => `${kinds[typeId]} ${timestamp} ${toHex(payload)}`);

/** The times of the audio and video that a player got. */
export const timesOf = (player: TestPeer): number[] =>
  player.client.media().map(({ timestamp }) => timestamp);
