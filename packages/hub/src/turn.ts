/**
 * A batch on its way to the subscribers, and where in it a decoder can start.
 */

import type { MediaPacket } from "@rtmp/flv";
import type { InitSnapshot } from "./init-state.ts";
import { MediaBatch } from "./media-batch.ts";

/**
 * A packet that a decoder can start with: a keyframe of the default video track, or any frame while there is no video, or
 * none any more.
 */
export interface Start {
  /** Its index in the batch. */
  readonly index: number;
  /** What the decoder has to know before. */
  readonly init: InitSnapshot;
}

/** Construction of a {@link Turn}. */
export interface TurnOptions {
  readonly batch: MediaBatch;
  /** The first and the last place to start; undefined when there is none. */
  readonly first: Start | undefined;
  readonly last: Start | undefined;
  /** The init state behind the batch. */
  readonly init: InitSnapshot;
  /** Whether video came before and stays away behind the batch, so that audio is a place to start. */
  readonly videoStopped: boolean;
  /** Counts the turns of the stream, from 1 on. */
  readonly number: number;
}

/** What is handed out to all subscribers at once. */
export class Turn {
  readonly batch: MediaBatch;
  /** The first place to start; undefined when there is none. */
  readonly first: Start | undefined;
  /** The last place to start; undefined when there is none. */
  readonly last: Start | undefined;
  /** The init state behind the batch. */
  readonly init: InitSnapshot;
  /** Whether video came before and stays away behind the batch. */
  readonly videoStopped: boolean;
  /** Counts the turns of the stream, from 1 on. */
  readonly number: number;
  #beforeVideo: { readonly batch: MediaBatch | undefined } | undefined;

  constructor({ batch, first, last, init, videoStopped, number }: TurnOptions) {
    this.batch = batch;
    this.first = first;
    this.last = last;
    this.init = init;
    this.videoStopped = videoStopped;
    this.number = number;
  }

  /** The index of the first keyframe that is a place to start; undefined when there is none. */
  get keyframeIndex(): number | undefined {
    for (const start of [this.first, this.last]) {
      if (start !== undefined && this.batch.packets[start.index]?.kind === "video") {
        return start.index;
      }
    }
    return undefined;
  }

  /**
   * The packets before that keyframe, or all, without the frames of video; undefined when that is nothing.
   *
   * Shared by all subscribers that wait for a keyframe, as the batch is by the others.
   */
  get beforeVideo(): MediaBatch | undefined {
    this.#beforeVideo ??= { batch: this.#withoutVideo() };
    return this.#beforeVideo.batch;
  }

  #withoutVideo(): MediaBatch | undefined {
    const { packets, publication } = this.batch;
    const some = packets.slice(0, this.keyframeIndex).filter((packet) => !isVideoFrame(packet));
    return some.length === 0 ? undefined : new MediaBatch(some, publication);
  }
}

/** Whether a decoder needs other frames for it: all of video but configurations. */
function isVideoFrame({ kind, frames }: MediaPacket): boolean {
  if (kind !== "video") return false;
  return frames.some(({ role }) => role !== "sequence-start" && role !== "metadata");
}
