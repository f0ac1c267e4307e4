/**
 * What a publisher has written since the last flush, and where in it a decoder can start.
 */

import type { MediaPacket } from "@rtmp/flv";
import type { InitSnapshot, InitState } from "./init-state.ts";
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

/** A batch on its way to the subscribers. */
export interface Turn {
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

/** Gathers packets for the next batch. */
export class PendingBatch {
  readonly #init: InitState;
  #packets: MediaPacket[] = [];
  #first: Start | undefined;
  #last: Start | undefined;
  #turns = 0;

  /** @param init  is told of every packet */
  constructor(init: InitState) {
    this.#init = init;
  }

  /**
   * Adds a packet.
   *
   * @throws HubError when it configures more than the limits allow; it was added all the same
   */
  add(packet: MediaPacket): void {
    const expectedVideo = this.#init.expectsVideo;
    const fault = this.#init.observe(packet);
    const { expectsVideo } = this.#init;
    // From the first video on, and from its return, nothing else is a place to start.
    if (expectsVideo && !expectedVideo) this.#first = this.#last = undefined;

    if (expectsVideo ? startsGop(packet) : standsAlone(packet)) {
      this.#last = { index: this.#packets.length, init: this.#init.snapshot };
      this.#first ??= this.#last;
    }
    this.#packets.push(packet);
    if (fault !== undefined) throw fault;
  }

  /** Returns what was added since the last call; undefined when that is nothing. */
  take(): Turn | undefined {
    if (this.#packets.length === 0) return undefined;
    const turn = {
      batch: new MediaBatch(this.#packets),
      first: this.#first,
      last: this.#last,
      init: this.#init.snapshot,
      videoStopped: this.#init.videoStopped,
      number: ++this.#turns,
    };
    this.#packets = [];
    this.#first = this.#last = undefined;
    return turn;
  }
}

function startsGop({ kind, frames }: MediaPacket): boolean {
  return kind === "video" && frames.some((frame) => frame.track === 0 && frame.keyframe);
}

function standsAlone({ kind, frames }: MediaPacket): boolean {
  if (kind === "video") return frames.some((frame) => frame.keyframe);
  return kind === "audio" && frames.some((frame) => frame.role === "coded-frames");
}
