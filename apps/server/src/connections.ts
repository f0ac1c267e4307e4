import type { FloodGate, Log } from "@rtmp/node-kit";
import { type Authorise, serve, type ServedConnection, type ServeObserver } from "@rtmp/relay";
import type { StreamHub } from "@rtmp/hub";
import type { Transport } from "@rtmp/session";
import type { RtmpError } from "@rtmp/wire";

/** What every connection of the server shares. */
export interface ConnectionsOptions {
  readonly hub: StreamHub;
  readonly log: Log;
  /** Takes the warnings, which peers can cause in floods. */
  readonly floodGate: FloodGate;
  /** Decides who may publish and play. @default everybody */
  readonly authorise?: Authorise;
}

/** The open connections of the server. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Set<ServedConnection>();
  readonly #onEmpty: (() => void)[] = [];
  #isShuttingDown = false;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** Open connections now. */
  get size(): number {
    return this.#open.size;
  }

  /** Serves a connection until it closes. */
  serve(transport: Transport): void {
    const { hub, authorise } = this.#options;
    const connection: ServedConnection = serve(transport, {
      hub,
      observer: this.#observer(transport.remote, () => this.#forget(connection)),
      ...(authorise === undefined ? {} : { authorise }),
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

  #forget(connection: ServedConnection): void {
    this.#open.delete(connection);
    if (this.#open.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
  }

  #observer(remote: string, onDisconnect: () => void): ServeObserver {
    const { log, floodGate } = this.#options;
    return {
      onConnect({ app, flashVer }) {
        log.info({ remote, app, client: flashVer }, "client connected");
      },
      onPublish({ streamPath }) {
        log.info({ remote, stream: streamPath }, "publish started");
      },
      onTrack({ streamPath }, track) {
        log.info({ remote, stream: streamPath, ...track }, "track");
      },
      onPublishEnd({ streamPath }, end) {
        log.info({ remote, stream: streamPath, end }, "publish ended");
      },
      onPlay({ streamPath }) {
        log.info({ remote, stream: streamPath }, "play started");
      },
      onPlayEnd({ streamPath }, end, skippedPackets) {
        log.info({ remote, stream: streamPath, end, skippedPackets }, "play ended");
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
