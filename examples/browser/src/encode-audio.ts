/** Sound by WebCodecs to AAC messages, or to Opus where the browser has no encoder for AAC. */

import type { MediaPacket } from "@rtmp/flv";

import { bytesOf } from "./encode-video.ts";
import { type AudioCodec, audioConfiguration, audioFrame, opusHead } from "./messages.ts";
import { SampleTimes } from "./sample-times.ts";

const bitrate = 96_000;

/** What becomes of the sound. */
export interface AudioOutput {
  /** A message is ready. */
  onMessage(message: MediaPacket): void;
  /** It does not work, or no more. */
  onError(error: unknown): void;
}

/** A sound that is being encoded. */
export interface SoundEncoder {
  readonly codec: AudioCodec;
  /** Gives up what waits. */
  close(): void;
}

/**
 * Encodes the sound of a node.
 *
 * @param startedAt  the moment of timestamp 0, of `performance.now()`
 * @throws TypeError when the browser encodes neither codec, as the rejection
 */
export async function encodeSound(
  sound: AudioNode,
  startedAt: number,
  output: AudioOutput,
): Promise<SoundEncoder> {
  const { context } = sound;
  const { sampleRate } = context;
  const channels = 2;
  const codec = await supportedCodec(sampleRate, channels);
  const encoder = makeEncoder(codec, { sampleRate, channels }, output);

  await context.audioWorklet.addModule(new URL("./pcm-worklet.js", import.meta.url));
  const worklet = new AudioWorkletNode(context, "pcm", {
    numberOfOutputs: 0,
    channelCount: channels,
    channelCountMode: "explicit",
  });
  const times = new SampleTimes(sampleRate);
  worklet.port.addEventListener("message", ({ data: planes }: MessageEvent<Float32Array[]>) => {
    if (encoder.state !== "configured") return;
    const frames = planes[0]?.length ?? 0;
    const timestamp = times.take(frames, performance.now() - startedAt);
    const samples = new AudioData({
      format: "f32-planar",
      sampleRate,
      numberOfFrames: frames,
      numberOfChannels: planes.length,
      timestamp: Math.round(timestamp * 1_000),
      data: joined(planes),
    });
    encoder.encode(samples);
    samples.close();
  });
  worklet.port.start();
  sound.connect(worklet);
  return {
    codec,
    close: () => {
      sound.disconnect(worklet);
      worklet.port.close();
      if (encoder.state !== "closed") encoder.close();
    },
  };
}

async function supportedCodec(sampleRate: number, numberOfChannels: number): Promise<AudioCodec> {
  for (const codec of ["mp4a.40.2", "opus"] as const) {
    const config = { codec, sampleRate, numberOfChannels, bitrate };
    const { supported } = await AudioEncoder.isConfigSupported(config);
    if (supported === true) return codec;
  }
  throw new TypeError("this browser encodes neither AAC nor Opus");
}

function makeEncoder(
  codec: AudioCodec,
  { sampleRate, channels }: { readonly sampleRate: number; readonly channels: number },
  output: AudioOutput,
): AudioEncoder {
  let isConfigured = false;
  const encoder = new AudioEncoder({
    output: (chunk, metadata) => {
      const timestamp = Math.max(0, Math.round(chunk.timestamp / 1_000));
      const given = metadata?.decoderConfig?.description;
      if (given !== undefined || !isConfigured) {
        isConfigured = true;
        const record = given === undefined ? opusHead(channels, sampleRate) : bytesOf(given);
        output.onMessage(audioConfiguration(timestamp, codec, record));
      }
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      output.onMessage(audioFrame(timestamp, codec, data));
    },
    error: (error) => output.onError(error),
  });
  encoder.configure({ codec, sampleRate, numberOfChannels: channels, bitrate });
  return encoder;
}

function joined(planes: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(planes.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const plane of planes) {
    samples.set(plane, offset);
    offset += plane.length;
  }
  return samples;
}
