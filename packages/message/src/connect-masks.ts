/**
 * The bit sets in the command object of connect and in its answer.
 *
 *   audioCodecs, videoCodecs            RTMP §7.2.1.1
 *   videoFunction                       RTMP §7.2.1.1; E-RTMP "Enhancing NetConnection connect Command"
 *   capsEx                              E-RTMP "Enhancing NetConnection connect Command"
 *   videoFourCcInfoMap, audioFourCcInfoMap, each value
 */

/** Bits of `audioCodecs`: the legacy sound formats that a player decodes (RTMP §7.2.1.1). */
export const AudioCodecsMask = {
  LpcmPlatformEndian: 0x0001,
  Adpcm: 0x0002,
  Mp3: 0x0004,
  Nellymoser8kMono: 0x0020,
  Nellymoser: 0x0040,
  G711ALaw: 0x0080,
  G711MuLaw: 0x0100,
  Nellymoser16kMono: 0x0200,
  Aac: 0x0400,
  Speex: 0x0800,
  /** Every bit, the two that are not in use (0x0008, 0x0010) included. */
  All: 0x0fff,
} as const;

/** Bits of `videoCodecs`: the legacy codecs that a player decodes (RTMP §7.2.1.1). */
export const VideoCodecsMask = {
  SorensonH263: 0x0004,
  Screen: 0x0008,
  Vp6: 0x0010,
  Vp6Alpha: 0x0020,
  Screen2: 0x0040,
  Avc: 0x0080,
  /** Every bit, the two that are not in use (0x0001, 0x0002) included. */
  All: 0x00ff,
} as const;

/** Bits of `videoFunction`; RTMP §7.2.1.1 has the first, E-RTMP "Enhancing NetConnection connect Command" the others. */
export const VideoFunctionMask = {
  /** The client seeks frame-accurately: it understands `VideoCommand`. */
  ClientSeek: 0x0001,
  /** The client shows HDR, for which it needs colour info. */
  ClientHdr: 0x0002,
  /** The client understands the packet type Metadata. */
  ClientVideoPacketTypeMetadata: 0x0004,
  /** The client decodes large pictures tile by tile. */
  ClientLargeScaleTile: 0x0008,
} as const;

/** Bits of `capsEx` (E-RTMP "Enhancing NetConnection connect Command"). */
export const CapsExMask = {
  /** Obeys a Reconnect Request. */
  Reconnect: 0x01,
  /** Reads Multitrack messages. */
  Multitrack: 0x02,
  /** Reads ModEx blocks, and skips those that it does not know. */
  ModEx: 0x04,
  /** Obeys the ModEx block TimestampOffsetNano. */
  TimestampNanoOffset: 0x08,
} as const;

/** Bits of a FourCC in the info maps (E-RTMP "Enhancing NetConnection connect Command"). */
export const FourCcInfoMask = {
  CanDecode: 0x01,
  CanEncode: 0x02,
  /** Passes it on without decoding it. */
  CanForward: 0x04,
} as const;
