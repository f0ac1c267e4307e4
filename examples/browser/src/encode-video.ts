/** Pictures by WebCodecs to H.264 messages. */

import type { MediaPacket } from "@rtmp/flv";

import { avcConfiguration, avcFrame } from "./messages.ts";
import type { Source } from "./sources.ts";

/** Frames in a second. */
export const frameRate = 30;

/** Bits of video in a second. */
export const videoBitrate = 1_200_000;

const keyframeEveryMs = 2_000;

// Frames that wait to be encoded above which the picture is too much for the machine.
const maxWaitingFrames = 2;

/** What becomes of the frames. */
export interface VideoOutput {
  /** A message is ready; its frame was taken so many milliseconds ago. */
  onMessage(message: MediaPacket, encodingMs: number): void;
  /** It does not work, or no more. */
  onError(error: unknown): void;
}

/** Encodes the picture of a source. */
export class PictureEncoder {
  readonly #source: Source;
  readonly #startedAt: number;
  readonly #encoder: VideoEncoder;
  #nextKeyframeAt = 0;

  /** @param startedAt  the moment of timestamp 0, of `performance.now()` */
  constructor(source: Source, startedAt: number, output: VideoOutput) {
    this.#source = source;
    this.#startedAt = startedAt;
    this.#encoder = new VideoEncoder({
      output: (chunk, metadata) => {
        const timestamp = Math.round(chunk.timestamp / 1_000);
        const encodingMs = performance.now() - startedAt - timestamp;
        const record = metadata?.decoderConfig?.description;
        if (record !== undefined) {
          output.onMessage(avcConfiguration(timestamp, bytesOf(record)), encodingMs);
        }
        const data = new Uint8Array(chunk.byteLength);
        chunk.copyTo(data);
        output.onMessage(avcFrame(timestamp, chunk.type === "key", data), encodingMs);
      },
      error: (error) => output.onError(error),
    });
    const { width, height } = source;
    this.#encoder.configure({
      // Constrained Baseline, which has no B-frames: every frame is shown when it is decoded.
      codec: width * height > 1280 * 720 ? "avc1.42e028" : "avc1.42e01f",
      width,
      height,
      bitrate: videoBitrate,
      framerate: frameRate,
      latencyMode: "realtime",
      avc: { format: "avc" },
    });
  }

  /** Whether one more frame would only wait. */
  get isBehind(): boolean {
    return this.#encoder.encodeQueueSize > maxWaitingFrames;
  }

  /** Takes a frame of the picture as it is now. */
  take(): void {
    if (this.#encoder.state !== "configured") return;
    const now = performance.now() - this.#startedAt;
    const frame = new VideoFrame(this.#source.picture, { timestamp: Math.round(now * 1_000) });
    const keyFrame = now >= this.#nextKeyframeAt;
    if (keyFrame) this.#nextKeyframeAt = now + keyframeEveryMs;
    this.#encoder.encode(frame, { keyFrame });
    frame.close();
  }

  /** Gives up what waits. */
  close(): void {
    if (this.#encoder.state !== "closed") this.#encoder.close();
  }
}

/** Copies what an encoder says of itself. */
export function bytesOf(source: AllowSharedBufferSource): Uint8Array<ArrayBuffer> {
  const view = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  return view.slice();
}
