/**
 * From the hub to a playing RTMP stream: the batch's shared chunks, one write per batch.
 *
 * RTMP §5.3.1, §7.2.2.1
 */

import type { MediaPacket } from "@rtmp/flv";
import type { HubError, MediaBatch, Subscriber } from "@rtmp/hub";
import { StatusCode, UserControlEvent } from "@rtmp/message";
import type { Driver, ServerStream } from "@rtmp/session";
import { PlayerForm, type PlayerWishes } from "./player-form.ts";

/** What all playing streams of a connection have written to it, for they share its queue. */
export interface SharedTraffic {
  /** Bytes of media, ever. */
  writtenBytes: number;
}

/** Construction of an {@link RtmpEgress}. */
export interface RtmpEgressOptions {
  readonly stream: ServerStream;
  readonly driver: Driver;
  /** Is counted up. */
  readonly traffic: SharedTraffic;
  /** The stream's name, for the texts of its statuses. */
  readonly streamPath: string;
  /** Which tracks the player is sent. */
  readonly tracks: PlayerWishes["tracks"];
  /** The player has fallen behind: so many bytes wait, the oldest for so many milliseconds. */
  readonly onSkip: (queuedBytes: number, waitedMs: number) => void;
  /** The hub gave the player up: it is too slow. */
  readonly onEvict: (cause: HubError) => void;
  /** The publisher has gone for good; says whether that was the end of the play. */
  readonly onUnpublish: () => boolean;
  /** Is asked for the index of the first packet of a batch, from `from` on, that no longer belongs to the play. */
  readonly limit: (batch: MediaBatch, from: number) => number;
  /** The last packet that belongs to the play was sent. */
  readonly onLimit: () => void;
}

/** One playing stream's place at the hub. */
export class RtmpEgress implements Subscriber {
  readonly #options: RtmpEgressOptions;
  readonly #send: (bytes: Uint8Array) => void;
  // Video was turned on in the middle of a GOP.
  #awaitsKeyframe = false;
  #form: PlayerForm;

  constructor(options: RtmpEgressOptions) {
    const { stream } = options;
    this.#options = options;
    this.#send = (bytes) => stream.sendShared(bytes);
    this.#form = this.#createForm();
  }

  /**
   * Sends from now on what the client wants to receive: audio, video, both or neither.
   *
   * @param awaitsKeyframe  whether the client has just turned video on: its frames then begin with a keyframe
   */
  selectKinds(awaitsKeyframe: boolean): void {
    const { receivesVideo } = this.#options.stream;
    this.#awaitsKeyframe = receivesVideo && (awaitsKeyframe || this.#awaitsKeyframe);
    this.#form = this.#createForm();
  }

  get queuedBytes(): number {
    return this.#options.driver.queuedBytes;
  }

  get writtenBytes(): number {
    return this.#options.traffic.writtenBytes;
  }

  onBatch(batch: MediaBatch, from: number): void {
    try {
      const end = this.#options.limit(batch, from);
      const begin = this.#awaitsKeyframe ? this.#resumeVideo(batch, from, end) : from;
      this.#write(batch, begin, end);
      if (end < batch.packets.length) this.#options.onLimit();
    } catch (error) {
      this.#fail(error);
    }
  }

  onPublish(): void {
    const { stream, streamPath } = this.#options;
    this.#attempt(() => {
      stream.sendEvent(UserControlEvent.StreamBegin);
      stream.sendStatus(StatusCode.PlayPublishNotify, {
        description: `${streamPath} is now published.`,
        details: streamPath,
      });
    });
  }

  onUnpublish(): void {
    const { stream, streamPath } = this.#options;
    this.#attempt(() => {
      if (this.#options.onUnpublish()) return;
      stream.sendEvent(UserControlEvent.StreamEof);
      stream.sendStatus(StatusCode.PlayUnpublishNotify, {
        description: `${streamPath} is now unpublished.`,
        details: streamPath,
      });
    });
  }

  onSkip(queuedBytes: number, waitedMs: number): void {
    this.#attempt(() => this.#options.onSkip(queuedBytes, waitedMs));
  }

  onEvict(cause: HubError): void {
    const { stream, streamPath } = this.#options;
    this.#attempt(() => {
      stream.sendStatus(StatusCode.PlayInsufficientBW, {
        description: "The connection is too slow for this stream.",
        details: streamPath,
      });
      this.#options.onEvict(cause);
    });
  }

  #attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** It is the publisher's turn, or a timer's, but the player's connection is the one that failed. */
  #fail(error: unknown): void {
    this.#options.driver.batch(() => {
      throw error;
    });
  }

  /** Sends what comes before the keyframe that video goes on with, and returns where that is. */
  #resumeVideo(batch: MediaBatch, from: number, end: number): number {
    const keyframe = batch.packets.findIndex(
      (packet, index) => index >= from && index < end && isKeyframe(packet),
    );
    if (keyframe === -1) return from;
    this.#write(batch, from, keyframe);
    this.#awaitsKeyframe = false;
    this.#form = this.#createForm();
    return keyframe;
  }

  #write(batch: MediaBatch, from: number, end: number): void {
    const bytes = this.#form.bytesOf(batch, from, end);
    if (bytes.length === 0) return;
    const { driver, traffic } = this.#options;
    traffic.writtenBytes += bytes.length;
    driver.writeShared(bytes, this.#send);
  }

  #createForm(): PlayerForm {
    const { stream, tracks } = this.#options;
    const { chunkSize, id: messageStreamId, receivesAudio, receivesVideo } = stream;
    const frames = this.#awaitsKeyframe ? "configuration" : "all";
    const video = receivesVideo ? frames : "none";
    return new PlayerForm({ chunkSize, messageStreamId }, { audio: receivesAudio, video, tracks });
  }
}

/** Whether video can go on with a packet: a keyframe of the default track, as for those who join. */
function isKeyframe({ kind, frames }: MediaPacket): boolean {
  return kind === "video" && frames.some(({ track, keyframe }) => track === 0 && keyframe);
}
