/**
 * MultichannelConfig: which channel of a track is for which speaker.
 *
 *   UI8 order, UI8 channelCount, then
 *   Native  UI32 channelMask, bit n for speaker n
 *   Custom  UI8 speaker of each channel
 *
 * E-RTMP "Enhanced Audio"
 */

import { ByteReader, ByteWriter } from "@rtmp/wire";
import { FlvError, truncatedMessage } from "../errors.ts";
import { checkField } from "../field-range.ts";

/** How a MultichannelConfig names the speakers. */
export const AudioChannelOrder = {
  /** The number of channels is all that is known. */
  Unspecified: 0,
  /** The channels come in the order of {@link AudioChannel}; a mask says which there are. */
  Native: 1,
  /** Each channel has its speaker. */
  Custom: 2,
} as const;
export type AudioChannelOrder = (typeof AudioChannelOrder)[keyof typeof AudioChannelOrder];

/** The speakers by their number, which is also the number of their bit in a mask. */
export const AudioChannel = {
  FrontLeft: 0,
  FrontRight: 1,
  FrontCenter: 2,
  LowFrequency1: 3,
  BackLeft: 4,
  BackRight: 5,
  FrontLeftCenter: 6,
  FrontRightCenter: 7,
  BackCenter: 8,
  SideLeft: 9,
  SideRight: 10,
  TopCenter: 11,
  TopFrontLeft: 12,
  TopFrontCenter: 13,
  TopFrontRight: 14,
  TopBackLeft: 15,
  TopBackCenter: 16,
  TopBackRight: 17,
  LowFrequency2: 18,
  TopSideLeft: 19,
  TopSideRight: 20,
  BottomFrontCenter: 21,
  BottomFrontLeft: 22,
  BottomFrontRight: 23,
  /** The channel is empty and can be skipped; in Custom only. */
  Unused: 0xfe,
  /** The channel holds something, nobody knows for which speaker; in Custom only. */
  Unknown: 0xff,
} as const;
export type AudioChannel = (typeof AudioChannel)[keyof typeof AudioChannel];

/** The data of a track whose packet type is MultichannelConfig. */
export type MultichannelConfig =
  | {
      readonly order: typeof AudioChannelOrder.Unspecified;
      /** 0 to 255. */
      readonly channelCount: number;
    }
  | {
      readonly order: typeof AudioChannelOrder.Native;
      /** 0 to 255; the number of bits set in `channelMask`, which is not checked. */
      readonly channelCount: number;
      /** UI32; bit n stands for the {@link AudioChannel} n. */
      readonly channelMask: number;
    }
  | {
      readonly order: typeof AudioChannelOrder.Custom;
      /** 0 to 255; the length of `channelMapping`. */
      readonly channelCount: number;
      /** UI8, an {@link AudioChannel} for each channel; reserved values too. */
      readonly channelMapping: readonly number[];
    };

/**
 * Reads a MultichannelConfig; bytes behind it are ignored.
 *
 * @param data  the data of a track
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_RESERVED_CHANNEL_ORDER`
 */
export function decodeMultichannelConfig(data: Uint8Array): MultichannelConfig {
  const reader = new ByteReader(data, truncatedMessage);
  const order = reader.u8();
  const channelCount = reader.u8();
  switch (order) {
    case AudioChannelOrder.Unspecified:
      return { order, channelCount };
    case AudioChannelOrder.Native:
      return { order, channelCount, channelMask: reader.u32() };
    case AudioChannelOrder.Custom:
      return { order, channelCount, channelMapping: [...reader.view(channelCount)] };
    default:
      throw new FlvError(
        "RTMP_ERR_FLV_RESERVED_CHANNEL_ORDER",
        `audio channel order ${order} is reserved`,
        { offset: 0 },
      );
  }
}

/**
 * Writes a MultichannelConfig.
 *
 * @throws RangeError when a field does not fit, or `channelCount` is not the length of `channelMapping`
 */
export function encodeMultichannelConfig(config: MultichannelConfig): Uint8Array<ArrayBuffer> {
  const { order, channelCount } = config;
  checkField("order", order, AudioChannelOrder.Custom);
  checkField("channelCount", channelCount, 0xff);

  const writer = new ByteWriter(2 + Math.max(4, channelCount));
  writer.u8(order);
  writer.u8(channelCount);
  if (config.order === AudioChannelOrder.Native) {
    checkField("channelMask", config.channelMask, 0xffff_ffff);
    writer.u32(config.channelMask);
  } else if (config.order === AudioChannelOrder.Custom) {
    const { channelMapping } = config;
    checkField("length of channelMapping", channelMapping.length, channelCount, channelCount);
    for (const channel of channelMapping) {
      checkField("channel", channel, 0xff);
      writer.u8(channel);
    }
  }
  return writer.take();
}
