/** Tunnels in virtual time whose HTTP requests are cut, repeated, withheld and overtaken by others. */

import { seededBytes, seededRandom, VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { resolveTunnelLimits } from "../../src/rtmpt/limits.ts";
import { TunnelClient } from "../../src/rtmpt/tunnel-client.ts";
import { Tunnels } from "../../src/rtmpt/tunnels.ts";
import { NumberedEnd } from "./numbered-stream.ts";
import { ParallelClient } from "./parallel-client.ts";
import { type Fate, fates, SimulatedClientHttp, SimulatedHttp } from "./simulated-http.ts";

// `pnpm fuzz` asks for a million inputs; a seed of its own for each run finds what the last one did not.
const inputs = Number(process.env["RTMP_FUZZ_INPUTS"] ?? 20_000);
const runs = Math.ceil(inputs / 20);
const firstSeed = Number(
  process.env["RTMP_FUZZ_SEED"] ?? (inputs > 20_000 ? Date.now() % 2 ** 31 : 1_111),
);
const timeout = Math.max(30_000, inputs / 2);
const turns = 60;
const answerTimeoutMs = 10_000;

/** A server with one tunnel. */
class World {
  readonly clock = new VirtualClock(1_000);
  readonly random: () => number;
  readonly tunnels: Tunnels;
  readonly http: SimulatedHttp;
  readonly id: string;
  readonly server: NumberedEnd;

  constructor(seed: number, seen: Map<Fate, number>) {
    this.random = seededRandom(seed);
    // Small ones, so that they matter.
    const limits = resolveTunnelLimits({ maxTunnelAnswerBytes: 999, tunnelTimeoutMs: 15_000 });
    this.tunnels = new Tunnels({
      limits,
      clock: this.clock,
      randomBytes: (length) => seededBytes(this.random, length),
      groupOf: (remote) => remote,
    });
    this.http = new SimulatedHttp(this.clock, this.random, this.tunnels, seen);
    const { id, tunnel } = this.tunnels.open("192.0.2.2:2222");
    this.id = id;
    this.server = new NumberedEnd(tunnel);
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  /** Lets one end write, pause or read on. */
  stir(end: NumberedEnd): void {
    const chance = this.random();
    if (chance < 0.3) end.write(1 + this.below(400));
    else if (chance < 0.4) end.write(1 + this.below(3_000), 0, 1 + this.below(9));
    else if (chance < 0.45) end.transport.pause();
    else if (chance < 0.6) end.transport.resume();
  }

  /** Waits until nothing moves any more, or it takes too long. */
  settle(isSettled: () => boolean): void {
    this.server.transport.resume();
    for (let step = 0; step < 400 && !isSettled(); step++) this.clock.advance(100);
  }
}

describe("a tunnel over HTTP that is cut, repeated and withheld", () => {
  test(
    `loses and doubles no byte in ${runs} runs, or is closed (first seed ${firstSeed})`,
    { timeout },
    () => {
      const seen = new Map<Fate, number>();
      let survived = 0;
      for (let run = 0; run < runs; run++) {
        const seed = firstSeed + run;
        try {
          if (runOurClient(seed, seen)) survived++;
        } catch (error) {
          throw new Error(`seed ${seed}`, { cause: error });
        }
      }
      expect([...seen.keys()].toSorted()).toEqual(["fine", ...Object.keys(fates)].toSorted());
      // What ends each time would show nothing.
      expect(survived / runs).toBeGreaterThan(0.4);
    },
  );

  test(
    `does so with four requests at a time in ${runs} runs (first seed ${firstSeed})`,
    { timeout },
    () => {
      const seen = new Map<Fate, number>();
      let survived = 0;
      for (let run = 0; run < runs; run++) {
        const seed = firstSeed + run;
        try {
          if (runParallelClient(seed, seen)) survived++;
        } catch (error) {
          throw new Error(`seed ${seed}`, { cause: error });
        }
      }
      expect([...seen.keys()].toSorted()).toEqual(["fine", ...Object.keys(fates)].toSorted());
      expect(survived / runs).toBeGreaterThan(0.4);
    },
  );
});

/** Says whether the tunnel was there until it was closed in order. */
function runOurClient(seed: number, seen: Map<Fate, number>): boolean {
  const world = new World(seed, seen);
  const { clock, server, tunnels } = world;
  const http = new SimulatedClientHttp(world.http);
  const { id } = world;
  const client = new NumberedEnd(
    new TunnelClient({ remote: "192.0.2.1:80", id, http, clock, answerTimeoutMs }),
  );
  const isOver = (): boolean => server.isClosed && client.isClosed;

  for (let turn = 0; turn < turns && !isOver(); turn++) {
    world.stir(world.random() < 0.5 ? server : client);
    clock.advance(world.below(80));
  }
  client.transport.resume();
  const { transport: near } = client;
  const { transport: far } = server;
  world.settle(() => isOver() || (near.queuedBytes === 0 && far.queuedBytes === 0));
  expect(server.received).toBeLessThanOrEqual(client.written);
  expect(client.received).toBeLessThanOrEqual(server.written);
  const isThere = !server.isClosed && !client.isClosed;
  if (isThere) {
    world.settle(
      () => isOver() || (server.received === client.written && client.received === server.written),
    );
    if (!server.isClosed && !client.isClosed) {
      expect(server.received).toBe(client.written);
      expect(client.received).toBe(server.written);
    }
  }

  const closer = world.random() < 0.5 ? server : client;
  const last = closer.isClosed ? 0 : 700;
  if (last > 0) closer.write(last);
  closer.transport.close(world.random() < 0.2 ? 0 : 20_000);
  clock.advance(60_000);
  expect([server.closes.length, client.closes.length]).toEqual([1, 1]);
  expect(tunnels.size).toBe(0);
  expect(clock.pending).toBe(0);
  return isThere;
}

function runParallelClient(seed: number, seen: Map<Fate, number>): boolean {
  const world = new World(seed, seen);
  const { clock, server, tunnels } = world;
  const firstSequence = [0, 1, 0x7ffffff0, -3][world.below(4)] ?? 0;
  const client = new ParallelClient(world.http, world.id, firstSequence);
  const isOver = (): boolean => server.isClosed || client.failure !== undefined;

  for (let turn = 0; turn < turns && !isOver(); turn++) {
    world.stir(server);
    if (client.mayPost && world.random() < 0.7) {
      if (world.random() < 0.5) client.send(1 + world.below(500));
      else client.idle();
    }
    clock.advance(world.below(60));
  }
  server.transport.resume();
  const isAll = (): boolean =>
    server.received === client.written && client.received === server.written;
  for (let step = 0; step < 400 && !isOver() && !isAll(); step++) {
    if (client.mayPost) client.idle();
    clock.advance(50);
  }
  expect(server.received).toBeLessThanOrEqual(client.written);
  expect(client.received).toBeLessThanOrEqual(server.written);
  const isThere = !isOver();
  if (isThere) {
    expect(server.received).toBe(client.written);
    expect(client.received).toBe(server.written);
  }
  server.transport.close(0);
  clock.advance(60_000);
  expect(server.closes).toHaveLength(1);
  expect(tunnels.size).toBe(0);
  expect(clock.pending).toBe(0);
  return isThere;
}
