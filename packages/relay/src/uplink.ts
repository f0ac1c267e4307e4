/**
 * A connection to one of several servers, made anew whenever it ends.
 *
 *   idle ─start─► opening ──answered──► open
 *                  ▲   │                 │
 *                  │   └──failed─┐ ┌─lost┘
 *                  │             ▼ ▼
 *                  └─────────── waiting
 *
 * Each failure goes on to the next server in order, at once; when all have failed in a row it waits, longer each time.
 */

import type { RtmpUrl } from "@rtmp/message";
import { firstUrl, type Link, type LinkRoute, openLink } from "@rtmp/session";
import { type Cancel, type Clock, systemClock } from "@rtmp/wire";
import { Backoff } from "./backoff.ts";
import { RelayError } from "./errors.ts";
import { type RelayLimits, resolveRelayLimits } from "./limits.ts";
import type { RelayObserver, RelayOptions } from "./relay-options.ts";

/** Where an uplink stands. */
export type UplinkState = "idle" | "opening" | "open" | "waiting" | "closed";

/** What an uplink tells its owner. */
export interface UplinkHandlers extends RelayObserver {
  /** A server answered connect. The owner calls `answered` or `fail` when it knows more. */
  onLink(link: Link, streamName: string): void;
  /** A piece of input of the link was taken in. */
  onReceived?(): void;
  /** The link of the last `onLink` is of no use any more; it may be closed already. */
  onDown(): void;
}

/** A connection that is kept up. */
export class Uplink {
  readonly #urls: readonly RtmpUrl[];
  readonly #route: LinkRoute;
  readonly #limits: RelayLimits;
  readonly #handlers: UplinkHandlers;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  #state: UplinkState = "idle";
  #server = 0;
  #failures = 0;
  // What belongs to an earlier try has another number.
  #try = 0;
  #link: Link | undefined;
  #openSince: number | undefined;
  #cancelTimer: Cancel | undefined;

  /**
   * @throws TypeError when there is no URL, or one is no RTMP URL or names no stream; RangeError when a limit is out of range
   */
  constructor(options: RelayOptions, handlers: UplinkHandlers) {
    const { urls, limits, sessionLimits, random, ...route } = options;
    this.#route = { ...route, ...(sessionLimits === undefined ? {} : { limits: sessionLimits }) };
    this.#urls = urls.map((url) => firstUrl(url, this.#route));
    if (urls.length === 0) throw new TypeError("a URL is needed");
    if (this.#urls.some(({ streamName }) => streamName === "")) {
      throw new TypeError("the URL names no stream");
    }
    this.#limits = resolveRelayLimits(limits);
    this.#handlers = handlers;
    this.#clock = options.clock ?? systemClock;
    this.#backoff = new Backoff(this.#limits, random);
  }

  get state(): UplinkState {
    return this.#state;
  }

  /** The place in `urls` of the server that is used, or tried next. */
  get server(): number {
    return this.#server;
  }

  /** Begins to connect; without effect unless idle. */
  start(): void {
    if (this.#state === "idle") this.#open();
  }

  /** The server does what it was asked for. */
  answered(): void {
    if (this.#state !== "opening") return;
    this.#stopTimer();
    this.#state = "open";
    this.#openSince = this.#clock.now();
  }

  /** The server is of no use: on to the next one. */
  fail(cause: unknown): void {
    if (this.#state !== "opening" && this.#state !== "open") return;
    const now = this.#clock.now();
    const wasStable =
      this.#openSince !== undefined && now - this.#openSince >= this.#limits.stableMs;
    const failed = this.#server;
    this.#drop("waiting");
    // The owner may have been told to close meanwhile.
    if (this.state !== "waiting") return;
    if (wasStable) {
      this.#failures = 0;
      this.#backoff.reset();
    }
    this.#failures++;
    this.#server = (failed + 1) % this.#urls.length;
    const waitMs = this.#failures % this.#urls.length === 0 ? this.#backoff.next() : 0;
    this.#cancelTimer = this.#clock.schedule(waitMs, () => this.#open());
    this.#handlers.onFailure?.(failed, cause, waitMs);
  }

  /** Ends the connection in order; `start` makes another one. */
  stop(): void {
    if (this.#state !== "closed") this.#drop("idle");
  }

  /** Ends the connection in order, for good. */
  close(): void {
    this.#drop("closed");
  }

  #open(): void {
    const url = this.#urls[this.#server];
    if (url === undefined) return;
    this.#state = "opening";
    const { openTimeoutMs } = this.#limits;
    this.#cancelTimer = this.#clock.schedule(openTimeoutMs, () => {
      const text = `no answer to publish or play after ${openTimeoutMs} ms`;
      this.fail(new RelayError("RTMP_ERR_RELAY_TIMEOUT", text));
    });
    const number = ++this.#try;
    const isPresent = (): boolean => number === this.#try;
    this.#handlers.onOpening?.(this.#server);
    if (isPresent()) void this.#connect(url, isPresent);
  }

  async #connect(url: RtmpUrl, isPresent: () => boolean): Promise<void> {
    let link: Link;
    try {
      link = await openLink(url, this.#route, {
        onStatus: () => {},
        onSharedObject: () => {},
        onProblem: (error) => this.#handlers.onProblem?.(error),
        onReceived: () => {
          if (isPresent()) this.#handlers.onReceived?.();
        },
        onEnd: (_link, cause) => {
          if (isPresent()) this.fail(cause);
        },
      });
    } catch (error) {
      if (isPresent()) this.fail(error);
      return;
    }
    if (!isPresent()) {
      link.close();
      return;
    }
    this.#link = link;
    link.driver.batch(() => this.#handlers.onLink(link, url.streamName));
  }

  #drop(state: UplinkState): void {
    const link = this.#link;
    this.#state = state;
    this.#try++;
    this.#link = undefined;
    this.#openSince = undefined;
    this.#stopTimer();
    if (link === undefined) return;
    // What the owner says in the end leaves with the rest.
    link.driver.batch(() => {
      this.#handlers.onDown();
      link.session.end();
    });
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
