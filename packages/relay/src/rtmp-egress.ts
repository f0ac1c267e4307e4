/**
 * From the hub to a playing RTMP stream: the batch's shared chunks, one write per batch.
 *
 * RTMP §5.3.1, §7.2.2.1
 */

import type { MediaPacket } from "@rtmp/flv";
import type { HubError, MediaBatch, Subscriber } from "@rtmp/hub";
import { StatusCode, type StreamPath, UserControlEvent } from "@rtmp/message";
import type { Driver, ServerStream } from "@rtmp/session";
import { PlayerForm, type PlayerWishes } from "./player-form.ts";

/** What decides on a playing stream. */
export interface EgressOwner {
  /** The stream's name, for the texts of its statuses. */
  readonly path: StreamPath;
  /** The player has fallen behind: so many bytes wait, the oldest for so many milliseconds. */
  onSkip(queuedBytes: number, waitedMs: number): void;
  /** The hub gave the player up: it is too slow. */
  onEvict(cause: HubError): void;
  /** The publisher has gone for good; returns whether that was the end of the play. */
  onUnpublish(): boolean;
  /** Returns the index of the first packet of a batch, from `from` on, that no longer belongs to the play. */
  limit(batch: MediaBatch, from: number): number;
  /** The last packet that belongs to the play was sent. */
  onLimit(): void;
}

/** Construction of an {@link RtmpEgress}. */
export interface RtmpEgressOptions {
  readonly owner: EgressOwner;
  readonly stream: ServerStream;
  readonly driver: Driver;
  /** Which tracks the player is sent. */
  readonly tracks: PlayerWishes["tracks"];
  /** Whether the play ends by itself, so that the owner is asked for a limit. */
  readonly limited: boolean;
}

/** One playing stream's place at the hub. */
export class RtmpEgress implements Subscriber {
  // First what each batch touches: with thousands of players in turn, none of it is in the cache.
  readonly #driver: Driver;
  #form: PlayerForm;
  readonly #limited: boolean;
  // Video was turned on in the middle of a GOP.
  #awaitsKeyframe = false;
  readonly #stream: ServerStream;
  readonly #owner: EgressOwner;
  readonly #tracks: PlayerWishes["tracks"];

  constructor({ owner, stream, driver, tracks, limited }: RtmpEgressOptions) {
    this.#owner = owner;
    this.#stream = stream;
    this.#driver = driver;
    this.#tracks = tracks;
    this.#limited = limited;
    this.#form = this.#chooseForm();
  }

  /**
   * Sends from now on what the client wants to receive: audio, video, both or neither.
   *
   * @param awaitsKeyframe  whether the client has just turned video on: its frames then begin with a keyframe
   */
  selectKinds(awaitsKeyframe: boolean): void {
    const { receivesVideo } = this.#stream;
    this.#awaitsKeyframe = receivesVideo && (awaitsKeyframe || this.#awaitsKeyframe);
    this.#form = this.#chooseForm();
  }

  get queuedBytes(): number {
    return this.#driver.queuedBytes;
  }

  get writtenBytes(): number {
    return this.#driver.writtenBytes;
  }

  onBatch(batch: MediaBatch, from: number): void {
    try {
      const { length } = batch.packets;
      const end = this.#limited ? this.#owner.limit(batch, from) : length;
      const begin = this.#awaitsKeyframe ? this.#resumeVideo(batch, from, end) : from;
      this.#write(batch, begin, end);
      if (end < length) this.#owner.onLimit();
    } catch (error) {
      this.#fail(error);
    }
  }

  onPublish(): void {
    const { streamPath } = this.#owner.path;
    this.#attempt(() => {
      this.#stream.sendEvent(UserControlEvent.StreamBegin);
      this.#stream.sendStatus(StatusCode.PlayPublishNotify, {
        description: `${streamPath} is now published.`,
        details: streamPath,
      });
    });
  }

  onUnpublish(): void {
    const { streamPath } = this.#owner.path;
    this.#attempt(() => {
      if (this.#owner.onUnpublish()) return;
      this.#stream.sendEvent(UserControlEvent.StreamEof);
      this.#stream.sendStatus(StatusCode.PlayUnpublishNotify, {
        description: `${streamPath} is now unpublished.`,
        details: streamPath,
      });
    });
  }

  onSkip(queuedBytes: number, waitedMs: number): void {
    this.#attempt(() => this.#owner.onSkip(queuedBytes, waitedMs));
  }

  onEvict(cause: HubError): void {
    this.#attempt(() => {
      this.#stream.sendStatus(StatusCode.PlayInsufficientBW, {
        description: "The connection is too slow for this stream.",
        details: this.#owner.path.streamPath,
      });
      this.#owner.onEvict(cause);
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
    this.#driver.batch(() => {
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
    this.#form = this.#chooseForm();
    return keyframe;
  }

  #write(batch: MediaBatch, from: number, end: number): void {
    const bytes = this.#form.bytesOf(batch, from, end);
    if (bytes.length > 0) this.#driver.writeShared(bytes, this.#stream);
  }

  #chooseForm(): PlayerForm {
    const { chunkSize, id: messageStreamId, receivesAudio, receivesVideo } = this.#stream;
    const frames = this.#awaitsKeyframe ? "configuration" : "all";
    const video = receivesVideo ? frames : "none";
    const wishes = { audio: receivesAudio, video, tracks: this.#tracks } as const;
    return PlayerForm.of({ chunkSize, messageStreamId }, wishes);
  }
}

/** Whether video can go on with a packet: a keyframe of the default track, as for those who join. */
function isKeyframe({ kind, frames }: MediaPacket): boolean {
  return kind === "video" && frames.some(({ track, keyframe }) => track === 0 && keyframe);
}
