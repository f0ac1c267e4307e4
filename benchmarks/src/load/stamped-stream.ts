/**
 * A live stream as an encoder sends it, with a stamp in each frame: H.264 with a keyframe every two seconds, and AAC.
 */

import { MessageTypeId } from "@rtmp/chunk";
import { stampBytes, writeStamp } from "./stamp.ts";

/** How much a stream carries. */
export interface StreamShape {
  /** Of all media together. */
  readonly bitsPerSecond: number;
}

/** The stream of the usual case: 720p30 and stereo. */
export const usualStream: StreamShape = { bitsPerSecond: 2_200_000 };

/** One message of it. */
export interface StampedMessage {
  readonly typeId: number;
  /** Milliseconds since the stream began. */
  readonly timestamp: number;
  readonly payload: Uint8Array;
}

const framesPerSecond = 30;
const framesPerGop = 60;
// A keyframe is this many times as large as another frame.
const keyframeWeight = 6;
const samplesPerSecond = 44_100;
const samplesPerAudioFrame = 1_024;
const audioBitsPerSecond = 128_000;
const videoHeaderBytes = 5;
const lengthBytes = 4;
const seiHeaderBytes = 3;
// An SEI message ends with the stop bit of its RBSP.
const seiBytes = seiHeaderBytes + stampBytes + 1;
const filler = 0x55;

/** Where the stamp stands in a frame of video, and in one of audio. */
export const stampOffset = { video: videoHeaderBytes + lengthBytes + seiHeaderBytes, audio: 2 };

/** The sequence headers of the stream: AVC 1280x720 and AAC 44.1 kHz. */
export const sequenceHeaders: readonly StampedMessage[] = [
  {
    typeId: MessageTypeId.Video,
    timestamp: 0,
    payload: Uint8Array.from(
      Buffer.from(
        "17000000000142c01fffe1000a6742c01fd900a0047fe801000468ce3c80".replaceAll(" ", ""),
        "hex",
      ),
    ),
  },
  { typeId: MessageTypeId.Audio, timestamp: 0, payload: Uint8Array.of(0xaf, 0, 0x12, 0x10) },
];

/** Makes the messages of one stream in order of time. */
export class StampedStream {
  readonly #keyframeBytes: number;
  readonly #frameBytes: number;
  #videoFrames = 0;
  #audioFrames = 0;

  constructor({ bitsPerSecond }: StreamShape) {
    const videoBytes = (bitsPerSecond - audioBitsPerSecond) / 8;
    const gopBytes = (videoBytes * framesPerGop) / framesPerSecond;
    this.#frameBytes = Math.round(gopBytes / (framesPerGop - 1 + keyframeWeight));
    this.#keyframeBytes = this.#frameBytes * keyframeWeight;
  }

  /** When the next message is due, in milliseconds since the stream began. */
  get nextAt(): number {
    return Math.min(this.#videoAt, this.#audioAt);
  }

  /** Makes the next message, stamped with a time. */
  next(microseconds: number): StampedMessage {
    return this.#videoAt <= this.#audioAt ? this.#video(microseconds) : this.#audio(microseconds);
  }

  get #videoAt(): number {
    return (this.#videoFrames * 1_000) / framesPerSecond;
  }

  get #audioAt(): number {
    return (this.#audioFrames * samplesPerAudioFrame * 1_000) / samplesPerSecond;
  }

  #video(microseconds: number): StampedMessage {
    const timestamp = Math.round(this.#videoAt);
    const keyframe = this.#videoFrames % framesPerGop === 0;
    const payload = new Uint8Array(keyframe ? this.#keyframeBytes : this.#frameBytes).fill(filler);
    const view = new DataView(payload.buffer);
    const slice = videoHeaderBytes + lengthBytes + seiBytes;
    view.setUint32(0, (keyframe ? 0x17_01_00_00 : 0x27_01_00_00) >>> 0);
    payload[lengthBytes] = 0;
    view.setUint32(videoHeaderBytes, seiBytes);
    payload.set([6, 5, stampBytes], videoHeaderBytes + lengthBytes);
    writeStamp(payload, stampOffset.video, this.#videoFrames, microseconds);
    payload[slice - 1] = 0x80;
    view.setUint32(slice, payload.length - slice - lengthBytes);
    payload[slice + lengthBytes] = keyframe ? 0x65 : 0x41;
    this.#videoFrames++;
    return { typeId: MessageTypeId.Video, timestamp, payload };
  }

  #audio(microseconds: number): StampedMessage {
    const timestamp = Math.round(this.#audioAt);
    const bytes = Math.round((audioBitsPerSecond / 8) * (samplesPerAudioFrame / samplesPerSecond));
    const payload = new Uint8Array(bytes).fill(filler);
    payload.set([0xaf, 1]);
    writeStamp(payload, stampOffset.audio, this.#audioFrames, microseconds);
    this.#audioFrames++;
    return { typeId: MessageTypeId.Audio, timestamp, payload };
  }
}
