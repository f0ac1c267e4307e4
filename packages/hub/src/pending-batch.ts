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
  /** Version of the init state behind the batch. */
  readonly initVersion: number;
}

/** Gathers packets for the next batch. */
export class PendingBatch {
  readonly #init: InitState;
  #packets: MediaPacket[] = [];
  #first: Start | undefined;
  #last: Start | undefined;

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
    const hadVideo = this.#init.hasVideo;
    const fault = this.#init.observe(packet);
    const { hasVideo } = this.#init;
    // From the first video on nothing else is a place to start.
    if (hasVideo && !hadVideo) this.#first = this.#last = undefined;

    const isStart = this.#init.expectsVideo(packet.timestamp)
      ? startsGop(packet)
      : standsAlone(packet);
    if (isStart) {
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
      initVersion: this.#init.version,
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
