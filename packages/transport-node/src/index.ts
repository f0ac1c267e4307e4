export { dial, dialTcp, type TcpDialOptions } from "./dial.ts";
export { TransportError, type TransportErrorCode, transportErrorFaults } from "./errors.ts";
export { SocketTransport } from "./socket-transport.ts";
export { type TcpListener, type TcpListenOptions, listenTcp } from "./tcp.ts";
