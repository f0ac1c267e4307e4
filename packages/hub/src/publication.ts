import type { MediaPacket } from "@rtmp/flv";

/** How a publication ends. */
export type PublicationEnd =
  /** The publisher said so: subscribers are told at once. */
  | "closed"
  /** Its connection was lost: subscribers wait for it through the grace period. */
  | "lost";

/** The stream that a publication belongs to. */
export interface PublishedStream {
  write(packet: MediaPacket): void;
  clearMetadata(): void;
  flush(): void;
  unpublish(end: PublicationEnd): void;
}

/** A publisher's hold of a name; without effect once it has ended. */
export class Publication {
  readonly #stream: PublishedStream;
  #ended = false;

  constructor(stream: PublishedStream) {
    this.#stream = stream;
  }

  /**
   * Takes in a packet; subscribers get it with the next `flush`.
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

  /** Sends what was written to all subscribers; called at the end of each turn that brought something. */
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
