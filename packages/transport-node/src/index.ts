export { dial, dialTcp, type TcpDialOptions } from "./dial.ts";
export { TransportError, type TransportErrorCode, transportErrorFaults } from "./errors.ts";
export { SocketTransport } from "./socket-transport.ts";
export type { HttpPeer } from "./http-peer.ts";
export { type TcpListener, type TcpListenOptions, listenTcp } from "./tcp.ts";
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
