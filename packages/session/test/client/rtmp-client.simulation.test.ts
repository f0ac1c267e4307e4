import type { Player, Publisher, PublishedMedia, RtmpClient } from "@rtmp/session";
import { seededRandom } from "@rtmp/testing";
import { expect, test } from "vitest";
import { type Policy, Servers } from "./client-servers.ts";

const seeds = Number(process.env["RTMP_CLIENT_SIMULATIONS"] ?? 300);
const steps = 60;
const hosts = ["a", "b", "c"] as const;

/** Some turns of the event loop's microtasks: how far things get is up to chance. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A client, and everything it promised. */
class Life {
  readonly random: () => number;
  readonly policies: Record<string, Policy> = { a: {}, b: {}, c: {} };
  readonly servers = new Servers(this.policies);
  readonly promised: Promise<unknown>[] = [];
  readonly publishers: Publisher[] = [];
  readonly players: Player[] = [];
  #client: RtmpClient | undefined;
  #time = 0;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.random() * from.length)];
  }

  /** Whatever comes of it, it must come. */
  promise(what: Promise<unknown>): void {
    this.promised.push(what.catch((error: unknown) => error));
  }

  async live(): Promise<void> {
    this.#client = await this.servers.connect("rtmp://a/live/cam", { onProblem: () => {} });
    this.promise(this.#client.closed);
    for (let step = 0; step < steps; step++) {
      this.#act(this.#client);
      await turns(Math.floor(this.random() * 30));
    }
    this.promise(this.#client.close());
    // What is being dialled or answered still comes, and is closed.
    for (let turn = 0; turn < 20; turn++) await macrotask();
  }

  #act(client: RtmpClient): void {
    const chance = this.random();
    if (chance < 0.06) this.#open(client.publish(), this.publishers);
    else if (chance < 0.12) this.#open(client.play("cam", { maxQueuedBytes: 20 }), this.players);
    else if (chance < 0.5) this.#send();
    else if (chance < 0.6) this.#take();
    else if (chance < 0.65) this.promise(client.call("add", 1));
    else if (chance < 0.7) this.pick([...this.publishers, ...this.players])?.close();
    else this.#onServer();
  }

  #open<S>(opening: Promise<S>, list: S[]): void {
    this.promise(opening.then((stream) => list.push(stream)));
  }

  #send(): void {
    const publisher = this.pick(this.publishers);
    if (publisher === undefined) return;
    const keyframe = this.random() < 0.4;
    const frame = { track: 0, role: "coded-frames", keyframe, codec: "" };
    const media: PublishedMedia = {
      kind: "video",
      timestamp: this.#time++,
      body: Uint8Array.of(keyframe ? 0x17 : 0x27, 1),
      frames: [frame],
    };
    publisher.send(media);
    if (this.random() < 0.3) this.promise(publisher.drained());
  }

  #take(): void {
    const player = this.pick(this.players);
    if (player !== undefined) this.promise(player.next());
  }

  #onServer(): void {
    const end = this.pick(this.servers.ends.filter(({ connected }) => connected));
    const policy = this.policies[this.pick(hosts) ?? "a"] ?? {};
    const isKind = this.random() < 0.5;
    const chance = this.random();
    if (chance < 0.3) end?.reconnect(`rtmp://${this.pick([...hosts, "nowhere"])}/live`);
    else if (chance < 0.4) end?.transport.reset();
    else if (chance < 0.45) end?.command(0, "close", 0);
    else if (chance < 0.75) end?.video(this.#time++, 1);
    else if (chance < 0.8) end?.status(1, "NetStream.Play.UnpublishNotify");
    else if (chance < 0.85) {
      policy.publish = isKind ? "NetStream.Publish.Start" : "NetStream.Publish.BadName";
    } else if (chance < 0.9) policy.play = isKind ? "NetStream.Play.Start" : "nothing";
    else if (chance < 0.95) end?.transport.pause();
    else end?.transport.resume();
  }
}

test(`${seeds} clients keep every promise and leave no connection`, async () => {
  let connections = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const life = new Life(seed);
    await life.live();
    for (const end of life.servers.ends) end.transport.resume();
    for (let turn = 0; turn < 20; turn++) await macrotask();
    const waits = Symbol("waits");
    const late = macrotask().then(() => waits);
    const outcomes = await Promise.all(life.promised.map((what) => Promise.race([what, late])));
    expect({ seed, waiting: outcomes.filter((outcome) => outcome === waits).length }).toEqual({
      seed,
      waiting: 0,
    });
    expect({ seed, open: life.servers.ends.filter(({ closed }) => !closed).length }).toEqual({
      seed,
      open: 0,
    });
    connections += life.servers.ends.length;
  }
  // It happened.
  expect(connections).toBeGreaterThan(seeds * 1.5);
}, 60_000);
