/**
 * A stream of the hub that is published at another server while it is live.
 *
 *   hub ──► Subscriber ──► shared chunks ──► ClientStream ──► the server
 *
 * RTMP §7.2.2.6
 */

import { MessageTypeId } from "@rtmp/chunk";
import type { MediaPacket } from "@rtmp/flv";
import type { MediaBatch, StreamHub, Subscriber, Subscription } from "@rtmp/hub";
import { encodeData, type Status, StatusCode } from "@rtmp/message";
import type { ClientStream, Link } from "@rtmp/session";
import { stoppedBy } from "./errors.ts";
import { PlayerForm } from "./player-form.ts";
import type { RelayObserver, RelayOptions } from "./relay-options.ts";
import { Uplink, type UplinkState } from "./uplink.ts";

// Orders the server to keep the metadata for late players (RTMP §7.1.2).
const setDataFrame = encodeData({ handler: "@setDataFrame", args: [] });

/** Is told what happens to a push; every method is optional and must not throw. */
export interface PushObserver extends RelayObserver {
  /** A server takes the stream; `server` is its place in `urls`. */
  onPublish?(server: number): void;
  /**
   * The stream is no longer published there, for whatever reason.
   *
   * @param skippedPackets  packets that the server was not sent because it was too slow
   */
  onPublishEnd?(skippedPackets: number): void;
  /** The stream has ended here, and is not waited for any more; the push waits for the next one of its name. */
  onIdle?(): void;
}

/** What {@link pushStream} works with. */
export interface PushOptions extends RelayOptions {
  /** Is told what happens, for logs and counts. */
  readonly observer?: PushObserver;
}

/** A stream that is being pushed. */
export interface Push {
  /** Where the connection stands: `idle` while the stream is not live. */
  readonly state: UplinkState;
  /** The place in `urls` of the server that is used, or tried next. */
  readonly server: number;
  /** Ends the publish and the connection, in order; resolves when it has closed. */
  close(): Promise<void>;
}

/**
 * Publishes a stream of the hub at another server whenever it is live, until it is closed.
 *
 * The server is dialled with the first media and left when the hub says that the stream ended; while a publisher that
 * was lost is waited for, it is kept. A server that reads too slowly is treated as a slow player: it gets the stream from
 * a later keyframe on, and in the end a new connection.
 *
 * @throws TypeError when there is no URL, or one is no RTMP URL or names no stream; RangeError when a limit is out of range
 */
export function pushStream(options: PushOptions): Push {
  return new StreamPush(options);
}

class StreamPush implements Push {
  readonly #hub: StreamHub;
  readonly #streamPath: string;
  readonly #observer: PushObserver;
  readonly #uplink: Uplink;
  // Tells whether the stream is live.
  readonly #watch: Subscription;
  #stream: ClientStream | undefined;
  #media: Subscription | undefined;

  constructor(options: PushOptions) {
    const { observer = {} } = options;
    this.#hub = options.hub;
    this.#streamPath = options.streamPath;
    this.#observer = observer;
    this.#uplink = new Uplink(options, {
      onOpening: (server) => observer.onOpening?.(server),
      onLink: (link, streamName) => this.#publish(link, streamName),
      onDown: () => this.#onDown(),
      onFailure: (server, cause, waitMs) => observer.onFailure?.(server, cause, waitMs),
      onReconnect: (server, host) => observer.onReconnect?.(server, host),
      onProblem: (error) => observer.onProblem?.(error),
    });
    this.#watch = this.#hub.subscribe(this.#streamPath, {
      queuedBytes: 0,
      onBatch: () => this.#uplink.start(),
      onPublish: () => {},
      onUnpublish: () => {
        this.#uplink.stop();
        observer.onIdle?.();
      },
      onEvict: () => {},
    });
  }

  get state(): UplinkState {
    return this.#uplink.state;
  }

  get server(): number {
    return this.#uplink.server;
  }

  close(): Promise<void> {
    this.#watch.close();
    return this.#uplink.close();
  }

  #publish(link: Link, streamName: string): void {
    const stream = link.session.stream({
      onStatus: (status) => {
        if (stream === this.#stream && isEnd(status)) this.#uplink.fail(stoppedBy(status));
      },
    });
    this.#stream = stream;
    stream.publish(streamName, "live", (answer) => {
      if (stream !== this.#stream) return;
      if (!answer.ok) {
        this.#uplink.fail(answer.error);
        return;
      }
      this.#uplink.answered();
      this.#observer.onPublish?.(this.#uplink.server);
      this.#join(link, stream);
    });
  }

  #join(link: Link, stream: ClientStream): void {
    const { driver } = link;
    const outlet = new PushOutlet(link, stream);
    const subscriber: Subscriber = {
      get queuedBytes(): number {
        return driver.queuedBytes;
      },
      onBatch: (batch, from) => outlet.write(batch, from),
      onPublish: () => {},
      onUnpublish: () => {},
      onEvict: (cause) => {
        if (stream === this.#stream) this.#uplink.fail(cause);
      },
    };
    // What players are spared for low latency, the players of that server may want.
    const media = this.#hub.subscribe(this.#streamPath, subscriber, { latency: "smooth" });
    // The cached GOP may have been the last that the connection took.
    if (stream === this.#stream) this.#media = media;
    else media.close();
  }

  #onDown(): void {
    const media = this.#media;
    this.#media = undefined;
    this.#stream?.close();
    this.#stream = undefined;
    if (media === undefined) return;
    media.close();
    this.#observer.onPublishEnd?.(media.skippedPackets);
  }
}

/** Writes batches as a publisher does: the bytes of players, but metadata as an order to keep it. */
class PushOutlet {
  readonly #link: Link;
  readonly #stream: ClientStream;
  readonly #form: PlayerForm;

  constructor(link: Link, stream: ClientStream) {
    const { chunkSize } = link.session;
    const { id: messageStreamId = 0 } = stream;
    this.#link = link;
    this.#stream = stream;
    this.#form = PlayerForm.of(
      { chunkSize, messageStreamId },
      { audio: true, video: "all", tracks: "all" },
    );
  }

  write(batch: MediaBatch, from: number): void {
    if (batch.packets.some(isMetadata)) {
      this.#link.driver.batch(() => this.#writeApart(batch, from));
    } else this.#share(batch, from, batch.packets.length);
  }

  /** The metadata goes through the connection's own writer, at its place in the order. */
  #writeApart(batch: MediaBatch, from: number): void {
    let begin = from;
    for (const [index, packet] of batch.packets.entries()) {
      if (index < from || !isMetadata(packet)) continue;
      this.#share(batch, begin, index);
      begin = index + 1;
      const payload = new Uint8Array(setDataFrame.length + packet.body.length);
      payload.set(setDataFrame);
      payload.set(packet.body, setDataFrame.length);
      this.#stream.write(MessageTypeId.DataAmf0, packet.timestamp, payload);
    }
    this.#share(batch, begin, batch.packets.length);
  }

  #share(batch: MediaBatch, from: number, end: number): void {
    const bytes = this.#form.bytesOf(batch, from, end);
    if (bytes.length > 0) this.#link.driver.writeShared(bytes, this.#stream);
  }
}

/** Whether a status says that the server takes no more media. */
function isEnd({ code, level }: Status): boolean {
  return level === "error" || code === StatusCode.UnpublishSuccess;
}

function isMetadata({ kind, frames }: MediaPacket): boolean {
  return kind === "data" && frames.some(({ role }) => role === "metadata");
}
