/**
 * What a decoder needs before its first frame: metadata and, per track, sequence start and configuration.
 *
 * Kept from what the publisher sent, replayed to whoever joins late: onMetaData, video sequence starts, color
 * information, audio sequence starts, multichannel configurations.
 *
 * E-RTMP "Enhanced Video", "Enhanced Audio"; FLV E.4.2.1, E.4.3.1
 */

import type { MediaFrame, MediaPacket } from "@rtmp/flv";
import { timestampDifference } from "@rtmp/wire";
import { HubError } from "./errors.ts";
import type { HubLimits } from "./limits.ts";
import { MediaBatch } from "./media-batch.ts";

// Codecs whose sequence start may have no body; for all others an empty one says nothing (E-RTMP "Enhanced Audio").
const codecsWithEmptySequenceStart = new Set(["ac-3", "ec-3", "Opus"]);

/** The init state at one moment. */
export class InitSnapshot {
  /** Differs from that of every other state of the stream. */
  readonly version: number;
  readonly #packets: readonly MediaPacket[];
  #batch: { readonly timestamp: number; readonly batch: MediaBatch } | undefined;

  /** @param packets  in replay order */
  constructor(version: number, packets: readonly MediaPacket[]) {
    this.version = version;
    this.#packets = packets;
  }

