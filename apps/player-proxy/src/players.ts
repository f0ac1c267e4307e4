import type { StreamHub } from "@rtmp/hub";
import { connectionLog, type ConnectionLogOptions, OpenConnections } from "@rtmp/node-kit";
import {
  type Access,
  type AccessRequest,
  serve,
  type ServedConnection,
  type ServeObserver,
} from "@rtmp/relay";
import type { Transport } from "@rtmp/session";
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
        authorise: (request) => this.#authorise(request),
        observer: { ...this.#observer(transport.remote), onDisconnect: forget },
        ...(clock === undefined ? {} : { clock }),
      }),
    );
  }

  #authorise({ action, path }: AccessRequest): Access {
    if (action === "publish") {
      return { granted: false, description: "streams are not published here, only played" };
    }
    if (this.#options.upstreams.hasRoomFor(path)) return { granted: true };
    return { granted: false, description: "too many streams are played" };
  }

  #observer(remote: string): ServeObserver {
    const { upstreams } = this.#options;
    const log = connectionLog(remote, this.#options);
    return {
      ...log,
      onPlay(path) {
        log.onPlay(path);
        upstreams.join(path);
      },
      onPlayEnd(path, end, skippedPackets) {
        log.onPlayEnd(path, end, skippedPackets);
        upstreams.leave(path);
      },
    };
  }
}
