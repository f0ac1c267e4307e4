import type { MediaPacket } from "@rtmp/flv";
import type { HubError } from "./errors.ts";

/** How a publication ends. */
export type PublicationEnd =
  /** The publisher said so: subscribers are told at once. */
  | "closed"
  /** Its connection was lost: subscribers wait for it through the grace period. */
  | "lost";

/** What the hub is told of a publisher, for the day when another one wants its name. */
export interface PublishOptions {
  /** Who publishes, so that the same one may come back soon; any text. @default nobody's */
  readonly owner?: string;
  /** Milliseconds since the publisher was heard last. @default it is never silent */
  readonly silentMs?: () => number;
  /** Another publisher has the name now; this publication has ended as one that was lost. */
  readonly onTakenOver?: (cause: HubError) => void;
}

/** The stream that a publication belongs to. */
export interface PublishedStream {
  write(packet: MediaPacket): void;
  clearMetadata(): void;
  flush(): void;
  unpublish(end: PublicationEnd): void;
}

/** A publisher's hold of a name; without effect once it has ended. */
export class Publication {
  /** What its publisher said of itself. */
  readonly options: PublishOptions;
  readonly #stream: PublishedStream;
  #ended = false;

  constructor(stream: PublishedStream, options: PublishOptions = {}) {
    this.#stream = stream;
    this.options = options;
  }

  /**
   * Takes in a packet; subscribers get it with the next `flush`, or later when it waits for others.
   *
   * @throws HubError when the packet configures more than the limits allow; it is passed on all the same
   */
  write(packet: MediaPacket): void {
    if (!this.#ended) this.#stream.write(packet);
  }

  /** Forgets the stream's metadata: players that start with a later GOP get none. */
  clearMetadata(): void {
    if (!this.#ended) this.#stream.clearMetadata();
  }

  /**
   * Sends what was written to all subscribers; called at the end of each turn that brought something.
   *
   * While the hub merges, it waits for what the next turns bring, unless there is a keyframe in it.
   */
  flush(): void {
    if (!this.#ended) this.#stream.flush();
  }

  /**
   * Gives the name up.
   *
   * Called while media of the stream is handed out to its subscribers, it takes effect when that is done.
   */
  end(end: PublicationEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stream.unpublish(end);
  }
}
