/**
 * A stream that a client publishes.
 *
 * RTMP §7.2.2.6
 */

import { encodeData, type PublishRequest, setDataFrame, type Status } from "@rtmp/message";
import type { AmfValue } from "@rtmp/message";
import type { RtmpError } from "@rtmp/wire";
import { SessionError } from "../errors.ts";
import type { ClientStream } from "./client-stream.ts";
import type { Link } from "./link.ts";
import { type FrameHint, type PublishedMedia, typeIdOf } from "./media.ts";

// What may wait while a publisher moves to another connection; beyond, it waits for a later keyframe.
const maxHeldBytes = 8 * 1024 * 1024;

/** How to publish. */
export interface PublisherOptions {
  /** What the server is to do with the media besides. @default "live" */
  readonly type?: PublishRequest["publishType"];
  /** Is told every status of the stream. */
  readonly onStatus?: (status: Status) => void;
}

/** A connection's stream that publishes. */
interface Outlet {
  readonly link: Link;
  readonly stream: ClientStream;
}

/** A stream that is published. */
export class Publisher {
  /** The name that is published. */
  readonly streamName: string;
  readonly #options: PublisherOptions;
  readonly #onClose: (publisher: Publisher) => void;
  // What a decoder must know, by what it says of which track; only of media that came with frames.
  readonly #configurations = new Map<string, PublishedMedia>();
  #outlet: Outlet | undefined;
  #hasVideo = false;
  // The link to go over to at the next keyframe, and what waits while that is under way.
  #nextLink: Link | undefined;
  #moved: ((error?: unknown) => void) | undefined;
  #held: PublishedMedia[] | undefined;
  #heldBytes = 0;
  #ended = false;
  #error: RtmpError | undefined;

  /** For the client alone: `RtmpClient.publish` makes publishers. */
  constructor(
    streamName: string,
    options: PublisherOptions,
    onClose: (publisher: Publisher) => void,
  ) {
    this.streamName = streamName;
    this.#options = options;
    this.#onClose = onClose;
  }

  /** Whether the stream is over: closed, or its connection lost. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Why the connection was lost; undefined while it is not, or when it was closed in order. */
  get error(): RtmpError | undefined {
    return this.#error;
  }

  /** Bytes that the server has not taken yet. */
  get queuedBytes(): number {
    return this.#heldBytes + (this.#outlet?.link.driver.queuedBytes ?? 0);
  }

