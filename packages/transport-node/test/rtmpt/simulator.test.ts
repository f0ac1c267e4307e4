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
const runs = Math.ceil(inputs / 10);
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

  /** Lets time pass until something holds, or it takes too long. */
  settle(holds: () => boolean): void {
    this.server.transport.resume();
    for (let step = 0; step < 800 && !holds(); step++) this.clock.advance(50);
  }

  /** The server has forgotten the tunnel, and nothing waits any more. */
  checkEmpty(): void {
    same("calls of onClose", this.server.closes.length, 1);
    same("tunnels", this.tunnels.size, 0);
    same("timers", this.clock.pending, 0);
  }
}

const clients = [
  ["our client", runOurClient],
  ["a client with four requests at a time", runParallelClient],
] as const;

describe("a tunnel over HTTP that is cut, repeated, withheld and overtaken", () => {
  test.each(clients)(
    `loses and doubles no byte in ${runs} runs of %s, or is closed (first seed ${firstSeed})`,
    { timeout },
    (_, run) => {
      const seen = new Map<Fate, number>();
      let survived = 0;
      for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
        try {
          if (run(seed, seen)) survived++;
        } catch (error) {
          throw new Error(`seed ${seed}`, { cause: error });
        }
      }
      expect([...seen.keys()].toSorted()).toEqual(["fine", ...Object.keys(fates)].toSorted());
      // Tunnels that are closed each time would show nothing.
      expect(survived / runs).toBeGreaterThan(0.4);
    },
  );
});

/** Says whether the tunnel was there until it was closed in order. */
function runOurClient(seed: number, seen: Map<Fate, number>): boolean {
  const world = new World(seed, seen);
  const { clock, server, id } = world;
  const http = new SimulatedClientHttp(world.http);
  const client = new NumberedEnd(
    new TunnelClient({ remote: "192.0.2.1:80", id, http, clock, answerTimeoutMs }),
  );
  const isOver = (): boolean => server.isClosed || client.isClosed;

  for (let turn = 0; turn < turns && !isOver(); turn++) {
    world.stir(world.random() < 0.5 ? server : client);
    clock.advance(world.below(80));
  }
  client.transport.resume();
  const isQuiet = (): boolean => queued(client) + queued(server) === 0;
  world.settle(() => isOver() || (isAllThere(client, server) && isQuiet()));
  const isThere = !isOver();
  check(client, server, isThere);
  if (isThere) same("bytes queued", queued(client) + queued(server), 0);

  const closer = world.random() < 0.5 ? server : client;
  const isCut = world.random() < 0.2;
  if (!closer.isClosed) closer.write(700);
  closer.transport.close(isCut ? 0 : 20_000);
  clock.advance(60_000);
  check(client, server, false);
  same("calls of onClose", client.closes.length, 1);
  world.checkEmpty();
  return isThere;
}

function runParallelClient(seed: number, seen: Map<Fate, number>): boolean {
  const world = new World(seed, seen);
  const { clock, server, id } = world;
  const firstSequence = [0, 1, 0x7ffffff0, -3][world.below(4)] ?? 0;
  const client = new ParallelClient(world.http, id, firstSequence);
  const isOver = (): boolean => server.isClosed || client.failure !== undefined;

  for (let turn = 0; turn < turns && !isOver(); turn++) {
    world.stir(server);
    if (client.mayPost && world.random() < 0.7) {
      if (world.random() < 0.5) client.send(1 + world.below(500));
      else client.idle();
    }
    clock.advance(world.below(60));
  }
  world.settle(() => {
    if (client.mayPost) client.idle();
    return isOver() || isAllThere(client, server);
  });
  const isThere = !isOver();
  check(client, server, isThere);

  server.transport.close(0);
  clock.advance(60_000);
  world.checkEmpty();
  return isThere;
}

/** What one end of a tunnel has sent and got. */
interface Counts {
  readonly written: number;
  readonly received: number;
}

function isAllThere(client: Counts, server: Counts): boolean {
  return server.received === client.written && client.received === server.written;
}

/** Which bytes came, the ends check themselves; this is how many. */
function check(client: Counts, server: Counts, isComplete: boolean): void {
  if (server.received > client.written) throw new Error("the server has bytes that nobody sent");
  if (client.received > server.written) throw new Error("the client has bytes that nobody sent");
  if (!isComplete) return;
  same("bytes at the server", server.received, client.written);
  same("bytes at the client", client.received, server.written);
}

function queued(end: NumberedEnd): number {
  return end.transport.queuedBytes;
}

function same(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`${what}: ${actual}, and not ${expected}`);
}
