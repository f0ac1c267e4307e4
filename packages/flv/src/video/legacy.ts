/**
 * Legacy video header: one byte, or five where the codec has sequence headers.
 *
 *   UB4 FrameType (bit 7 is 0), UB4 CodecID
 *   AVC, HEVC, AV1: UI8 packet type, SI24 composition time offset
 *   then the data; with frame type Command one byte instead
 *
 * FLV E.4.3.1
 */

import { ByteWriter } from "@rtmp/wire";
import { noBytes } from "../enhanced-body.ts";
import { reservedPacketType, truncatedMessage } from "../errors.ts";
import { checkCompositionTime, checkField } from "../field-range.ts";
import { hasPacketType } from "./codec-id.ts";
import { readCompositionTime } from "./composition-time.ts";
import { VideoFrameType } from "./frame-type.ts";

/** What a legacy message of AVC, HEVC or AV1 holds. */
export const AvcPacketType = {
  /** The codec configuration record. */
  SequenceHeader: 0,
  /** A frame: length-prefixed NALUs, or OBUs in AV1. */
  Nalu: 1,
  EndOfSequence: 2,
} as const;
export type AvcPacketType = (typeof AvcPacketType)[keyof typeof AvcPacketType];

/** A video message whose first bit is 0 and whose frame type is not Command. */
export interface LegacyVideoBody {
  readonly form: "legacy";
  /** UB3, a {@link VideoFrameType}; reserved values too, but not Command. */
  readonly frameType: number;
  /** UB4, a `VideoCodecId`; reserved values too. */
  readonly codecId: number;
  /** An {@link AvcPacketType} with the codecs AVC, HEVC and AV1, else undefined. */
  readonly packetType: number | undefined;
  /** SI24 milliseconds as on the wire; means pts - dts of frames. 0 where the codec has no such field. */
  readonly compositionTimeOffset: number;
  /** What follows the header; a view of the message. */
  readonly data: Uint8Array;
}

/** A {@link LegacyVideoBody} to encode. */
export interface LegacyVideoInput {
  readonly form: "legacy";
  /** UB3, a {@link VideoFrameType}, but not Command. */
  readonly frameType: number;
  /** UB4, a `VideoCodecId`. */
  readonly codecId: number;
  /** An {@link AvcPacketType}: with the codecs AVC, HEVC and AV1, and only with them. */
  readonly packetType?: number | undefined;
  /**
   * SI24 milliseconds; other than 0 only with the codecs AVC, HEVC and AV1.
   *
   * @default 0
   */
  readonly compositionTimeOffset?: number;
  /**
   * What follows the header.
   *
   * @default none
   */
  readonly data?: Uint8Array;
}

/** A video message whose first bit is 0 and whose frame type is Command. */
export interface LegacyVideoCommand {
  readonly form: "legacy-command";
  /** UB4, a `VideoCodecId`; reserved values too. */
  readonly codecId: number;
  /** UI8; undefined without the header of AVC, which some writers put in front of the command. */
  readonly packetType: number | undefined;
  /** SI24 of that header; else 0. */
  readonly compositionTimeOffset: number;
  /** UI8, a `VideoCommand`. */
  readonly command: number;
  /** Bytes behind the command; empty when all is well. */
  readonly rest: Uint8Array;
}

/** A {@link LegacyVideoCommand} to encode. */
export interface LegacyVideoCommandInput extends Partial<
  Pick<LegacyVideoCommand, "packetType" | "compositionTimeOffset" | "rest">
> {
  readonly form: "legacy-command";
  /** UB4, a `VideoCodecId`. */
  readonly codecId: number;
  /** UI8, a `VideoCommand`. */
  readonly command: number;
}

const headerBytes = 5;

/**
 * Reads a video message whose first bit is 0; codecs that nobody defined pass without a packet type.
 *
 * @param body  at least one byte
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_RESERVED_PACKET_TYPE`
 */
