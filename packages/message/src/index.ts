export type { AmfObject, AmfValue } from "@rtmp/amf";
export { type AggregatePart, decodeAggregate, encodeAggregate } from "./aggregate.ts";
export { isAmf3 } from "./amf-body.ts";
export type { Capabilities } from "./capabilities.ts";
export {
  type Command,
  type CommandInit,
  type DecodeOptions,
  decodeCommand,
  encodeCommand,
} from "./command.ts";
export { connectCommand, type ConnectOptions, playerConnectOptions } from "./connect-command.ts";
export {
  AudioCodecsMask,
  CapsExMask,
  FourCcInfoMask,
  VideoCodecsMask,
  VideoFunctionMask,
} from "./connect-masks.ts";
export {
  type DataMessage,
  decodeData,
  encodeData,
  type SetDataFrame,
  splitSetDataFrame,
} from "./data.ts";
export { clearDataFrame, onMetaData, setDataFrame } from "./data-frame.ts";
export {
  MessageError,
  type MessageErrorCode,
  type MessageErrorOptions,
  messageErrorFaults,
} from "./errors.ts";
export { defaultMessageLimits, type MessageLimits, resolveMessageLimits } from "./limits.ts";
export {
  type ConnectReply,
  type ConnectRequest,
  connectResult,
  type ConnectResultOptions,
  createStreamResult,
  errorResult,
  onBwDone,
  readConnect,
  readConnectReply,
  result,
} from "./net-connection.ts";
export {
  onFcPublish,
  onFcSubscribe,
  onFcUnpublish,
  type PlayRequest,
  type PublishRequest,
  readDeleteStream,
  readPlay,
  readPublish,
} from "./net-stream.ts";
export {
  onStatus,
  readStatus,
  type Status,
  StatusCode,
  statusInfo,
  statusLevel,
  type StatusLevel,
  type StatusOptions,
} from "./on-status.ts";
export {
  pauseCommand,
  type PauseRequest,
  play2Command,
  type Play2Options,
  type Play2Request,
  type PlayTransition,
  readPause,
  readPlay2,
  readReceive,
  readSeek,
  receiveAudioCommand,
  receiveVideoCommand,
  seekCommand,
} from "./play-control.ts";
export { onDataStart, onPlayStatus, type PlayStatusOptions } from "./play-status.ts";
export {
  readReconnectRequest,
  readRedirect,
  type ReconnectRequest,
  reconnectRequest,
  type ReconnectRequestOptions,
  resolveReconnectUrl,
} from "./reconnect-request.ts";
export { parseRtmpUrl, type RtmpScheme, type RtmpUrl, type RtmpUrlOptions } from "./rtmp-url.ts";
export {
  callCommand,
  closeStreamCommand,
  createStreamCommand,
  deleteStreamCommand,
  fcPublishCommand,
  fcSubscribeCommand,
  fcUnpublishCommand,
  fcUnsubscribeCommand,
  getStreamLengthCommand,
  playCommand,
  type PlayOptions,
  publishCommand,
  readCreateStreamResult,
  releaseStreamCommand,
} from "./stream-commands.ts";
export { decodeSharedObject } from "./shared-object/decode.ts";
export { encodeSharedObject } from "./shared-object/encode.ts";
export {
  type SharedObjectCall,
  type SharedObjectChange,
  type SharedObjectEvent,
  type SharedObjectMessage,
  type SharedObjectSignal,
  type SharedObjectSlotEvent,
  type SharedObjectStatus,
  SharedObjectStatusCode,
  type SharedObjectValue,
  type UnknownSharedObjectEvent,
} from "./shared-object/event.ts";
export { resolveStreamPath, type StreamPath, type StreamPathInput } from "./stream-path.ts";
export {
  decodeUserControl,
  encodeUserControl,
  isStreamEvent,
  type Ping,
  type SetBufferLength,
  type StreamEvent,
  type SwfVerify,
  type UnknownUserControl,
  type UserControl,
  UserControlEvent,
} from "./user-control.ts";