  /**
   * Sends a message; all of one turn of the event loop leave in one write.
   *
   * @param media  copied, unless the publisher is on its way to another connection: change its body no more
   * @returns false when the stream is over; nothing was sent
   */
  send(media: PublishedMedia): boolean {
    if (this.#ended) return false;
    this.#remember(media);
    if (this.#held !== undefined) {
      this.#hold(media, this.#held);
      return true;
    }
    if (this.#nextLink !== undefined && this.#isBoundary(media)) {
      this.#held = [media];
      this.#heldBytes = media.body.length;
      void this.#move(this.#nextLink);
      return true;
    }
    this.#write(media);
    return true;
  }

  /** Sends onMetaData by `@setDataFrame`, which servers keep for late players (RTMP §7.1.2). */
  sendMetadata(metadata: AmfValue): boolean {
    const body = encodeData(setDataFrame("onMetaData", metadata));
    return this.send({ kind: "data", timestamp: 0, body, frames: [metadataHint] });
  }

  /** Resolves when everything that was sent has left, or the stream is over. */
  async drained(): Promise<void> {
    await this.#outlet?.link.drained();
  }

  /** Says that the stream ends, and ends it. */
  close(): void {
    this.#outlet?.stream.close();
    this.#end(undefined);
  }

  /**
   * Publishes over a link; for the client alone.
   *
   * @throws SessionError `RTMP_ERR_PUBLISH_REJECTED` or an error of a call, as the rejection
   */
  async start(link: Link): Promise<void> {
    this.#outlet = this.#outletOn(link);
    await this.#publishing(this.#outlet.stream);
  }

  /**
   * Goes on over another link, from the next keyframe on; for the client alone.
   *
   * Without frames in what is sent there is no telling keyframes: it goes over at once.
   *
   * @throws as `start`; the publisher is then over
   */
  moveTo(link: Link): Promise<void> {
    if (this.#ended) return Promise.resolve();
    this.#nextLink = link;
    return new Promise((resolve, reject) => {
      this.#moved = (error) => {
        this.#moved = undefined;
        if (error === undefined) resolve();
        else reject(error);
      };
    });
  }

  #outletOn(link: Link): Outlet {
    const stream: ClientStream = link.session.stream({
      onStatus: (status) => this.#options.onStatus?.(status),
      onEnd: (cause) => {
        if (outlet === this.#outlet) this.#onLost(cause);
      },
    });
    const outlet: Outlet = { link, stream };
    return outlet;
  }

  #publishing(stream: ClientStream): Promise<void> {
    return new Promise((resolve, reject) => {
      stream.publish(this.streamName, this.#options.type ?? "live", (answer) => {
        if (answer.ok) {
          resolve();
          return;
        }
        stream.close();
        reject(answer.error);
      });
    });
  }

  /** The old connection broke: with a new one at hand there is nothing to wait for. */
  #onLost(cause: RtmpError | undefined): void {
    if (this.#nextLink === undefined) {
      this.#end(cause);
    } else if (this.#held === undefined) {
      this.#held = [];
      void this.#move(this.#nextLink);
    }
  }

  async #move(link: Link): Promise<void> {
    const old = this.#outlet;
    try {
      this.#outlet = await this.#publishOn(link, old);
    } catch (error) {
      this.#end(error instanceof SessionError ? error : undefined);
      this.#moved?.(error);
      return;
    }
    if (this.#ended) {
      this.#outlet.stream.close();
    } else {
      this.#goOn();
    }
    old?.stream.close();
    this.#moved?.();
  }

  /** The name may be taken by the old connection, where both lead to one server. */
  async #publishOn(link: Link, old: Outlet | undefined): Promise<Outlet> {
    const outlet = this.#outletOn(link);
    try {
      await this.#publishing(outlet.stream);
      return outlet;
    } catch (error) {
      const isRefusal = error instanceof SessionError && error.code === "RTMP_ERR_PUBLISH_REJECTED";
      if (!isRefusal || old === undefined) throw error;
    }
    old.stream.close();
    const again = this.#outletOn(link);
    await this.#publishing(again.stream);
    return again;
  }

  #goOn(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#heldBytes = 0;
    this.#nextLink = undefined;
    const timestamp = held[0]?.timestamp ?? 0;
    for (const media of this.#configurations.values()) {
      if (!held.includes(media)) this.#write({ ...media, timestamp });
    }
    for (const media of held) this.#write(media);
  }

  #hold(media: PublishedMedia, held: PublishedMedia[]): void {
    if (this.#heldBytes > maxHeldBytes) {
      held.length = 0;
      this.#heldBytes = 0;
    }
    if (held.length === 0 && !this.#isBoundary(media)) return;
    held.push(media);
    this.#heldBytes += media.body.length;
  }

  #write({ kind, timestamp, body }: PublishedMedia): void {
    this.#outlet?.stream.write(typeIdOf(kind), timestamp, body);
  }

  #remember(media: PublishedMedia): void {
    for (const frame of media.frames ?? []) {
      if (media.kind === "video" && frame.role === "coded-frames") this.#hasVideo = true;
      if (frame.role !== "sequence-start" && frame.role !== "metadata") continue;
      const key = `${media.kind}/${frame.role}/${frame.track}/${frame.codec}`;
      // What comes again comes last.
      this.#configurations.delete(key);
      this.#configurations.set(key, media);
    }
  }

  #isBoundary({ kind, frames }: PublishedMedia): boolean {
    if (frames === undefined) return true;
    if (kind === "video") return frames.some(({ track, keyframe }) => track === 0 && keyframe);
    return (
      kind === "audio" && !this.#hasVideo && frames.some(({ role }) => role === "coded-frames")
    );
  }

  #end(cause: RtmpError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = cause;
    this.#held = undefined;
    this.#heldBytes = 0;
    if (this.#nextLink !== undefined) this.#moved?.();
    this.#onClose(this);
  }
}

const metadataHint: FrameHint = { track: 0, role: "metadata", keyframe: false, codec: "" };
