/** Encoded audio and video of WebCodecs as RTMP messages, and back. */

import {
  AacPacketType,
  AudioFourCc,
  AudioPacketType,
  AvcPacketType,
  encodeAudioBody,
  encodeVideoBody,
  type MediaPacket,
  readMediaPacket,
  SoundFormat,
  VideoCodecId,
  VideoFrameType,
} from "@rtmp/flv";
import { decodeData, encodeData } from "@rtmp/message";
import type { PublishedMedia } from "@rtmp/session";

/** Codecs that the publishing page can encode audio with. */
export type AudioCodec = "mp4a.40.2" | "opus";

/** The `AVCDecoderConfigurationRecord` of an H.264 encoder as a message. */
export function avcConfiguration(timestamp: number, record: Uint8Array): MediaPacket {
  const body = encodeVideoBody({
    form: "legacy",
    frameType: VideoFrameType.KeyFrame,
    codecId: VideoCodecId.Avc,
    packetType: AvcPacketType.SequenceHeader,
    data: record,
  });
  return readMediaPacket("video", timestamp, body);
}

/** A frame of H.264 in the `avc` format, its NALUs with their lengths in front. */
export function avcFrame(timestamp: number, isKeyframe: boolean, data: Uint8Array): MediaPacket {
  const body = encodeVideoBody({
    form: "legacy",
    frameType: isKeyframe ? VideoFrameType.KeyFrame : VideoFrameType.InterFrame,
    codecId: VideoCodecId.Avc,
    packetType: AvcPacketType.Nalu,
    data,
  });
  return readMediaPacket("video", timestamp, body);
}

/** The configuration of an audio encoder: `AudioSpecificConfig` or `OpusHead`. */
export function audioConfiguration(
  timestamp: number,
  codec: AudioCodec,
  record: Uint8Array,
): MediaPacket {
  const packetType =
    codec === "opus" ? AudioPacketType.SequenceStart : AacPacketType.SequenceHeader;
  return audioMessage(timestamp, codec, packetType, record);
}

/** A packet of Opus, or a raw frame of AAC. */
export function audioFrame(timestamp: number, codec: AudioCodec, data: Uint8Array): MediaPacket {
  const packetType = codec === "opus" ? AudioPacketType.CodedFrames : AacPacketType.Raw;
  return audioMessage(timestamp, codec, packetType, data);
}

/** Opus is new in Enhanced RTMP; AAC has the header that every player knows. */
function audioMessage(
  timestamp: number,
  codec: AudioCodec,
  packetType: number,
  data: Uint8Array,
): MediaPacket {
  const body = encodeAudioBody(
    codec === "opus"
      ? { form: "enhanced", packetType, tracks: [{ fourCc: AudioFourCc.Opus, data }] }
      : {
          form: "legacy",
          soundFormat: SoundFormat.Aac,
          soundRate: 3,
          soundSize: 1,
          soundType: 1,
          packetType,
          data,
        },
  );
  return readMediaPacket("audio", timestamp, body);
}

/** The identification header of Opus, for encoders that give none (RFC 7845 §5.1). */
export function opusHead(channels: number, sampleRate: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(19);
  head.set(new TextEncoder().encode("OpusHead"));
  const view = new DataView(head.buffer);
  view.setUint8(8, 1);
  view.setUint8(9, channels);
  // The samples of 48 kHz that libopus needs to settle.
  view.setUint16(10, 312, true);
  view.setUint32(12, sampleRate, true);
  return head;
}

// A name of this example; players that do not know it leave the message.
const wallClock = "onWallClock";

/** Says what time it is where a timestamp is made, in milliseconds since 1970. */
export function wallClockMessage(timestamp: number, milliseconds: number): PublishedMedia {
  const body = encodeData({ handler: wallClock, args: [milliseconds] });
  return { kind: "data", timestamp, body };
}

/** Reads {@link wallClockMessage}; undefined when it is another message. */
export function readWallClock(body: Uint8Array): number | undefined {
  const { handler, args } = decodeData(body);
  const [milliseconds] = args;
  return handler === wallClock && typeof milliseconds === "number" ? milliseconds : undefined;
}
