import { timestampDifference } from "@rtmp/wire";
import { type NumberedMedia, readNumbered } from "./numbered-media.ts";

/** How many frames of each kind a publication has sent. */
export interface FrameCounts {
  readonly publication: number;
  video: number;
  audio: number;
}

/** Checks what one player gets: no gap, nothing twice, no step back in time, headers in front. */
export class MediaWatch {
  /** Frames that came. */
  frames = 0;
  /** Gaps that were excused. */
  gaps = 0;
  readonly #headers = { video: 0, audio: 0 };
  #got: FrameCounts = { publication: 0, video: 0, audio: 0 };
  #latest: number | undefined;

  /** The time of the newest message; 0 before the first. */
  get timestamp(): number {
    return this.#latest ?? 0;
  }

  /**
   * Takes a message of audio or video.
   *
   * @param isExcused  whether some may be missing before it, because the player has just come or was too slow
   * @param last       the last publication but the present one
   * @throws Error when it must not come now
   */
  take(
    { typeId, timestamp, payload }: { typeId: number; timestamp: number; payload: Uint8Array },
    isExcused: boolean,
    last: FrameCounts | undefined,
  ): void {
    const media = readNumbered(typeId, payload);
    if (this.#latest !== undefined && timestampDifference(timestamp, this.#latest) < 0) {
      this.#fail(media, `the time went from ${this.#latest} back to ${timestamp}`);
    }
    this.#latest = timestamp;
    if (media.number === 0) {
      this.#headers[media.kind] = media.publication;
      return;
    }
    this.#takeFrame(media, isExcused, last);
  }

  /** @throws Error when there is more than came */
  expectAll({ publication, video, audio }: FrameCounts): void {
    const got = this.#got;
    if (got.publication === publication && got.video === video && got.audio === audio) return;
    throw new Error(
      `${JSON.stringify({ publication, video, audio })} is there, but ${JSON.stringify(got)} came`,
    );
  }

  #takeFrame(media: NumberedMedia, isExcused: boolean, last: FrameCounts | undefined): void {
    const { kind, publication, number, isKeyframe } = media;
    if (this.#headers[kind] !== publication) this.#fail(media, "without its header");
    if (publication !== this.#got.publication) {
      if (publication < this.#got.publication) this.#fail(media, "a publication came back");
      // Who was there all the time has all of the last one, and gets this one from its first frame on.
      if (!isExcused && last !== undefined) this.expectAll(last);
      this.#got = { publication, video: 0, audio: 0 };
    }
    const expected = this.#got[kind] + 1;
    if (number !== expected) {
      if (!isExcused || number < expected) this.#fail(media, `${expected} was expected`);
      if (kind === "video" && !isKeyframe) this.#fail(media, "it begins without a keyframe");
      this.gaps++;
    }
    this.#got[kind] = number;
    this.frames++;
  }

  #fail(media: NumberedMedia, reason: string): never {
    throw new Error(`${JSON.stringify(media)} behind ${JSON.stringify(this.#got)}: ${reason}`);
  }
}
