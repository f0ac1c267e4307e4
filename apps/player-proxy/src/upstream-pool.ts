import type { StreamHub } from "@rtmp/hub";
import type { StreamPath } from "@rtmp/message";
import { type FloodGate, type Log, PullLog, type RemoteServer } from "@rtmp/node-kit";
import { type Pull, pullStream } from "@rtmp/relay";
import type { Dial, KeyAgreement } from "@rtmp/session";
import { type Cancel, type Clock, systemClock } from "@rtmp/wire";

import { type ProxyLimits, resolveProxyLimits } from "./limits.ts";

/** Construction of an {@link UpstreamPool}. */
export interface UpstreamPoolOptions {
  /** Where fetched streams go. */
  readonly hub: StreamHub;
  /** The servers that each stream is looked for at, in order. */
  readonly origins: readonly RemoteServer[];
  /** Opens the ways to them. */
  readonly dial: Dial;
  /** Makes the keys of RTMPE. @default the portable ones */
  readonly keyAgreement?: KeyAgreement;
  readonly log: Log;
  /** Takes the warnings, which failing origins cause in floods. */
  readonly floodGate: FloodGate;
  /** The time; that of the hub. @default the platform's */
  readonly clock?: Clock;
  /** What is left out has its default. */
  readonly limits?: Partial<ProxyLimits>;
}

/** The connections to origins: one for each stream that is played, however many players it has. */
export class UpstreamPool {
  readonly #options: UpstreamPoolOptions;
  readonly #clock: Clock;
  readonly #limits: ProxyLimits;
  readonly #upstreams = new Map<string, Upstream>();

  /** @throws RangeError when a limit is out of range */
  constructor(options: UpstreamPoolOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#limits = resolveProxyLimits(options.limits);
  }

  /** Streams that are fetched now. */
  get size(): number {
    return this.#upstreams.size;
  }

  /** Whether a stream can have one more player. */
  hasRoomFor({ streamPath }: StreamPath): boolean {
    const { maxFetchedStreams } = this.#limits;
    return this.#upstreams.has(streamPath) || this.#upstreams.size < maxFetchedStreams;
  }

  /**
   * A player has come; its stream is fetched unless it is already.
   *
   * The player's query is not asked with: one connection serves all players of the name, whatever theirs say.
   */
  join(path: StreamPath): void {
    const known = this.#upstreams.get(path.streamPath);
    if (known === undefined) {
      this.#upstreams.set(path.streamPath, { pull: this.#pull(path), players: 1 });
      return;
    }
    known.players++;
    known.cancelLinger?.();
    known.cancelLinger = undefined;
  }

  /** A player has gone; the stream of the last one is fetched on for a while. */
  leave({ streamPath }: StreamPath): void {
    const upstream = this.#upstreams.get(streamPath);
    if (upstream === undefined || --upstream.players > 0) return;
    upstream.cancelLinger = this.#clock.schedule(this.#limits.lingerMs, () => {
      this.#upstreams.delete(streamPath);
      void upstream.pull.close();
      this.#options.log.info({ stream: streamPath }, "fetch ended");
    });
  }

  /** Closes every connection; resolves when they have closed. */
  async close(): Promise<void> {
    const upstreams = [...this.#upstreams.values()];
    this.#upstreams.clear();
    for (const { cancelLinger } of upstreams) cancelLinger?.();
    await Promise.all(upstreams.map(({ pull }) => pull.close()));
  }

  #pull(path: StreamPath): Pull {
    const { hub, origins, dial, keyAgreement, log, floodGate } = this.#options;
    const { streamPath: stream } = path;
    log.info({ stream }, "fetch started");
    return pullStream({
      hub,
      dial,
      ...(keyAgreement === undefined ? {} : { keyAgreement }),
      clock: this.#clock,
      streamPath: stream,
      urls: origins.map((origin) => origin.urlOf(stream)),
      observer: new PullLog({ stream, servers: origins, log, floodGate }),
    });
  }
}

/** A stream that is fetched. */
interface Upstream {
  readonly pull: Pull;
  players: number;
  /** Set while there are no players. */
  cancelLinger?: Cancel | undefined;
}