  /**
   * Returns the state as a batch to send before a packet with this timestamp; undefined when there is nothing to say.
   *
   * Headers get the packet's timestamp; metadata keeps 0.
   *
   * The same batch is returned until the timestamp changes, so that joiners of one GOP share it.
   */
  batchAt(timestamp: number): MediaBatch | undefined {
    if (this.#packets.length === 0) return undefined;
    if (this.#batch?.timestamp === timestamp) return this.#batch.batch;

    const batch = new MediaBatch(
      this.#packets.map((packet) => (packet.kind === "data" ? packet : { ...packet, timestamp })),
    );
    this.#batch = { timestamp, batch };
    return batch;
  }
}

/** A packet, and the codec of the track that it was kept for. */
interface Kept {
  readonly packet: MediaPacket;
  readonly codec: string;
}

/** The init state of one live stream. */
export class InitState {
  readonly #limits: HubLimits;
  readonly #slots = new Map<string, Kept>();
  #hasVideo = false;
  // Timestamp of the latest audio behind the last video of the default track, and how much of it has come since.
  #latestAudioAt: number | undefined;
  #gapMs = 0;
  #version = 0;
  #snapshot: InitSnapshot | undefined;

  constructor(limits: HubLimits) {
    this.#limits = limits;
  }

  /** Counts the changes, so that a subscriber that skipped knows whether it has to be told again. */
  get version(): number {
    return this.#version;
  }

  /** Whether video of the default track came and stays away, while audio goes on. */
  get videoStopped(): boolean {
    return this.#hasVideo && this.#gapMs > this.#limits.videoGapMs;
  }

  /** Whether video is to be expected, so that nothing but a keyframe is a place to start. */
  get expectsVideo(): boolean {
    return this.#hasVideo && !this.videoStopped;
  }

  /** The state as it is now. */
  get snapshot(): InitSnapshot {
    if (this.#snapshot?.version !== this.#version) {
      const ordered = [...this.#slots].toSorted(([a], [b]) => (a < b ? -1 : 1));
      // One message can fill several slots; it is sent once.
      const packets = new Set(ordered.map(([, { packet }]) => packet));
      this.#snapshot = new InitSnapshot(this.#version, [...packets]);
    }
    return this.#snapshot;
  }

  /**
   * Remembers what a packet says about the stream; what it says again changes nothing.
   *
   * @returns the fault when it is over a limit; the packet itself can still be passed on
   */
  observe(packet: MediaPacket): HubError | undefined {
    let fault: HubError | undefined;
    let comparison: Comparison | undefined;
    for (const frame of packet.frames) {
      this.#watchVideo(packet, frame);
      const slot = slotOf(packet, frame);
      if (slot === undefined) continue;
      comparison ??= new Comparison(packet.body);
      const before = this.#slots.get(slot);
      if (before !== undefined && comparison.isSame(before.packet.body)) continue;
      fault = this.#keep(slot, { packet, codec: frame.codec }) ?? fault;
      if (before !== undefined && frame.role === "sequence-start") {
        this.#abandon(slot, before.codec);
      }
    }
    return fault;
  }

  /** Forgets the metadata (`@clearDataFrame`). */
  clearMetadata(): void {
    if (this.#slots.delete(metadataSlot)) this.#version++;
  }

  /** Forgets everything: another publisher begins. */
  clear(): void {
    this.#slots.clear();
    this.#hasVideo = false;
    this.#endGap();
    this.#version++;
  }

  /** Measured by audio alone: the two kinds of a publisher may be on clocks far apart. */
  #watchVideo({ kind, timestamp }: MediaPacket, frame: MediaFrame): void {
    if (kind === "video" && frame.track === 0 && isMedia(frame)) {
      this.#hasVideo = true;
      this.#endGap();
    } else if (kind === "audio" && frame.role === "coded-frames") {
      this.#latestAudioAt ??= timestamp;
      // Counted step by step, for what is 2^31 ms away would look like the past.
      const stepMs = timestampDifference(timestamp, this.#latestAudioAt);
      if (stepMs <= 0) return;
      this.#latestAudioAt = timestamp;
      this.#gapMs += stepMs;
    }
  }

  #endGap(): void {
    this.#latestAudioAt = undefined;
    this.#gapMs = 0;
  }

  #keep(slot: string, kept: Kept): HubError | undefined {
    const { packet } = kept;
    if (packet.body.length > this.#limits.maxSequenceStartBytes) {
      // What it replaces no longer fits the frames that follow.
      if (this.#slots.delete(slot)) this.#version++;
      return new HubError(
        "RTMP_ERR_SEQUENCE_START_TOO_LARGE",
        `${packet.kind} configuration of ${packet.body.length} bytes`,
      );
    }
    if (!this.#slots.has(slot) && this.#isFull(slot)) {
      return new HubError(
        "RTMP_ERR_TOO_MANY_TRACKS",
        `more than ${this.#limits.maxTracks} tracks of ${packet.kind}`,
      );
    }
    this.#slots.set(slot, kept);
    this.#version++;
    return undefined;
  }

  /** A track has left a codec: what was said of it is void, unless another track of the kind has it. */
  #abandon(start: string, codec: string): void {
    const kind = start.slice(0, 1);
    for (const [slot, kept] of this.#slots) {
      if (slot.startsWith(kind) && kept.codec === codec) return;
    }
    const metadata = metadataOf[kind];
    if (metadata === undefined) return;
    for (const [slot, kept] of this.#slots) {
      if (!slot.startsWith(metadata) || kept.codec !== codec) continue;
      this.#slots.delete(slot);
      this.#version++;
    }
  }

  #isFull(slot: string): boolean {
    const prefix = slot.slice(0, 1);
    let tracks = 0;
    for (const name of this.#slots.keys()) if (name.startsWith(prefix)) tracks++;
    return tracks >= this.#limits.maxTracks;
  }
}

// The first character of a slot is its place in the replay order; the rest tells the track.
const metadataSlot = "0";
// The place of a sequence start, and that of what describes the same track.
const metadataOf: Readonly<Record<string, string>> = { "1": "2", "3": "4" };

function slotOf(packet: MediaPacket, frame: MediaFrame): string | undefined {
  const track = String.fromCharCode(frame.track);
  if (frame.role === "sequence-start") {
    if (frame.view.length === 0 && !codecsWithEmptySequenceStart.has(frame.codec)) return undefined;
    return (packet.kind === "video" ? "1" : "3") + track;
  }
  if (frame.role !== "metadata") return undefined;
  if (packet.kind === "data") return metadataSlot;

  // Color information of another track is not wrapped in Multitrack by ffmpeg 8: only the codec tells it apart.
  return (packet.kind === "video" ? "2" : "4") + track + frame.codec;
}

/** Color information and commands alone make no video: ffmpeg 8 sends any track's as that of track 0. */
function isMedia({ role }: MediaFrame): boolean {
  return role === "sequence-start" || role === "coded-frames";
}

/** Compares a body with others, with the same one once: a message may configure many tracks. */
class Comparison {
  readonly #body: Uint8Array;
  #other: Uint8Array | undefined;
  #isSame = false;

  constructor(body: Uint8Array) {
    this.#body = body;
  }

  isSame(other: Uint8Array): boolean {
    if (other !== this.#other) {
      this.#other = other;
      this.#isSame = this.#isEqual(other);
    }
    return this.#isSame;
  }

  #isEqual(other: Uint8Array): boolean {
    const body = this.#body;
    return body.length === other.length && body.every((byte, index) => byte === other[index]);
  }
}
