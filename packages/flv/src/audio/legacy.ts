/**
 * Legacy audio header: one byte, or two for AAC.
 *
 *   UB4 SoundFormat, UB2 SoundRate, UB1 SoundSize, UB1 SoundType
 *   AAC: UI8 AACPacketType
 *   then the data
 *
 * FLV E.4.2.1
 */

import { ByteWriter } from "@rtmp/wire";
import { noBytes } from "../enhanced-body.ts";
import { reservedPacketType, truncatedMessage } from "../errors.ts";
import { checkField } from "../field-range.ts";
import { SoundFormat } from "./sound-format.ts";

/** What a legacy message of AAC holds. */
export const AacPacketType = {
  /** The AudioSpecificConfig. */
  SequenceHeader: 0,
  /** One raw frame, without ADTS. */
  Raw: 1,
} as const;
export type AacPacketType = (typeof AacPacketType)[keyof typeof AacPacketType];

/** An audio message whose sound format is not ExHeader. */
export interface LegacyAudioBody {
  readonly form: "legacy";
  /** UB4, a {@link SoundFormat} other than ExHeader; reserved values too. */
  readonly soundFormat: number;
  /** UB2: 0 for 5.5 kHz, 1 for 11 kHz, 2 for 22 kHz, 3 for 44 kHz; AAC is always 3 and its record says the rate. */
  readonly soundRate: number;
  /** UB1: 0 for samples of 8 bits, 1 for 16 bits; 1 with every compressed format. */
  readonly soundSize: number;
  /** UB1: 0 for mono, 1 for stereo; AAC is always 1 and its record says the channels. */
  readonly soundType: number;
  /** An {@link AacPacketType} with AAC, else undefined. */
  readonly packetType: number | undefined;
  /** What follows the header; a view of the message. */
  readonly data: Uint8Array;
}

/** A {@link LegacyAudioBody} to encode. */
export interface LegacyAudioInput {
  readonly form: "legacy";
  /** UB4, a {@link SoundFormat} other than ExHeader. */
  readonly soundFormat: number;
  /**
   * UB2: 0 for 5.5 kHz, 1 for 11 kHz, 2 for 22 kHz, 3 for 44 kHz.
   *
   * @default 3
   */
  readonly soundRate?: number;
  /**
   * UB1: 0 for samples of 8 bits, 1 for 16 bits.
   *
   * @default 1
   */
  readonly soundSize?: number;
  /**
   * UB1: 0 for mono, 1 for stereo.
   *
   * @default 1
   */
  readonly soundType?: number;
  /** An {@link AacPacketType}: with AAC, and only with it. */
  readonly packetType?: number | undefined;
  /**
   * What follows the header.
   *
   * @default none
   */
  readonly data?: Uint8Array;
}

const aacHeaderBytes = 2;

/**
 * Reads an audio message whose sound format is not ExHeader; reserved formats pass.
 *
 * @param body  at least one byte
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_RESERVED_PACKET_TYPE`
 */
export function decodeLegacyAudio(body: Uint8Array): LegacyAudioBody {
  const first = body[0];
  if (first === undefined) throw truncatedMessage(0, 1, 0);

  const soundFormat = first >> 4;
  const isAac = soundFormat === SoundFormat.Aac;
  return {
    form: "legacy",
    soundFormat,
    soundRate: (first >> 2) & 0x03,
    soundSize: (first >> 1) & 0x01,
    soundType: first & 0x01,
    packetType: isAac ? aacPacketType(body) : undefined,
    data: body.subarray(isAac ? aacHeaderBytes : 1),
  };
}

function aacPacketType(body: Uint8Array): number {
  const packetType = body[1];
  if (packetType === undefined) throw truncatedMessage(1, 1, 0);
  if (packetType > AacPacketType.Raw) throw reservedPacketType("audio", packetType, 1);
  return packetType;
}

/**
 * Writes an audio message with a legacy header.
 *
 * @throws RangeError when a field does not fit or does not suit the format
 */
export function encodeLegacyAudio(body: LegacyAudioInput): Uint8Array<ArrayBuffer> {
  const { soundFormat, soundRate = 3, soundSize = 1, soundType = 1 } = body;
  const { packetType, data = noBytes } = body;
  checkField("soundFormat", soundFormat, 15);
  if (soundFormat === SoundFormat.ExHeader) throw new RangeError("ExHeader has a form of its own");
  checkField("soundRate", soundRate, 3);
  checkField("soundSize", soundSize, 1);
  checkField("soundType", soundType, 1);

  const writer = new ByteWriter(aacHeaderBytes + data.length);
  writer.u8((soundFormat << 4) | (soundRate << 2) | (soundSize << 1) | soundType);
  if (soundFormat === SoundFormat.Aac) {
    checkField("packetType", packetType ?? Number.NaN, AacPacketType.Raw);
    writer.u8(packetType ?? 0);
  } else if (packetType !== undefined) {
    throw new RangeError(`sound format ${soundFormat} has no packet type`);
  }
  writer.bytes(data);
  return writer.take();
}
