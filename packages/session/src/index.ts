export { type KeyAgreement, type KeyPair, PortableKeyAgreement } from "@rtmp/handshake";
export {
  type AuthenticatedConnect,
  type ConnectAccess,
  ConnectAuthenticator,
  type ConnectAuthenticatorOptions,
  type FindPassword,
} from "./authentication/connect-authenticator.ts";
export {
  type AuthenticationStep,
  ClientAuthentication,
  type ClientAuthenticationOptions,
} from "./authentication/client-authentication.ts";
export {
  type AuthenticationLimits,
  defaultAuthenticationLimits,
  resolveAuthenticationLimits,
} from "./authentication/limits.ts";
export { type AuthenticationMethod, withoutAuthentication } from "./authentication/parameters.ts";
export {
  ClientSession,
  type ClientSessionHandlers,
  type ClientSessionOptions,
} from "./client/client-session.ts";
export type { ClientStream } from "./client/client-stream.ts";
export type { ClientPlayOptions, ClientStreamHandlers } from "./client/stream-line.ts";
export type { StreamAnswer } from "./client/stream-opening.ts";
export { firstUrl, type LinkRoute, openLink } from "./client/connect.ts";
export type { Dial, DialTarget } from "./client/dial.ts";
export type { Link, LinkHandlers } from "./client/link.ts";
export type { ClientMedia, FrameHint, PublishedMedia } from "./client/media.ts";
export { movedUrl } from "./client/moved-url.ts";
export type { Player, PlayerOptions } from "./client/player.ts";
export type { Publisher, PublisherOptions } from "./client/publisher.ts";
export { connect, type RtmpClient, type RtmpClientOptions } from "./client/rtmp-client.ts";
export {
  type DrivenSession,
  Driver,
  type DriverOptions,
  type SharedChunksQueue,
} from "./driver.ts";
export {
  SessionError,
  type SessionErrorCode,
  sessionErrorFaults,
  type SessionErrorOptions,
} from "./errors.ts";
export { defaultSessionLimits, resolveSessionLimits, type SessionLimits } from "./limits.ts";
export {
  answerCalls,
  type AnyProcedures,
  type ProcedureBodies,
  type Procedures,
} from "./procedures.ts";
export {
  IncomingCall,
  IncomingConnect,
  IncomingPause,
  IncomingPlay,
  IncomingPlay2,
  IncomingPublish,
  IncomingSeek,
  IncomingStreamLength,
  type Rejection,
} from "./requests.ts";
export {
  ServerSession,
  type ServerSessionHandlers,
  type ServerSessionOptions,
} from "./server-session.ts";
export type { ServerStream, StatusOptions, StreamEnd, StreamState } from "./server-stream.ts";
export { Session } from "./session.ts";
export type { SessionHandlers, SessionOptions } from "./session-options.ts";
export {
  RemoteSharedObject,
  type RemoteSharedObjectHandlers,
  type RemoteSharedObjectOptions,
  type RemoteSharedObjectState,
  type SlotSync,
} from "./shared-object/remote-shared-object.ts";
export type { StreamRequestHandlers } from "./stream-request-handlers.ts";
export { hashSwf, swfCheckType, type SwfDigest, swfVerification } from "./swf-verification.ts";
export type { CallAnswer, OnCallAnswer } from "./transactions.ts";
export type { Transport, TransportHandlers } from "./transport.ts";
