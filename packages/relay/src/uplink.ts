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
 * A server that sends its client elsewhere serves on until the other one has answered connect; where that fails later,
 * the list goes on.
 *
 * E-RTMP "Reconnect Request"
 */

import { CapsExMask, readReconnectRequest, type RtmpUrl, type Status } from "@rtmp/message";
import {
  firstUrl,
  type Link,
  type LinkHandlers,
  type LinkRoute,
  movedUrl,
  openLink,
  SessionError,
} from "@rtmp/session";
import { type Cancel, type Clock, RtmpError, systemClock } from "@rtmp/wire";
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

/** A way to a server, from when it is dialled to its end. */
interface Way {
  readonly url: RtmpUrl;
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
  #reconnects = 0;
  // What belongs to neither of these two is of the past.
  #way: Way | undefined;
  // Where the server of the present way has sent its client, while that is being opened.
  #nextWay: Way | undefined;
  #link: Link | undefined;
  #openSince: number | undefined;
  #cancelTimer: Cancel | undefined;
  #cancelMove: Cancel | undefined;
  // Resolves when the last link has closed.
  #disconnected: Promise<void> = Promise.resolve();

  /**
   * @throws TypeError when there is no URL, or one is no RTMP URL or names no stream; RangeError when a limit is out of range
   */
  constructor(options: RelayOptions, handlers: UplinkHandlers) {
    const { urls, limits, sessionLimits, random, ...route } = options;
    this.#limits = resolveRelayLimits(limits);
    this.#route = {
      ...route,
      connect: withReconnect(route.connect, this.#limits),
      ...(sessionLimits === undefined ? {} : { limits: sessionLimits }),
    };
    this.#urls = urls.map((url) => firstUrl(url, this.#route));
    if (urls.length === 0) throw new TypeError("a URL is needed");
    if (this.#urls.some(({ streamName }) => streamName === "")) {
      throw new TypeError("the URL names no stream");
    }
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

  /** The server is of no use: on to where it has sent its client, else to the next one. */
  fail(cause: unknown): void {
    if (this.#state !== "opening" && this.#state !== "open") return;
    if (this.#nextWay !== undefined) {
      this.#leaveFor(this.#nextWay);
      return;
    }
    const wasStable = this.#isStable;
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

  /** Ends the connection in order, for good; resolves when it has closed. */
  close(): Promise<void> {
    this.#drop("closed");
    return this.#disconnected;
  }

  get #isStable(): boolean {
    if (this.#openSince === undefined) return false;
    return this.#clock.now() - this.#openSince >= this.#limits.stableMs;
  }

  #open(): void {
    const url = this.#urls[this.#server];
    if (url === undefined) return;
    const way = { url };
    this.#begin(way);
    this.#handlers.onOpening?.(this.#server);
    if (way === this.#way) void this.#connect(way);
  }

  /** Gives a way its time to do what it is for. */
  #begin(way: Way): void {
    this.#state = "opening";
    this.#way = way;
    const { openTimeoutMs } = this.#limits;
    this.#cancelTimer = this.#clock.schedule(openTimeoutMs, () => {
      const text = `no answer to publish or play after ${openTimeoutMs} ms`;
      this.fail(new RelayError("RTMP_ERR_RELAY_TIMEOUT", text));
    });
  }

  async #connect(way: Way): Promise<void> {
    const home = this.#urls[this.#server];
    let link: Link;
    try {
      link = await openLink(way.url, this.#route, this.#linkHandlers(way), home);
    } catch (error) {
      this.#onEnd(way, error);
      return;
    }
    if (way === this.#nextWay) this.#leaveFor(way);
    if (way !== this.#way) {
      link.close();
      return;
    }
    this.#link = link;
    link.driver.batch(() => this.#handlers.onLink(link, way.url.streamName));
  }

  #linkHandlers(way: Way): LinkHandlers {
    return {
      onStatus: (_link, status) => this.#onStatus(way, status),
      onSharedObject: () => {},
      onProblem: (error) => this.#handlers.onProblem?.(error),
      onReceived: () => {
        if (way === this.#way) this.#handlers.onReceived?.();
      },
      onEnd: (_link, cause) => this.#onEnd(way, cause),
    };
  }

  #onEnd(way: Way, cause: unknown): void {
    if (way === this.#way) this.fail(cause);
    else if (way === this.#nextWay) this.#stay(cause);
  }

  /** Opens the way to where the server sends its client; the present one goes on meanwhile. */
  #onStatus(way: Way, status: Status): void {
    const request = readReconnectRequest(status);
    const home = this.#urls[this.#server];
    if (request === undefined || home === undefined) return;
    if (way !== this.#way || this.#nextWay !== undefined) return;
    const { maxReconnects, openTimeoutMs } = this.#limits;
    if (this.#isStable) this.#reconnects = 0;
    if (this.#reconnects >= maxReconnects) return;
    this.#reconnects++;
    let url: RtmpUrl;
    try {
      url = movedUrl(way.url, request.tcUrl, home);
    } catch (error) {
      if (!(error instanceof RtmpError)) throw error;
      this.#stay(error);
      return;
    }
    const nextWay = { url };
    this.#nextWay = nextWay;
    this.#cancelMove = this.#clock.schedule(openTimeoutMs, () => {
      const text = `no answer to connect after ${openTimeoutMs} ms`;
      this.#stay(new RelayError("RTMP_ERR_RELAY_TIMEOUT", text));
    });
    this.#handlers.onReconnect?.(this.#server, url.host);
    if (nextWay === this.#nextWay) void this.#connect(nextWay);
  }

  /** The server that asked serves on. */
  #stay(cause: unknown): void {
    this.#stopMove();
    const text = "the relay could not go where its server sent it";
    this.#handlers.onProblem?.(new SessionError("RTMP_ERR_RECONNECT_FAILED", text, { cause }));
  }

  #leaveFor(way: Way): void {
    this.#drop("opening");
    // The owner may have been told to close meanwhile.
    if (this.state === "opening") this.#begin(way);
  }

  #drop(state: UplinkState): void {
    const link = this.#link;
    this.#state = state;
    this.#way = undefined;
    this.#link = undefined;
    this.#openSince = undefined;
    this.#stopTimer();
    this.#stopMove();
    if (link === undefined) return;
    this.#disconnected = link.disconnected;
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

  #stopMove(): void {
    this.#nextWay = undefined;
    this.#cancelMove?.();
    this.#cancelMove = undefined;
  }
}

/** Tells servers that Reconnect Requests are followed, unless none is. */
function withReconnect(
  connect: LinkRoute["connect"],
  { maxReconnects }: RelayLimits,
): LinkRoute["connect"] {
  if (maxReconnects === 0) return connect;
  return { ...connect, capsEx: (connect?.capsEx ?? 0) | CapsExMask.Reconnect };
}
