/**
 * What a publisher has written since the last batch was handed out, and where in it a decoder can start.
 */

import type { MediaPacket } from "@rtmp/flv";
import type { InitState } from "./init-state.ts";
import { MediaBatch } from "./media-batch.ts";
import { type Start, Turn } from "./turn.ts";

// A batch that has grown to one of these waits for no more: it is a write for each subscriber that is worth it, and what
// waits is not to outgrow what one turn can bring anyway.
const fullBytes = 1024 * 1024;
const fullPackets = 1_024;

/** Gathers packets for the next batch. */
export class PendingBatch {
  readonly #init: InitState;
  #packets: MediaPacket[] = [];
  #bytes = 0;
  #hasKeyframe = false;
  #first: Start | undefined;
  #last: Start | undefined;
  #turns = 0;
  #publications = 0;

  /** @param init  is told of every packet */
  constructor(init: InitState) {
    this.#init = init;
  }

  /** Whether nothing was added since the last `take`. */
  get isEmpty(): boolean {
    return this.#packets.length === 0;
  }

  /** Whether it should not wait for more: a player can start with a keyframe in it, or it is large. */
  get isUrgent(): boolean {
    return this.#hasKeyframe || this.#bytes >= fullBytes || this.#packets.length >= fullPackets;
  }

  /** Another publisher begins; what the last one wrote was taken. */
  beginPublication(): void {
    this.#publications++;
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
      this.#hasKeyframe ||= packet.kind === "video";
    }
    this.#packets.push(packet);
    this.#bytes += packet.body.length;
    if (fault !== undefined) throw fault;
  }

  /** Returns what was added since the last call; undefined when that is nothing. */
  take(): Turn | undefined {
    if (this.isEmpty) return undefined;
    const turn = new Turn({
      batch: new MediaBatch(this.#packets, this.#publications),
      first: this.#first,
      last: this.#last,
      init: this.#init.snapshot,
      videoStopped: this.#init.videoStopped,
      number: ++this.#turns,
    });
    this.#packets = [];
    this.#bytes = 0;
    this.#hasKeyframe = false;
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