export function decodeLegacyVideo(body: Uint8Array): LegacyVideoBody | LegacyVideoCommand {
  const first = body[0];
  if (first === undefined) throw truncatedMessage(0, 1, 0);

  const frameType = first >> 4;
  const codecId = first & 0x0f;
  if (frameType === VideoFrameType.Command) return decodeCommand(body, codecId);
  if (!hasPacketType(codecId)) {
    return {
      form: "legacy",
      frameType,
      codecId,
      packetType: undefined,
      compositionTimeOffset: 0,
      data: body.subarray(1),
    };
  }

  const packetType = body[1];
  if (packetType === undefined) throw truncatedMessage(1, 1, 0);
  if (packetType > AvcPacketType.EndOfSequence) throw reservedPacketType("video", packetType, 1);
  return {
    form: "legacy",
    frameType,
    codecId,
    packetType,
    compositionTimeOffset: readCompositionTime(body, 2),
    data: body.subarray(headerBytes),
  };
}

function decodeCommand(body: Uint8Array, codecId: number): LegacyVideoCommand {
  // Some writers put the packet type and the composition time of AVC in front of the command.
  const hasHeader = hasPacketType(codecId) && body.length > headerBytes;
  const at = hasHeader ? headerBytes : 1;
  const command = body[at];
  if (command === undefined) throw truncatedMessage(at, 1, 0);
  return {
    form: "legacy-command",
    codecId,
    packetType: hasHeader ? body[1] : undefined,
    compositionTimeOffset: hasHeader ? readCompositionTime(body, 2) : 0,
    command,
    rest: body.subarray(at + 1),
  };
}

/**
 * Writes a video message with a legacy header.
 *
 * @throws RangeError when a field does not fit or does not suit the codec
 */
export function encodeLegacyVideo(body: LegacyVideoInput): Uint8Array<ArrayBuffer> {
  const { frameType, codecId, packetType, compositionTimeOffset = 0, data = noBytes } = body;
  checkField("frameType", frameType, 7);
  checkField("codecId", codecId, 15);
  if (frameType === VideoFrameType.Command) throw new RangeError("a command has a form of its own");

  const writer = new ByteWriter(headerBytes + data.length);
  writer.u8((frameType << 4) | codecId);
  if (hasPacketType(codecId)) {
    checkField("packetType", packetType ?? Number.NaN, AvcPacketType.EndOfSequence);
    writeHeader(writer, packetType ?? 0, compositionTimeOffset);
  } else {
    checkNoHeader(codecId, packetType, compositionTimeOffset);
  }
  writer.bytes(data);
  return writer.take();
}

/**
 * Writes a video command with a legacy header.
 *
 * @throws RangeError when a field does not fit or does not suit the codec
 */
export function encodeLegacyVideoCommand(body: LegacyVideoCommandInput): Uint8Array<ArrayBuffer> {
  const { codecId, packetType, compositionTimeOffset = 0, command, rest = noBytes } = body;
  checkField("codecId", codecId, 15);
  checkField("command", command, 0xff);

  const writer = new ByteWriter(headerBytes + 1 + rest.length);
  writer.u8((VideoFrameType.Command << 4) | codecId);
  if (hasPacketType(codecId) && packetType !== undefined) {
    checkField("packetType", packetType, 0xff);
    writeHeader(writer, packetType, compositionTimeOffset);
  } else {
    checkNoHeader(codecId, packetType, compositionTimeOffset);
    if (hasPacketType(codecId) && rest.length > headerBytes - 2) {
      throw new RangeError("so many bytes behind a command make it look like the header of AVC");
    }
  }
  writer.u8(command);
  writer.bytes(rest);
  return writer.take();
}

function writeHeader(writer: ByteWriter, packetType: number, compositionTimeOffset: number): void {
  checkCompositionTime(compositionTimeOffset);
  writer.u8(packetType);
  writer.u24(compositionTimeOffset);
}

function checkNoHeader(
  codecId: number,
  packetType: number | undefined,
  compositionTimeOffset: number,
): void {
  if (packetType !== undefined || compositionTimeOffset !== 0) {
    throw new RangeError(`CodecID ${codecId} has no packet type and no composition time offset`);
  }
}
