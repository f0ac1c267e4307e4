export { webSocketDial, type WebSocketDialOptions } from "./dial.ts";
export { WebSocketError, type WebSocketErrorCode, webSocketErrorFaults } from "./errors.ts";
export {
  defaultWebTransportLimits,
  resolveWebTransportLimits,
  type WebTransportLimits,
} from "./limits.ts";
export type {
  CloseDetails,
  StandardWebSocket,
  WebSocketConstructor,
} from "./standard-web-socket.ts";
export { WebSocketTransport, type WebSocketTransportOptions } from "./websocket-transport.ts";
