import type { StreamHub } from "@rtmp/hub";
import { ConnectionLog, type ConnectionLogOptions, OpenConnections } from "@rtmp/node-kit";
import {
  type Authorise,
  type PublishedTrack,
  serve,
  type ServedConnection,
  type ServeObserver,
  type ServeOptions,
} from "@rtmp/relay";
import type { StreamPath } from "@rtmp/message";
import type { StreamEnd, Transport } from "@rtmp/session";
import type { Arrival } from "@rtmp/transport-node";

/** What every connection of the server shares. */
export interface ConnectionsOptions extends ConnectionLogOptions {
  readonly hub: StreamHub;
  /** Decides who may publish and play. @default everybody */
  readonly authorise?: Authorise;
  /** Makes the keys of RTMPE, or refuses it. @default clients are told that there is none */
  readonly rtmpe?: ServeOptions["rtmpe"];
  /** A stream is being published. @default nothing more is done */
  readonly onPublish?: (path: StreamPath) => void;
}

/** The open connections of the server. */
export class Connections extends OpenConnections<ServedConnection> {
  readonly #options: ConnectionsOptions;

  constructor(options: ConnectionsOptions) {
    super();
    this.#options = options;
  }

  /**
   * Serves a connection until it closes.
   *
   * @param arrival  told when the client has connected to an app
   */
  serve(transport: Transport, arrival?: Arrival): void {
    const { hub, authorise, rtmpe } = this.#options;
    this.add((forget) =>
      serve(transport, {
        hub,
        observer: new Observer(transport.remote, this.#options, forget, arrival),
        ...(authorise === undefined ? {} : { authorise }),
        ...(rtmpe === undefined ? {} : { rtmpe }),
      }),
    );
  }
}

/** What one connection brings about: lines of the log, and streams that go on to others. */
class Observer extends ConnectionLog implements ServeObserver {
  readonly onDisconnect: () => void;
  readonly #options: ConnectionsOptions;

  constructor(
    remote: string,
    options: ConnectionsOptions,
    onDisconnect: () => void,
    arrival: Arrival | undefined,
  ) {
    super(remote, options, arrival);
    this.onDisconnect = onDisconnect;
    this.#options = options;
  }

  onPublish(path: StreamPath): void {
    this.info({ stream: path.streamPath }, "publish started");
    this.#options.onPublish?.(path);
  }

  onTrack({ streamPath }: StreamPath, track: PublishedTrack): void {
    this.info({ stream: streamPath, ...track }, "track");
  }

  onPublishEnd({ streamPath }: StreamPath, end: StreamEnd): void {
    this.info({ stream: streamPath, end }, "publish ended");
  }
}
