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

/** What is logged of one connection. */
class Observer extends ConnectionLog implements ServeObserver {
  readonly onDisconnect: () => void;

  constructor(
    remote: string,
    options: ConnectionLogOptions,
    onDisconnect: () => void,
    arrival: Arrival | undefined,
  ) {
    super(remote, options, arrival);
    this.onDisconnect = onDisconnect;
  }

  onPublish({ streamPath }: StreamPath): void {
    this.info({ stream: streamPath }, "publish started");
  }

  onTrack({ streamPath }: StreamPath, track: PublishedTrack): void {
    this.info({ stream: streamPath, ...track }, "track");
  }

  onPublishEnd({ streamPath }: StreamPath, end: StreamEnd): void {
    this.info({ stream: streamPath, end }, "publish ended");
  }
}
