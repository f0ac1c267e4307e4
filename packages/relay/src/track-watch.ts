import {
  AudioFourCc,
  describeTrack,
  type MediaFrame,
  type MediaPacket,
  type TrackDescription,
  VideoFourCc,
} from "@rtmp/flv";

/** A track of a published stream, as far as its codec configuration or first frame tells. */
export interface PublishedTrack extends TrackDescription {
  /** What the track carries. */
  readonly kind: "audio" | "video";
  /** Track id, 0 to 255, counted for each kind alone; 0 is the default track. */
  readonly track: number;
}

// These have no record, or one that does not tell the size.
const describedByFrames: ReadonlySet<string> = new Set([
  AudioFourCc.Ac3,
  AudioFourCc.Eac3,
  AudioFourCc.Mp3,
  VideoFourCc.Vp8,
]);

// A publisher may change its configuration with every message; nobody wants to hear of that.
const maxTellings = 100;

// Far above any record that a codec has; what is kept for comparison is bounded by both.
const maxRecordBytes = 0x1_0000;

const none = new Uint8Array();

/** Tells which tracks a published stream has: each once, and again when its configuration changes. */
export class TrackWatch {
  readonly #onTrack: (track: PublishedTrack) => void;
  // The records that were looked at last, by kind and track id; empty where a frame was.
  readonly #seen = new Map<number, Uint8Array>();
  #tellings = 0;

  constructor(onTrack: (track: PublishedTrack) => void) {
    this.#onTrack = onTrack;
  }

  /**
   * Looks at a packet of the stream.
   *
   * @throws FlvError when a configuration record or first frame cannot be read; it is not looked at again
   */
  look({ kind, frames }: MediaPacket): void {
    if (kind === "data") return;
    for (const frame of frames) this.#lookAt(kind, frame);
  }

  #lookAt(kind: "audio" | "video", { track, role, keyframe, codec, view }: MediaFrame): void {
    if (view.length === 0 || this.#tellings === maxTellings) return;
    const key = kind === "audio" ? track : 0x100 + track;
    const seen = this.#seen.get(key);

    if (role === "sequence-start") {
      if (view.length > maxRecordBytes || (seen !== undefined && isSame(seen, view))) return;
      this.#seen.set(key, view.slice());
    } else {
      const says = role === "coded-frames" && (keyframe || kind === "audio");
      if (!says || seen !== undefined || !describedByFrames.has(codec)) return;
      this.#seen.set(key, none);
    }
    this.#tellings++;
    const description = describeTrack(kind, codec, view);
    if (description !== undefined) this.#onTrack({ kind, track, ...description });
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
