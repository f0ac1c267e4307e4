export {
  type AudioBody,
  type AudioBodyInput,
  decodeAudioBody,
  encodeAudioBody,
} from "./audio/body.ts";
export {
  AudioPacketType,
  type EnhancedAudioBody,
  type EnhancedAudioInput,
} from "./audio/enhanced.ts";
export { AacPacketType, type LegacyAudioBody, type LegacyAudioInput } from "./audio/legacy.ts";
export {
  AudioChannel,
  AudioChannelOrder,
  decodeMultichannelConfig,
  encodeMultichannelConfig,
  type MultichannelConfig,
} from "./audio/multichannel-config.ts";
export { SoundFormat } from "./audio/sound-format.ts";
export type { EmptyBody } from "./empty-body.ts";
export type { EnhancedBody, EnhancedBodyInput } from "./enhanced-body.ts";
export { FlvError, type FlvErrorCode, flvErrorFaults } from "./errors.ts";
export { decodeFlvFileHeader, encodeFlvFileHeader, type FlvFileHeader } from "./file/header.ts";
export { packetTag, readFlvPackets, tagPacket } from "./file/packets.ts";
export { encodeFlvTag, type FlvTag, FlvTagType } from "./file/tag.ts";
export { FlvTagReader } from "./file/tag-reader.ts";
export { AudioFourCc, fourCcNumber, fourCcText, VideoFourCc } from "./fourcc.ts";
export { defaultFlvLimits, type FlvLimits, resolveFlvLimits } from "./limits.ts";
export type { FrameRole, MediaFrame, MediaKind } from "./media-frame.ts";
export {
  dataPacket,
  type MediaPacket,
  readAudioFrames,
  readMediaPacket,
  readVideoFrames,
} from "./media-packet.ts";
export {
  decodeTimestampOffsetNano,
  encodeTimestampOffsetNano,
  type ModExBlock,
  ModExType,
} from "./mod-ex.ts";
export { AvMultitrackType, type EnhancedTrack, type EnhancedTrackInput } from "./multitrack.ts";
export {
  type AudioTrackMetaData,
  type OnMetaData,
  readOnMetaData,
  type VideoTrackMetaData,
} from "./on-meta-data.ts";
export {
  decodeVideoBody,
  encodeVideoBody,
  type VideoBody,
  type VideoBodyInput,
} from "./video/body.ts";
export { VideoCodecId } from "./video/codec-id.ts";
export {
  type ColorConfig,
  type ColorInfo,
  decodeColorInfo,
  encodeColorInfo,
  type HdrCll,
  type HdrMdcv,
} from "./video/color-info.ts";
export {
  type EnhancedVideoBody,
  type EnhancedVideoCommand,
  type EnhancedVideoCommandInput,
  type EnhancedVideoInput,
  VideoPacketType,
  type VideoTrack,
  type VideoTrackInput,
} from "./video/enhanced.ts";
export { VideoCommand, VideoFrameType } from "./video/frame-type.ts";
export {
  AvcPacketType,
  type LegacyVideoBody,
  type LegacyVideoCommand,
  type LegacyVideoCommandInput,
  type LegacyVideoInput,
} from "./video/legacy.ts";
export { type AacConfiguration, decodeAacConfiguration } from "./codec/aac.ts";
export { type Ac3Frame, decodeAc3Frame } from "./codec/ac3.ts";
export { type Av1Configuration, decodeAv1Configuration } from "./codec/av1.ts";
export type { Av1Color } from "./codec/av1-color.ts";
export { findAv1SequenceHeader } from "./codec/av1-obu.ts";
export { type Av1SequenceHeader, decodeAv1SequenceHeader } from "./codec/av1-sequence-header.ts";
export { type AvcConfiguration, decodeAvcConfiguration } from "./codec/avc.ts";
export { type AvcSps, decodeAvcSps } from "./codec/avc-sps.ts";
export { describeTrack, type TrackDescription } from "./codec/describe-track.ts";
export { decodeEac3Frame, type Eac3Frame } from "./codec/eac3.ts";
export { decodeFlacConfiguration, type FlacConfiguration } from "./codec/flac.ts";
export { decodeHevcConfiguration, type HevcConfiguration } from "./codec/hevc.ts";
export { decodeHevcSps, type HevcSps } from "./codec/hevc-sps.ts";
export { decodeMp3Frame, type Mp3Frame } from "./codec/mp3.ts";
export { decodeOpusConfiguration, type OpusConfiguration } from "./codec/opus.ts";
export type { ParameterSet, ParameterSetArray } from "./codec/parameter-sets.ts";
export { decodeVp8KeyFrame, type Vp8KeyFrame } from "./codec/vp8.ts";
export { decodeVp9KeyFrame, type Vp9KeyFrame } from "./codec/vp9.ts";
export { decodeVpConfiguration, type VpConfiguration } from "./codec/vp-configuration.ts";
export { decodeVvcConfiguration, type VvcConfiguration, type VvcStreamInfo } from "./codec/vvc.ts";
export type { VvcProfile } from "./codec/vvc-profile.ts";
