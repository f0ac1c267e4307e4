import type { StreamHub } from "@rtmp/hub";
import type { FloodGate, Log } from "@rtmp/node-kit";
import {
  type Access,
  type AccessRequest,
  serve,
  type ServedConnection,
  type ServeObserver,
} from "@rtmp/relay";
import type { Transport } from "@rtmp/session";
import type { Clock, RtmpError } from "@rtmp/wire";

import type { UpstreamPool } from "./upstream-pool.ts";

/** What every connection of the proxy shares. */
export interface PlayersOptions {
  readonly hub: StreamHub;
  /** Fetches what is played. */
  readonly upstreams: UpstreamPool;
  readonly log: Log;
  /** Takes the warnings, which peers can cause in floods. */
  readonly floodGate: FloodGate;
  /** The time. @default the platform's */
  readonly clock?: Clock;
}

/** The open connections of the proxy's players. */
export class Players {
  readonly #options: PlayersOptions;
  readonly #open = new Set<ServedConnection>();
  readonly #onEmpty: (() => void)[] = [];
  #isShuttingDown = false;

  constructor(options: PlayersOptions) {
    this.#options = options;
  }

  /** Open connections now. */
  get size(): number {
    return this.#open.size;
  }

  /** Serves a connection until it closes. */
  serve(transport: Transport): void {
    const { hub, clock } = this.#options;
    const connection: ServedConnection = serve(transport, {
      hub,
      authorise: (request) => this.#authorise(request),
      observer: this.#observer(transport.remote, () => this.#forget(connection)),
      ...(clock === undefined ? {} : { clock }),
    });
    this.#open.add(connection);
    if (this.#isShuttingDown) connection.shutDown();
  }

  /** Says goodbye on every connection, also on those that come later; resolves when all have closed. */
  async shutDown(): Promise<void> {
    this.#isShuttingDown = true;
    for (const connection of this.#open) connection.shutDown();
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty.push(resolve);
    });
  }

  #authorise({ action, path }: AccessRequest): Access {
    if (action === "publish") {
      return { granted: false, description: "streams are not published here, only played" };
    }
    if (this.#options.upstreams.hasRoomFor(path)) return { granted: true };
    return { granted: false, description: "too many streams are played" };
  }

  #forget(connection: ServedConnection): void {
    this.#open.delete(connection);
    if (this.#open.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  #observer(remote: string, onDisconnect: () => void): ServeObserver {
    const { log, floodGate, upstreams } = this.#options;
    return {
      onConnect({ app, flashVer }) {
        log.info({ remote, app, client: flashVer }, "client connected");
      },
      onPlay(path) {
        log.info({ remote, stream: path.streamPath }, "play started");
        upstreams.join(path);
      },
      onPlayEnd(path, end, skippedPackets) {
        log.info({ remote, stream: path.streamPath, end, skippedPackets }, "play ended");
        upstreams.leave(path);
      },
      onProblem(error) {
        floodGate.warn(error.code, describe(remote, error), "refused or dropped");
      },
      onInternalError(error) {
        log.error({ remote, error }, "internal error");
      },
      onClose(cause) {
        if (cause === undefined || cause.fault === "closed") {
          log.info({ remote, ...(cause && describe(remote, cause)) }, "connection closed");
        } else {
          floodGate.warn(cause.code, describe(remote, cause), "connection closed for a fault");
        }
      },
      onDisconnect,
    };
  }
}

function describe(remote: string, { code, fault, message }: RtmpError): Record<string, unknown> {
  return { remote, code, fault, reason: message };
}
