export { AudioPacketType } from "./audio/enhanced.ts";
export { SoundFormat } from "./audio/legacy.ts";
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
export { ModExType } from "./mod-ex.ts";
export { AvMultitrackType } from "./multitrack.ts";
export { VideoPacketType } from "./video/enhanced.ts";
export { VideoCodecId, VideoFrameType } from "./video/legacy.ts";
