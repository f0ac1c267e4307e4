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
export { SoundFormat } from "./audio/sound-format.ts";
export type { EmptyBody } from "./empty-body.ts";
export type { EnhancedBody, EnhancedBodyInput } from "./enhanced-body.ts";
export { FlvError, type FlvErrorCode, flvErrorFaults } from "./errors.ts";
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
  decodeVideoBody,
  encodeVideoBody,
  type VideoBody,
  type VideoBodyInput,
} from "./video/body.ts";
export { VideoCodecId } from "./video/codec-id.ts";
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
