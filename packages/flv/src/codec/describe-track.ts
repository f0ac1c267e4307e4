/**
 * What can be told of a track from its configuration record or its first frame, whatever its codec.
 *
 * RFC 6381 §3.3; the names of each codec in the file of its record
 */

import { AudioFourCc, VideoFourCc } from "../fourcc.ts";
import { defaultFlvLimits, type FlvLimits } from "../limits.ts";
import type { MediaKind } from "../media-frame.ts";
import { decodeAacConfiguration } from "./aac.ts";
import { decodeAc3Frame } from "./ac3.ts";
import { av1Codec, decodeAv1Configuration } from "./av1.ts";
import { findAv1SequenceHeader } from "./av1-obu.ts";
import { decodeAvcConfiguration } from "./avc.ts";
import { decodeAvcSps } from "./avc-sps.ts";
import { decodeEac3Frame } from "./eac3.ts";
import { decodeFlacConfiguration } from "./flac.ts";
import { decodeHevcConfiguration, hevcSpsType } from "./hevc.ts";
import { decodeHevcSps } from "./hevc-sps.ts";
import { decodeMp3Frame } from "./mp3.ts";
import { decodeOpusConfiguration } from "./opus.ts";
import { decodeVp8KeyFrame } from "./vp8.ts";
import { decodeVp9KeyFrame } from "./vp9.ts";
import { decodeVpConfiguration } from "./vp-configuration.ts";
import { decodeVvcConfiguration } from "./vvc.ts";

/** What can be told of a track; what is not known is left out. */
export interface TrackDescription {
  /** The codec as MIME types name it (RFC 6381): "avc1.64001f", "mp4a.40.2", "opus" … */
  readonly codec: string;
  /** Luma samples of a row as it is shown. */
  readonly width?: number;
  /** Rows of luma samples as they are shown. */
  readonly height?: number;
  /** Frames in a second. */
  readonly frameRate?: number;
  /** Hz, of what comes out of the decoder. */
  readonly sampleRate?: number;
  /** Channels that come out of the decoder. */
  readonly channels?: number;
  /** Bits of a luma sample, or of a sample of FLAC. */
  readonly bitDepth?: number;
}

type Describe = (bytes: Uint8Array, limits: FlvLimits) => TrackDescription | undefined;

const describers: Readonly<Record<"audio" | "video", ReadonlyMap<string, Describe>>> = {
  video: new Map<string, Describe>([
    [VideoFourCc.Avc, describeAvc],
    [VideoFourCc.Hevc, describeHevc],
    [VideoFourCc.Vvc, describeVvc],
    [VideoFourCc.Av1, describeAv1],
    [VideoFourCc.Vp8, describeVp8],
    [VideoFourCc.Vp9, describeVp9],
  ]),
  audio: new Map<string, Describe>([
    [AudioFourCc.Aac, describeAac],
    [AudioFourCc.Opus, (bytes) => describeAudio(decodeOpusConfiguration(bytes))],
    [AudioFourCc.Flac, describeFlac],
    [AudioFourCc.Ac3, (bytes) => describeAudio(decodeAc3Frame(bytes))],
    [AudioFourCc.Eac3, (bytes) => describeAudio(decodeEac3Frame(bytes))],
    [AudioFourCc.Mp3, (bytes) => describeAudio(decodeMp3Frame(bytes))],
  ]),
};

/**
 * Tells codec, size, rates and channels of a track.
 *
 * AVC, HEVC, VVC, AAC, Opus and FLAC have their record for it; AC-3, E-AC-3 and MP3 have frames only, of which each one
 * will do. AV1, VP8 and VP9 take the record or a key frame. The record of VP8 and VP9 does not tell the size, their key
 * frame does not tell the level: `{ ...ofKeyFrame, ...ofRecord }` is both.
 *
 * @param kind    data has no description
 * @param codec   as {@link MediaFrame} has it: the FourCC
 * @param bytes   the view of a `sequence-start` frame, or of a `coded-frames` frame where the codec has no record
 * @returns `undefined` when the codec is not one of these, `bytes` are none, or a frame of AV1, VP8 or VP9 is not a key frame
 * @throws FlvError  as the decoder of that codec does
 */
