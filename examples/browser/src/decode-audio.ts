/** Messages of audio by WebCodecs to sound, each when it is due. */

import { describeTrack, type MediaFrame, readAudioFrames } from "@rtmp/flv";

import type { PlayoutClock } from "./playout-clock.ts";

// Timestamps are whole milliseconds: sounds that are to follow each other are not torn apart by less than this.
const maxGapSeconds = 0.05;

/** Plays the audio of a stream. */
export class SoundPlayer {
  readonly #context: AudioContext;
  readonly #clock: PlayoutClock;
  readonly #decoder: AudioDecoder;
  #nextStart = 0;

  /** @param onError  is told when it does not work, or no more */
  constructor(context: AudioContext, clock: PlayoutClock, onError: (error: unknown) => void) {
    this.#context = context;
    this.#clock = clock;
    this.#decoder = new AudioDecoder({
      output: (samples) => this.#play(samples),
      error: onError,
    });
  }

  /** Takes a message; what cannot be played is told. */
  take(timestamp: number, body: Uint8Array): void {
    // A page plays one track.
    const [frame] = readAudioFrames(body);
    if (frame?.role === "sequence-start") this.#configure(frame);
    else if (frame?.role === "coded-frames") this.#decode(timestamp, frame);
  }

  /** Gives up what waits. */
  close(): void {
    if (this.#decoder.state !== "closed") this.#decoder.close();
  }

  #configure({ codec: fourCc, view }: MediaFrame): void {
    const track = describeTrack("audio", fourCc, view);
    if (track?.sampleRate === undefined) throw new TypeError(`${fourCc} is not played here`);
    this.#decoder.configure({
      codec: track.codec,
      sampleRate: track.sampleRate,
      numberOfChannels: track.channels ?? 2,
      description: view.slice(),
    });
  }

  #decode(timestamp: number, { view }: MediaFrame): void {
    if (this.#decoder.state !== "configured") return;
    const data = view.slice();
    this.#decoder.decode(
      new EncodedAudioChunk({ type: "key", timestamp: timestamp * 1_000, data }),
    );
  }

  #play(samples: AudioData): void {
    const { numberOfChannels, numberOfFrames, sampleRate, timestamp } = samples;
    const buffer = new AudioBuffer({ numberOfChannels, length: numberOfFrames, sampleRate });
    for (let planeIndex = 0; planeIndex < numberOfChannels; planeIndex++) {
      const plane = buffer.getChannelData(planeIndex);
      samples.copyTo(plane, { planeIndex, format: "f32-planar" });
    }
    samples.close();

    const { currentTime } = this.#context;
    const inMs = this.#clock.dueAt(timestamp / 1_000) - performance.now();
    const due = currentTime + inMs / 1_000;
    const follows = Math.abs(due - this.#nextStart) < maxGapSeconds;
    const start = follows ? this.#nextStart : due;
    // Too late to be heard.
    if (start < currentTime) return;
    this.#nextStart = start + buffer.duration;
    const node = new AudioBufferSourceNode(this.#context, { buffer });
    node.connect(this.#context.destination);
    node.start(start);
  }
}
