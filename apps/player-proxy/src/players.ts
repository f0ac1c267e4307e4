import type { StreamHub } from "@rtmp/hub";
import { ConnectionLog, type ConnectionLogOptions, OpenConnections } from "@rtmp/node-kit";
import {
  type Access,
  type AccessRequest,
  serve,
  type ServedConnection,
  type ServeObserver,
  type ServeOptions,
} from "@rtmp/relay";
import type { StreamPath } from "@rtmp/message";
import type { StreamEnd, Transport } from "@rtmp/session";
import type { Arrival } from "@rtmp/transport-node";
import type { Clock } from "@rtmp/wire";

import type { UpstreamPool } from "./upstream-pool.ts";

/** What every connection of the proxy shares. */
export interface PlayersOptions extends ConnectionLogOptions {
  readonly hub: StreamHub;
  /** Fetches what is played. */
  readonly upstreams: UpstreamPool;
  /** Makes the keys of RTMPE, or refuses it. @default players are told that there is none */
  readonly rtmpe?: ServeOptions["rtmpe"];
  /** The time. @default the platform's */
  readonly clock?: Clock;
}

/** The open connections of the proxy's players. */
export class Players extends OpenConnections<ServedConnection> {
  readonly #options: PlayersOptions;

  constructor(options: PlayersOptions) {
    super();
    this.#options = options;
  }

  /**
   * Serves a connection until it closes.
   *
   * @param arrival  told when the client has connected to an app
   */
  serve(transport: Transport, arrival?: Arrival): void {
    const { hub, clock, rtmpe } = this.#options;
    this.add((forget) =>
      serve(transport, {
        hub,
        authorise: this.#authorise,
        observer: new Observer(transport.remote, this.#options, forget, arrival),
        ...(clock === undefined ? {} : { clock }),
        ...(rtmpe === undefined ? {} : { rtmpe }),
      }),
    );
  }

  readonly #authorise = ({ action, path }: AccessRequest): Access => {
    if (action === "publish") {
      return { granted: false, description: "streams are not published here, only played" };
    }
    if (this.#options.upstreams.hasRoomFor(path)) return { granted: true };
    return { granted: false, description: "too many streams are played" };
  };
}

/** What one connection brings about: lines of the log, and streams that are fetched. */
class Observer extends ConnectionLog implements ServeObserver {
  readonly onDisconnect: () => void;
  readonly #upstreams: UpstreamPool;

  constructor(
    remote: string,
    options: PlayersOptions,
    onDisconnect: () => void,
    arrival: Arrival | undefined,
  ) {
    super(remote, options, arrival);
    this.onDisconnect = onDisconnect;
    this.#upstreams = options.upstreams;
  }

  override onPlay(path: StreamPath): void {
    super.onPlay(path);
    this.#upstreams.join(path);
  }

  override onPlayEnd(path: StreamPath, end: StreamEnd, skippedPackets: number): void {
    super.onPlayEnd(path, end, skippedPackets);
    this.#upstreams.leave(path);
  }
}