export function describeTrack(
  kind: MediaKind,
  codec: string,
  bytes: Uint8Array,
  limits: FlvLimits = defaultFlvLimits,
): TrackDescription | undefined {
  if (kind === "data" || bytes.length === 0) return undefined;
  return describers[kind].get(codec)?.(bytes, limits);
}

function describeAvc(bytes: Uint8Array, limits: FlvLimits): TrackDescription {
  const { codec, sps } = decodeAvcConfiguration(bytes, limits);
  const [first] = sps;
  if (first === undefined) return { codec };

  const { width, height, bitDepth, frameRate } = decodeAvcSps(first.nalUnit, first.offset);
  const description = { codec, width, height, bitDepth };
  return frameRate === undefined ? description : { ...description, frameRate };
}

function describeHevc(bytes: Uint8Array, limits: FlvLimits): TrackDescription {
  const { codec, bitDepth, arrays } = decodeHevcConfiguration(bytes, limits);
  const sps = arrays.find(({ type, sets }) => type === hevcSpsType && sets.length > 0)?.sets[0];
  if (sps === undefined) return { codec, bitDepth };

  const { width, height } = decodeHevcSps(sps.nalUnit, sps.offset);
  return { codec, width, height, bitDepth };
}

function describeVvc(bytes: Uint8Array, limits: FlvLimits): TrackDescription {
  const { codec, stream } = decodeVvcConfiguration(bytes, limits);
  if (stream === undefined) return { codec };

  const { maxWidth: width, maxHeight: height, bitDepth } = stream;
  return { codec, width, height, bitDepth };
}

function describeAv1(bytes: Uint8Array): TrackDescription | undefined {
  // An OBU begins with a bit 0, the record with a bit 1.
  const record = (bytes[0] ?? 0) >= 0x80 ? decodeAv1Configuration(bytes) : undefined;
  const header = record === undefined ? findAv1SequenceHeader(bytes) : record.sequenceHeader;
  if (header === undefined) return record && { codec: record.codec, bitDepth: record.bitDepth };

  const { maxWidth: width, maxHeight: height, bitDepth } = header;
  return { codec: record?.codec ?? av1Codec(header), width, height, bitDepth };
}

function describeVp8(bytes: Uint8Array): TrackDescription | undefined {
  // The start code of a key frame stands where a record has flags or primaries.
  const isKeyFrame = bytes[3] === 0x9d && bytes[4] === 0x01 && bytes[5] === 0x2a;
  if (isKeyFrame) return describeVideo(decodeVp8KeyFrame(bytes));

  // As the first byte of a frame 0 to 3 would be one that is not shown, with a first partition of hardly a byte.
  const isRecord = (bytes.length === 8 || bytes.length === 12) && (bytes[0] ?? 0) <= 3;
  return isRecord ? describeVpRecord("vp08", bytes) : undefined;
}

function describeVp9(bytes: Uint8Array): TrackDescription | undefined {
  // The frame marker; a record begins with its version or profile.
  const isFrame = (bytes[0] ?? 0) >> 6 === 2;
  return isFrame ? describeVideo(decodeVp9KeyFrame(bytes)) : describeVpRecord("vp09", bytes);
}

function describeVpRecord(fourCc: "vp08" | "vp09", bytes: Uint8Array): TrackDescription {
  const { codec, bitDepth } = decodeVpConfiguration(fourCc, bytes);
  return { codec, bitDepth };
}

function describeVideo(
  frame: Required<Pick<TrackDescription, "codec" | "width" | "height" | "bitDepth">> | undefined,
): TrackDescription | undefined {
  if (frame === undefined) return undefined;
  const { codec, width, height, bitDepth } = frame;
  return { codec, width, height, bitDepth };
}

function describeAac(bytes: Uint8Array): TrackDescription {
  const { codec, sampleRate, channels } = decodeAacConfiguration(bytes);
  return channels === undefined ? { codec, sampleRate } : { codec, sampleRate, channels };
}

function describeFlac(bytes: Uint8Array): TrackDescription {
  const { codec, sampleRate, channels, bitDepth } = decodeFlacConfiguration(bytes);
  return { codec, sampleRate, channels, bitDepth };
}

function describeAudio({
  codec,
  sampleRate,
  channels,
}: Required<Pick<TrackDescription, "codec" | "sampleRate" | "channels">>): TrackDescription {
  return { codec, sampleRate, channels };
}
