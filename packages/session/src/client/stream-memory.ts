/**
 * What a publisher remembers of what it sent, to begin anew elsewhere: codec configurations, metadata, where to cut.
 */

import type { PublishedMedia } from "./media.ts";

/** The memory of one published stream; it knows only what came with frames. */
export class StreamMemory {
  // By what they say of which track.
  readonly #configurations = new Map<string, PublishedMedia>();
  #hasVideo = false;

  /** What a decoder must know before the media to come, in the order in which it was sent. */
  get configurations(): readonly PublishedMedia[] {
    return [...this.#configurations.values()];
  }

  /** Takes note of media that is sent. */
  remember(media: PublishedMedia): void {
    for (const { track, role, codec } of media.frames ?? []) {
      if (media.kind === "video" && role === "coded-frames") this.#hasVideo = true;
      if (role !== "sequence-start" && role !== "metadata") continue;
      const key = `${media.kind}/${role}/${track}/${codec}`;
      // What comes again comes last.
      this.#configurations.delete(key);
      this.#configurations.set(key, media);
    }
  }

  /** Whether a decoder can start with this media: a keyframe; any audio where there is no video. */
  isBoundary({ kind, frames }: PublishedMedia): boolean {
    if (frames === undefined) return true;
    if (kind === "video") return frames.some(({ track, keyframe }) => track === 0 && keyframe);
    return (
      kind === "audio" && !this.#hasVideo && frames.some(({ role }) => role === "coded-frames")
    );
  }
}
