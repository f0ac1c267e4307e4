/** The load of one measurement: publishers and players, all in this process, and what they count. */

import { setTimeout as sleep } from "node:timers/promises";

import { Delays, type DelayFigures } from "./delays.ts";
import { type PlayCounts, Player } from "./player.ts";
import { publish, type Publisher } from "./publisher.ts";
import { measureSetUps, openIdle, type SetUpRate } from "./set-ups.ts";
import type { Target } from "./socket.ts";
import type { StreamShape } from "./stamped-stream.ts";

/** Where a server is, and how it is spoken to. */
export interface ServerAddress extends Target {
  readonly app: string;
  /** Whether it is one of the bare servers. */
  readonly bare: boolean;
}

/** Publishers to start. */
export interface PublishRequest {
  readonly server: ServerAddress;
  readonly streamNames: readonly string[];
  readonly shape: StreamShape;
  /** For a bare server: a batch each so many milliseconds. */
  readonly bareWindowMs: number;
}

/** Players to start. */
export interface PlayRequest {
  readonly server: ServerAddress;
  /** Players are dealt out to these in turn. */
  readonly streamNames: readonly string[];
  readonly count: number;
  /** How many begin in each second. */
  readonly perSecond: number;
  /** Bytes that each reads in a second. @default as many as there are */
  readonly bytesPerSecond?: number;
  /** Whether to wait until each has its first keyframe. */
  readonly untilPlaying: boolean;
}

/** Players that come and go. */
export interface ChurnRequest extends Omit<PlayRequest, "count" | "untilPlaying"> {
  readonly seconds: number;
}

/** What was counted since `begin`. */
export interface LoadFigures extends PlayCounts {
  readonly seconds: number;
  readonly players: number;
  readonly delays: DelayFigures;
  /** From the begin of a connection to its first keyframe, of players that came since. */
  readonly firstKeyframe: DelayFigures;
  /** Seconds that this process has worked. */
  readonly generatorCpuSeconds: number;
}

const keyframeTimeoutMs = 30_000;
const idlePerSecond = 500;
// Players of one turn of the loop that starts them.
const startStepMs = 5;

/** The clock of all stamps. */
const now = (): number => performance.now() * 1_000;

/** Publishes, plays and counts. */
export class Generator {
  readonly #publishers: Publisher[] = [];
  readonly #players = new Set<Player>();
  readonly #slow = new Set<Player>();
  readonly #delays = new Delays();
  readonly #firstKeyframe = new Delays();
  #counts: PlayCounts = noCounts();
  #since = Number.POSITIVE_INFINITY;
  #cpuBefore = process.cpuUsage();

  /** Starts publishers; resolves when all are accepted. */
  async publish({ server, streamNames, shape, bareWindowMs }: PublishRequest): Promise<void> {
    for (const streamName of streamNames) {
      this.#publishers.push(
        await publish({
          target: server,
          app: server.app,
          streamName,
          shape,
          bareWindowMs: server.bare ? bareWindowMs : undefined,
          now,
        }),
      );
    }
  }

  /** Ends all publishers as if their network went away. */
  cutPublishers(): void {
    for (const publisher of this.#publishers.splice(0)) publisher.cut();
  }

  /**
   * Starts players.
   *
   * @throws Error when one has no keyframe within 30 s, as the rejection
   */
  async play(request: PlayRequest): Promise<void> {
    const playing: Promise<void>[] = [];
    const begun = performance.now();
    while (playing.length < request.count) {
      const due = Math.ceil(((performance.now() - begun) / 1_000) * request.perSecond);
      while (playing.length < Math.min(due, request.count)) {
        const index = playing.length;
        playing.push(new Promise((resolve) => this.#startPlayer(request, index, resolve)));
      }
      await sleep(startStepMs);
    }
    if (!request.untilPlaying) return;
    await Promise.race([
      Promise.all(playing),
      sleep(keyframeTimeoutMs, undefined, { ref: false }).then(() => {
        throw new Error(`not every player has a keyframe after ${keyframeTimeoutMs} ms`);
      }),
    ]);
  }

  /** Lets players come and go; each stays until as many others have come. */
  async churn({ seconds, ...request }: ChurnRequest): Promise<void> {
    const guests: Player[] = [];
    const begun = performance.now();
    for (let count = 0; ; count++) {
      const wait = begun + (count * 1_000) / request.perSecond - performance.now();
      if (wait > 0) await sleep(wait);
      if (performance.now() - begun >= seconds * 1_000) break;
      guests.push(this.#startPlayer(request, count));
      if (guests.length > request.perSecond) this.#leave(guests.shift());
    }
    for (const guest of guests) this.#leave(guest);
  }

  /** Opens connections one after the other, some at a time, up to the answer to play. */
  setUps(server: ServerAddress, streamName: string, seconds: number): Promise<SetUpRate> {
    return measureSetUps({ target: server, app: server.app, streamName, seconds });
  }

  /** Opens connections that connect and do nothing else; resolves with how many there are once all are answered. */
  async openIdle(server: ServerAddress, count: number): Promise<number> {
    const connections = await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        await sleep((index / idlePerSecond) * 1_000);
        return openIdle(server, server.app);
      }),
    );
    return connections.filter((isOpen) => isOpen).length;
  }

  /** Begins to count anew. */
  begin(): void {
    this.#delays.clear();
    this.#firstKeyframe.clear();
    Object.assign(this.#counts, noCounts());
    this.#since = now();
    this.#cpuBefore = process.cpuUsage();
  }

  /** What was counted since `begin`. */
  figures(): LoadFigures {
    const { user, system } = process.cpuUsage(this.#cpuBefore);
    return {
      ...this.#counts,
      seconds: (now() - this.#since) / 1e6,
      players: this.#players.size,
      delays: this.#delays.figures,
      firstKeyframe: this.#firstKeyframe.figures,
      generatorCpuSeconds: (user + system) / 1e6,
    };
  }

  /** Lets all players leave. */
  leaveAll(): void {
    for (const player of [...this.#players, ...this.#slow]) this.#leave(player);
  }

  #leave(player: Player | undefined): void {
    if (player === undefined) return;
    this.#players.delete(player);
    this.#slow.delete(player);
    player.leave();
  }

  #startPlayer(
    { server, streamNames, bytesPerSecond }: Omit<PlayRequest, "count" | "untilPlaying">,
    index: number,
    onPlaying: () => void = () => {},
  ): Player {
    const isSlow = bytesPerSecond !== undefined;
    const player: Player = new Player({
      target: server,
      app: server.app,
      streamName: streamNames[index % streamNames.length] ?? "",
      bare: server.bare,
      // One that is slow on purpose does not count with the others.
      counts: isSlow ? noCounts() : this.#counts,
      delays: isSlow ? new Delays() : this.#delays,
      since: () => this.#since,
      now,
      onFirstKeyframe: (milliseconds) => {
        this.#firstKeyframe.add(milliseconds);
        onPlaying();
      },
      onClose: () => {
        this.#players.delete(player);
        this.#slow.delete(player);
      },
      ...(isSlow ? { bytesPerSecond } : {}),
    });
    (isSlow ? this.#slow : this.#players).add(player);
    return player;
  }
}

function noCounts(): PlayCounts {
  return { messages: 0, bytes: 0, missing: 0, misordered: 0, timestampsBack: 0, lost: 0 };
}
