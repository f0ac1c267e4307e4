import type { StreamHub } from "@rtmp/hub";
import { ConnectionLog, type ConnectionLogOptions, OpenConnections } from "@rtmp/node-kit";
import {
  type Access,
  type AccessRequest,
  serve,
  type ServedConnection,
  type ServeObserver,
} from "@rtmp/relay";
import type { StreamPath } from "@rtmp/message";
import type { StreamEnd, Transport } from "@rtmp/session";
import type { Clock } from "@rtmp/wire";

import type { UpstreamPool } from "./upstream-pool.ts";

/** What every connection of the proxy shares. */
export interface PlayersOptions extends ConnectionLogOptions {
  readonly hub: StreamHub;
  /** Fetches what is played. */
  readonly upstreams: UpstreamPool;
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

  /** Serves a connection until it closes. */
  serve(transport: Transport): void {
    const { hub, clock } = this.#options;
    this.add((forget) =>
      serve(transport, {
        hub,
        authorise: this.#authorise,
        observer: new Observer(transport.remote, this.#options, forget),
        ...(clock === undefined ? {} : { clock }),
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

  constructor(remote: string, options: PlayersOptions, onDisconnect: () => void) {
    super(remote, options);
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
