/** Messages of video by WebCodecs to pictures on a canvas, each when it is due. */

import { describeTrack, type MediaFrame, readVideoFrames, VideoFourCc } from "@rtmp/flv";

import type { PlayoutClock } from "./playout-clock.ts";

// Decoded frames that wait to be shown; a decoder has only so many.
const maxWaitingFrames = 12;

// Frames that wait to be decoded above which the rest is left out up to the next keyframe.
const maxWaitingChunks = 60;

// Decoders of these take the record as it is; the others find everything in the keyframe.
const withRecord: ReadonlySet<string> = new Set([VideoFourCc.Avc, VideoFourCc.Hevc]);

/** What is told of the pictures. */
export interface PictureObserver {
  /** A picture is shown, with its time in milliseconds. */
  onShown(timestamp: number): void;
  /** A picture was left out. */
  onSkipped(): void;
  /** It does not work, or no more. */
  onError(error: unknown): void;
}

/** Shows the video of a stream. */
export class PicturePlayer {
  readonly #canvas: HTMLCanvasElement;
  readonly #drawing: CanvasRenderingContext2D;
  readonly #clock: PlayoutClock;
  readonly #observer: PictureObserver;
  readonly #decoder: VideoDecoder;
  readonly #waiting: VideoFrame[] = [];
  #needsKeyframe = true;
  #animation = 0;

  constructor(canvas: HTMLCanvasElement, clock: PlayoutClock, observer: PictureObserver) {
    const drawing = canvas.getContext("2d");
    if (drawing === null) throw new TypeError("this browser cannot draw");
    this.#canvas = canvas;
    this.#drawing = drawing;
    this.#clock = clock;
    this.#observer = observer;
    this.#decoder = new VideoDecoder({
      output: (frame) => this.#onDecoded(frame),
      error: (error) => observer.onError(error),
    });
    this.#animation = requestAnimationFrame(this.#show);
  }

  /** Takes a message; what cannot be played is told. */
  take(timestamp: number, body: Uint8Array): void {
    // A page plays one track.
    const [frame] = readVideoFrames(body);
    if (frame?.role === "sequence-start") this.#configure(frame);
    else if (frame?.role === "coded-frames") this.#decode(timestamp, frame);
  }

  /** Gives up what waits. */
  close(): void {
    cancelAnimationFrame(this.#animation);
    for (const frame of this.#waiting.splice(0)) frame.close();
    if (this.#decoder.state !== "closed") this.#decoder.close();
  }

  #configure({ codec: fourCc, view }: MediaFrame): void {
    const codec = describeTrack("video", fourCc, view)?.codec;
    if (codec === undefined) throw new TypeError(`${fourCc} is not played here`);
    const description = withRecord.has(fourCc) ? { description: view.slice() } : {};
    this.#decoder.configure({ codec, ...description, optimizeForLatency: true });
    this.#needsKeyframe = true;
  }

  #decode(timestamp: number, frame: MediaFrame): void {
    if (this.#decoder.decodeQueueSize > maxWaitingChunks) this.#needsKeyframe = true;
    if (this.#decoder.state !== "configured" || (this.#needsKeyframe && !frame.keyframe)) {
      this.#observer.onSkipped();
      return;
    }
    this.#needsKeyframe = false;
    const shownAt = timestamp + frame.compositionTimeOffset;
    const type = frame.keyframe ? "key" : "delta";
    const data = frame.view.slice();
    this.#decoder.decode(new EncodedVideoChunk({ type, timestamp: shownAt * 1_000, data }));
  }

  #onDecoded(frame: VideoFrame): void {
    this.#waiting.push(frame);
    if (this.#waiting.length > maxWaitingFrames) this.#skip();
  }

  #skip(): void {
    this.#waiting.shift()?.close();
    this.#observer.onSkipped();
  }

  /** Of several that are due only the last is seen. */
  readonly #show = (): void => {
    this.#animation = requestAnimationFrame(this.#show);
    const now = performance.now();
    const isDue = (frame: VideoFrame | undefined): boolean =>
      frame !== undefined && this.#clock.dueAt(frame.timestamp / 1_000) <= now;
    while (isDue(this.#waiting[1])) this.#skip();
    if (!isDue(this.#waiting[0])) return;

    const frame = this.#waiting.shift();
    if (frame === undefined) return;
    this.#canvas.width = frame.displayWidth;
    this.#canvas.height = frame.displayHeight;
    this.#drawing.drawImage(frame, 0, 0);
    const timestamp = frame.timestamp / 1_000;
    frame.close();
    this.#observer.onShown(timestamp);
  };
}
