/**
 * OpusHead: the identification header of Opus.
 *
 *   "OpusHead", UI8 version (1), UI8 channels, and low byte first UI16 pre-skip, UI32 input rate, SI16 output gain
 *   UI8 mapping family; other than 0: UI8 streams, UI8 coupled streams, UI8 mapping[channels]
 *
 * RFC 7845 §5.1
 */

import { ByteReader } from "@rtmp/wire";
import { truncatedMessage } from "../errors.ts";
import { invalidConfiguration, unknownVersion } from "./configuration-error.ts";

/** The identification header of Opus. */
export interface OpusConfiguration {
  /** Always "opus". */
  readonly codec: string;
  /** Channels that come out of the decoder, 1 to 255. */
  readonly channels: number;
  /** Hz that a decoder works at: always 48000. */
  readonly sampleRate: number;
  /** Samples of 48 kHz to drop at the start, u16. */
  readonly preSkip: number;
  /** Hz of what was encoded, for display only, u32; 0 is not said. */
  readonly inputSampleRate: number;
  /** Gain to apply to the output in 256ths of a decibel, signed 16-bit. */
  readonly outputGain: number;
  /** 0 mono and stereo, 1 surround in the order of Vorbis, 255 without meaning … */
  readonly mappingFamily: number;
  /** Opus streams in each packet, 1 to 255. */
  readonly streams: number;
  /** Streams that are stereo, 0 to `streams`. */
  readonly coupledStreams: number;
  /** The decoded channel for each output channel, 255 silence; a view of the header, empty for family 0. */
  readonly mapping: Uint8Array;
}

const magic = [0x4f, 0x70, 0x75, 0x73, 0x48, 0x65, 0x61, 0x64];
const decoderRate = 48_000;

/**
 * Decodes the identification header of Opus.
 *
 * @param bytes  a whole header, such as the view of a `sequence-start` frame of codec "Opus" that is not empty
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`,
 *   `RTMP_ERR_FLV_UNKNOWN_CONFIGURATION_VERSION`
 */
export function decodeOpusConfiguration(bytes: Uint8Array): OpusConfiguration {
  const reader = new ByteReader(bytes, truncatedMessage);
  const found = reader.view(magic.length);
  if (magic.some((byte, i) => byte !== found[i])) throw invalidConfiguration("no OpusHead", 0);

  const version = reader.u8();
  // Versions with the same high half can be read alike.
  if (version > 0x0f) throw unknownVersion("OpusHead", version, magic.length);
  const channels = reader.u8();
  const fields = {
    codec: "opus",
    channels,
    sampleRate: decoderRate,
    preSkip: u16le(reader),
    inputSampleRate: reader.u32le(),
    outputGain: (u16le(reader) << 16) >> 16,
    mappingFamily: reader.u8(),
  };
  if (channels === 0) throw invalidConfiguration("Opus without channels", magic.length + 1);
  if (fields.mappingFamily !== 0) return { ...fields, ...readMapping(reader, channels) };

  if (channels > 2) {
    throw invalidConfiguration(`${channels} channels in mapping family 0`, magic.length + 1);
  }
  return { ...fields, streams: 1, coupledStreams: channels - 1, mapping: reader.view(0) };
}

function u16le(reader: ByteReader): number {
  return reader.u8() | (reader.u8() << 8);
}

function readMapping(
  reader: ByteReader,
  channels: number,
): Pick<OpusConfiguration, "streams" | "coupledStreams" | "mapping"> {
  const { offset } = reader;
  const streams = reader.u8();
  const coupledStreams = reader.u8();
  if (streams === 0 || coupledStreams > streams || streams + coupledStreams > 255) {
    throw invalidConfiguration(`${coupledStreams} of ${streams} Opus streams coupled`, offset);
  }
  return { streams, coupledStreams, mapping: reader.view(channels) };
}
