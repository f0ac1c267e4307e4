export { AddressRanges } from "./address.ts";
export {
  createDial,
  dial,
  type DialOptions,
  dialTcp,
  dialTls,
  type TcpDialOptions,
  type TlsDialOptions,
} from "./dial.ts";
export { TransportError, type TransportErrorCode, transportErrorFaults } from "./errors.ts";
export { NodeKeyAgreement, type NodeKeyAgreementOptions } from "./key-agreement.ts";
export { dialRtmpt, type RtmptDialOptions } from "./rtmpt/dial-rtmpt.ts";
export { defaultTunnelLimits, resolveTunnelLimits, type TunnelLimits } from "./rtmpt/limits.ts";
export { type OnTunnel, RtmptServer, type RtmptServerOptions } from "./rtmpt/rtmpt-server.ts";
export { SocketTransport } from "./socket-transport.ts";
export type { HttpPeer } from "./http-peer.ts";
export type { Arrival, ArrivalScheme } from "./listen/arrival.ts";
export type { TcpListener, TcpListenOptions } from "./listen/bind.ts";
export { ConnectionLimiter, type CountedConnection } from "./listen/connection-limiter.ts";
export { defaultListenLimits, type ListenLimits } from "./listen/limits.ts";
export { listen, type ListenOptions } from "./listen/listen.ts";
export { listenTcp } from "./listen/tcp.ts";
export { AllowedOrigins } from "./websocket/allowed-origins.ts";
export {
  type OnWebSocket,
  WebSocketAcceptor,
  type WebSocketAcceptorOptions,
} from "./websocket/acceptor.ts";
export { dialWebSocket, type WebSocketDialOptions } from "./websocket/dial.ts";
export {
  defaultWebSocketLimits,
  resolveWebSocketLimits,
  type WebSocketLimits,
} from "./websocket/limits.ts";
export {
  CertificateError,
  type LoadedCertificate,
  type TlsCertificate,
} from "./tls/certificate.ts";
export { CertificateFiles, type CertificateFilesOptions } from "./tls/certificate-files.ts";
export { developmentCertificate } from "./tls/development-certificate.ts";
export type { TlsVerification } from "./tls/verification.ts";
