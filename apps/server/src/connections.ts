import type { StreamHub } from "@rtmp/hub";
import { connectionLog, type ConnectionLogOptions, OpenConnections } from "@rtmp/node-kit";
import { type Authorise, serve, type ServedConnection, type ServeObserver } from "@rtmp/relay";
import type { Transport } from "@rtmp/session";

/** What every connection of the server shares. */
export interface ConnectionsOptions extends ConnectionLogOptions {
  readonly hub: StreamHub;
  /** Decides who may publish and play. @default everybody */
  readonly authorise?: Authorise;
}

/** The open connections of the server. */
export class Connections extends OpenConnections<ServedConnection> {
  readonly #options: ConnectionsOptions;

  constructor(options: ConnectionsOptions) {
    super();
    this.#options = options;
  }

  /** Serves a connection until it closes. */
  serve(transport: Transport): void {
    const { hub, authorise } = this.#options;
    this.add((forget) =>
      serve(transport, {
        hub,
        observer: { ...this.#observer(transport.remote), onDisconnect: forget },
        ...(authorise === undefined ? {} : { authorise }),
      }),
    );
  }

  #observer(remote: string): ServeObserver {
    const { log } = this.#options;
    return {
      ...connectionLog(remote, this.#options),
      onPublish({ streamPath }) {
        log.info({ remote, stream: streamPath }, "publish started");
      },
      onTrack({ streamPath }, track) {
        log.info({ remote, stream: streamPath, ...track }, "track");
      },
      onPublishEnd({ streamPath }, end) {
        log.info({ remote, stream: streamPath, end }, "publish ended");
      },
    };
  }
}
