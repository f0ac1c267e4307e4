/**
 * A client and a server session joined in memory: virtual time, and a network whose whims repeat for the same seed.
 */

import {
  ClientSession,
  type ClientSessionOptions,
  Driver,
  ServerSession,
  type ServerSessionOptions,
} from "@rtmp/session";
import { seededBytes, seededRandom } from "./seeded-random.ts";
import { type PairedTransport, transportPair } from "./transport-pair.ts";
import { VirtualClock } from "./virtual-clock.ts";

// How often one side's bytes stand still, and how likely they go on, in one step of the weather.
const holdChance = 0.2;
const releaseChance = 0.5;

/** Construction of a {@link SessionPair}. */
export interface SessionPairOptions {
  /** The client; its connection begins at the pair's time. */
  readonly client: Omit<ClientSessionOptions, "now" | "reuseInput">;
  /** The server; its connection begins at the pair's time. */
  readonly server: Omit<ServerSessionOptions, "now" | "reuseInput">;
  /** The time. @default a clock of the pair's own, at 0 */
  readonly clock?: VirtualClock;
  /**
   * Cuts and joins what is written, and rules the weather.
   *
   * @default each written piece arrives as it is
   */
  readonly seed?: number;
}

/** What the network does in {@link SessionPair.weather}. */
export interface Weather {
  /** Steps to go; in each, what is not held up arrives, and some time passes. */
  readonly steps: number;
  /** Most milliseconds that pass in one step. @default 20 */
  readonly maxStepMs?: number;
  /** How likely the connection breaks, in one step. @default 0 */
  readonly cutChance?: number;
  /** Called in front of each step, to give both sides something to say. */
  readonly onStep?: (step: number) => void;
}

/** Two sessions and everything between them. */
export interface SessionPair {
  /** The time of both. */
  readonly clock: VirtualClock;
  /** The client's session. */
  readonly client: ClientSession;
  /** The server's session. */
  readonly server: ServerSession;
  /** Runs what an owner does on the client's side so that it leaves in one write. */
  readonly clientDriver: Driver;
  /** Runs what an owner does on the server's side so that it leaves in one write. */
  readonly serverDriver: Driver;
  /** The client's end of the connection. */
  readonly near: PairedTransport;
  /** The server's end of the connection. */
  readonly far: PairedTransport;
  /** Carries everything that can move, without time. */
  settle(): void;
  /** Moves the time on, and carries everything that can move at each deadline on the way. */
  advance(milliseconds: number): void;
  /** Lets the network have its way: bytes of either side are held up, time passes, the connection may break. */
  weather(weather: Weather): void;
}

/**
 * Joins a client session to a server session.
 *
 * Nothing moves by itself: `settle`, `advance` and `weather` do it, so a test repeats exactly. The handshake has not
 * begun.
 *
 * @throws RangeError when an option of either session is out of range
 */
export function pair(options: SessionPairOptions): SessionPair {
  return new JoinedSessions(options);
}

class JoinedSessions implements SessionPair {
  readonly clock: VirtualClock;
  readonly client: ClientSession;
  readonly server: ServerSession;
  readonly clientDriver: Driver;
  readonly serverDriver: Driver;
  readonly near: PairedTransport;
  readonly far: PairedTransport;
  readonly #random: () => number;

  constructor({ client, server, clock = new VirtualClock(), seed }: SessionPairOptions) {
    this.clock = clock;
    this.#random = seededRandom(seed ?? 0);
    const cuts = seed === undefined ? {} : { random: this.#random };
    [this.near, this.far] = transportPair({ clock, ...cuts });
    this.clientDriver = new Driver({ transport: this.near, clock });
    this.serverDriver = new Driver({ transport: this.far, clock });

    const fill = seededBytes(seededRandom(seed ?? 0), 1536);
    const randomBytes = (length: number): Uint8Array => fill.slice(0, length);
    const now = clock.now();
    this.server = new ServerSession({
      randomBytes,
      ...server,
      now,
      handlers: withOutput(server.handlers, this.serverDriver),
    });
    this.client = new ClientSession({
      randomBytes,
      ...client,
      now,
      handlers: withOutput(client.handlers, this.clientDriver),
    });
    this.serverDriver.start(this.server);
    this.clientDriver.start(this.client);
  }

  settle(): void {
    do {
      this.clientDriver.batch(() => {});
      this.serverDriver.batch(() => {});
      this.near.flush();
    } while (!this.client.outputEmpty || !this.server.outputEmpty);
  }

  advance(milliseconds: number): void {
    const end = this.clock.now() + milliseconds;
    this.settle();
    while (this.clock.now() < end) {
      const next = Math.min(this.client.nextDeadline(), this.server.nextDeadline(), end);
      this.clock.advance(Math.max(next, this.clock.now() + 1) - this.clock.now());
      this.settle();
    }
  }

  weather({ steps, maxStepMs = 20, cutChance = 0, onStep }: Weather): void {
    for (let step = 0; step < steps; step++) {
      onStep?.(step);
      for (const end of [this.near, this.far]) {
        const chance = this.#random();
        if (chance < holdChance) end.hold();
        else if (chance < holdChance + releaseChance) end.release();
      }
      if (this.#random() < cutChance) this.near.reset();
      this.settle();
      this.clock.advance(Math.floor(this.#random() * (maxStepMs + 1)));
    }
    this.near.release();
    this.far.release();
    this.settle();
  }
}

/** Both the driver and the owner are told of output. */
function withOutput<H extends { onOutput?: () => void }>(handlers: H, driver: Driver): H {
  const own = handlers.onOutput;
  return {
    ...handlers,
    onOutput: () => {
      driver.onOutput();
      own?.call(handlers);
    },
  };
}
